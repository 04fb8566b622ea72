"""What a party says about its deal being told as a typical case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from brokers.deals.models import CaseConsent

ANSWERS = [
    ("yes", _("Yes, readers may learn of this deal")),
    ("no", _("No, it stays among its parties")),
]


class CaseConsentForm(forms.Form):
    allows = forms.TypedChoiceField(
        label=_("May this deal be shown as a typical case?"),
        choices=ANSWERS,
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )
    is_named = forms.BooleanField(
        label=_("It may name us, and link to our listing"), required=False
    )
    shows_price = forms.BooleanField(
        label=_("It may give the price of the contract, if all the others agree to that too"),
        required=False,
    )

    def __init__(self, data: Any = None, *, said: CaseConsent | None) -> None:
        initial = (
            {
                "allows": "yes" if said.allows else "no",
                "is_named": said.is_named,
                "shows_price": said.shows_price,
            }
            if said
            else None
        )
        super().__init__(data, initial=initial)
