"""Forms of the deal room: a message, a task, a reason."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals.forms.steps import LongTextField
from brokers.deals.models import DealTask
from marketplace.accounts.models import User
from marketplace.amounts import percentage
from marketplace.bilingual import one_line

STEPS = (0, 25, 50, 75, DealTask.DONE)


def _steps() -> list[tuple[int, str]]:
    return [(step, percentage(step)) for step in STEPS]


class MessageForm(forms.Form):
    text = LongTextField(label=_("Your message"), max_length=5000, rows=4)


class ReasonForm(forms.Form):
    reason = LongTextField(label=_("Reason"), max_length=2000)


class TaskForm(forms.Form):
    """Sets or changes a task for one of `people`, with the names that the reader may know.

    `task` is the one that changes.
    """

    title = forms.CharField(label=_("What is to be done"), max_length=120)
    details = LongTextField(label=_("Details"), max_length=2000, required=False)
    responsible = forms.TypedChoiceField(label=_("Responsible person"), coerce=int)
    due_on = forms.DateField(
        label=_("Due"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    progress = forms.TypedChoiceField(label=_("Progress"), choices=_steps, coerce=int, initial=0)

    def __init__(
        self, data: Any = None, *, people: Mapping[User, str], task: DealTask | None = None
    ) -> None:
        fields = {name: getattr(task, name) for name in self.base_fields} if task else {}
        if task:
            fields["responsible"] = task.responsible_id
        super().__init__(data, initial=fields)
        self.people = {person.pk: person for person in people}
        choices = [("", "—"), *((person.pk, name) for person, name in people.items())]
        self.fields["responsible"].choices = choices  # type: ignore[attr-defined]

    def clean_title(self) -> str:
        return one_line(self.cleaned_data["title"])

    def clean_responsible(self) -> User:
        return self.people[self.cleaned_data["responsible"]]

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if "due_on" in self.changed_data and day < timezone.localdate():
            raise ValidationError(_("This day is in the past."))
        return day
