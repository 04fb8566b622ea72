"""The form that asks a broker to look after a need."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from brokers.deals.forms.steps import LongTextField
from marketplace.accounts.models import User


class AskForm(forms.Form):
    """Asks one of `brokers`, the best first."""

    broker = forms.TypedChoiceField(label=_("Broker"), coerce=int)
    message = LongTextField(label=_("Message to the broker"), max_length=2000, required=False)

    def __init__(self, *args: Any, brokers: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {broker.pk: broker for broker in brokers}
        choices = [(broker.pk, broker.name) for broker in brokers]
        self.fields["broker"].choices = choices  # type: ignore[attr-defined]

    def clean_broker(self) -> User:
        return self.people[self.cleaned_data["broker"]]
