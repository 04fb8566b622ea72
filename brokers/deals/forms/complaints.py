"""Forms about complaints: open one, say one's side, decide."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from brokers.deals.forms.steps import LongTextField
from brokers.deals.models import Complaint, Milestone, Party
from marketplace.amounts import AmountField
from marketplace.files.forms import UploadField
from marketplace.money import Money

Kind, Outcome = Complaint.Kind, Complaint.Outcome
WHOLE_DEAL = "deal"


class StatementForm(forms.Form):
    text = LongTextField(label=_("Your statement"), rows=6, max_length=5000)
    upload = UploadField(
        label=_("File as evidence"),
        help_text=_("One file. Only the two sides and the administrators can read it."),
        required=False,
    )


class ComplaintForm(StatementForm):
    """A complaint about one of `milestones`, all money of the deal or how one of `parties` behaved."""

    kind = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[(one.value, capfirst(one.label)) for one in Kind],
        widget=forms.RadioSelect,
    )
    milestone = forms.ChoiceField(
        label=_("Milestone"),
        help_text=_(
            "Where it is about what was delivered or about money. Its money is held until the decision; "
            "that of other milestones is not."
        ),
        error_messages={"required": _("Choose a milestone that has been paid.")},
    )
    against = forms.ChoiceField(label=_("Who is it about?"))
    text = LongTextField(
        label=_("What happened, and what do you ask for?"), rows=8, max_length=5000
    )
    field_order = ("kind", "milestone", "against", "text", "upload")

    def __init__(
        self,
        *args: Any,
        milestones: Sequence[Milestone],
        parties: Sequence[tuple[Party, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.milestones = {str(milestone.pk): milestone for milestone in milestones}
        self.parties = {str(party.pk): party for party, _name in parties}
        about = cast("forms.ChoiceField", self.fields["milestone"])
        about.required = self.data.get("kind") != Kind.CONDUCT
        about.choices = [
            ("", _("Choose a milestone")),
            *((key, one.title) for key, one in self.milestones.items()),
            (WHOLE_DEAL, _("No single one: all money of the deal")),
        ]
        against = cast("forms.ChoiceField", self.fields["against"])
        against.choices = [(str(party.pk), name) for party, name in parties]

    def clean_against(self) -> Party:
        return self.parties[self.cleaned_data["against"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen, kind = data.get("milestone", ""), data.get("kind")
        data["milestone"] = self.milestones.get(chosen)
        if chosen == WHOLE_DEAL and kind == Kind.MILESTONE:
            self.add_error("milestone", _("Choose a milestone that has been paid."))
        return data


class DecisionForm(forms.Form):
    """Decides a complaint; of the payment `left` can be given back, None where none is meant.

    The agreement `may_end` where the complaint is about its money.
    """

    outcome = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    amount = AmountField(label=_("Amount to give back"))
    reason = LongTextField(
        label=_("Reason"), help_text=_("Both sides read it."), rows=5, max_length=5000
    )
    ends = forms.BooleanField(
        label=_("The agreement ends"),
        help_text=_("The deal is terminated: nothing more falls due."),
        required=False,
    )

    def __init__(self, *args: Any, left: Money | None, may_end: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = (Outcome.DISMISSED, Outcome.UPHELD)
        if not may_end:
            del self.fields["ends"]
        if left is None:
            del self.fields["amount"]
        else:
            possible = (Outcome.DISMISSED, Outcome.PARTIAL, Outcome.FULL, Outcome.UPHELD)  # type: ignore[assignment]
            amount = cast("AmountField", self.fields["amount"])
            amount.currency = left.currency
            amount.required = not self.is_bound or self.data.get("outcome") == Outcome.PARTIAL
        outcome = cast("forms.ChoiceField", self.fields["outcome"])
        outcome.choices = [(one.value, capfirst(one.label)) for one in possible]
