"""The registration of a technology contract as the institution records it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from brokers.deals.models import Registration
from brokers.payments.forms import EvidenceField
from marketplace.amounts import AmountField


class RegistrationForm(forms.Form):
    state = forms.ChoiceField(label=_("State"), choices=Registration.State.choices)
    number = forms.CharField(
        label=_("Number of the registration"),
        max_length=40,
        required=False,
        validators=Registration._meta.get_field("number").validators,
    )
    registered_on = forms.DateField(
        label=_("Registered on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    total = AmountField(label=_("Contract amount"), required=False)
    technology = AmountField(
        label=_("Technology amount"),
        help_text=_("What remains of the contract amount without equipment and materials."),
        required=False,
        allow_zero=True,
    )
    vat_exempt = forms.BooleanField(
        label=_("Exempt from VAT from now on"),
        help_text=_("Only once registered, and where the parties agreed so."),
        required=False,
    )
    certificate = EvidenceField(
        label=_("Certificate"), help_text=_("The scan as PDF, PNG or JPEG."), required=False
    )

    def __init__(
        self, *args: Any, currency: str, registration: Registration | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in ("total", "technology"):
            self.fields[name].currency = currency  # type: ignore[attr-defined]
        if registration is not None:
            stored = ("state", "number", "registered_on", "total", "technology", "vat_exempt")
            self.initial.update({name: getattr(registration, name) for name in stored})
