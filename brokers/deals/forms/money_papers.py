"""Forms about papers behind money: decide about a cost, invoices, disbursements, royalty reports."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from brokers.deals.forms.steps import LongTextField
from brokers.deals.models.invoices import NUMBER
from brokers.payments.forms import EvidenceField
from marketplace.amounts import AmountField, PercentField
from marketplace.money import Money

APPROVE, REFUSE = "approve", "refuse"


def day_field(label: Any) -> forms.DateField:
    """Return a field for a day, with the browser's calendar."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class CostDecisionForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (APPROVE, _("approve: it comes off the payment")),
            (REFUSE, _("refuse: the evidence has to be added anew")),
        ],
        widget=forms.RadioSelect,
    )
    reason = LongTextField(label=_("Reason for refusing"), max_length=1000, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == REFUSE and not data.get("reason"):
            self.add_error("reason", _("Give a reason."))
        return data


class InvoiceForm(forms.Form):
    """An invoice of at most `most`; `with_exemption` where its seller can be exempt from VAT."""

    number = forms.CharField(label=_("Number of the invoice"), max_length=40, validators=[NUMBER])
    issued_on = day_field(_("Issued on"))
    amount = AmountField(label=_("Amount with tax"))
    rate = PercentField(label=_("Tax rate, %"))
    exempt = forms.BooleanField(label=_("Exempt from VAT"), required=False)
    file = EvidenceField(label=_("Invoice"), help_text=_("The invoice as PDF, PNG or JPEG."))

    def __init__(self, *args: Any, most: Money, with_exemption: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = most.currency  # type: ignore[attr-defined]
        self.initial.setdefault("amount", most if most else None)
        if not with_exemption:
            del self.fields["exempt"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("exempt") and data.get("rate"):
            self.add_error("rate", _("An exempt invoice has a rate of 0."))
        return data


class DisbursementForm(forms.Form):
    """`withheld` is in the currency of the payout, of which nothing may be withheld, too."""

    withheld = AmountField(label=_("Tax withheld"), allow_zero=True)
    disbursed_on = day_field(_("Paid on"))
    evidence = EvidenceField(
        label=_("Evidence"),
        help_text=_("Pay slip or bank advice as PDF, PNG or JPEG. You and the payee read it."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["withheld"].currency = currency  # type: ignore[attr-defined]


class RoyaltyReportForm(forms.Form):
    """`period_from` comes with the page, so that a second click is the same report."""

    base = AmountField(label=_("Base of the period"), allow_zero=True)
    evidence = EvidenceField(
        label=_("Evidence"), help_text=_("Sales report or audit as PDF, PNG or JPEG.")
    )
    period_from = forms.DateField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base"].currency = currency  # type: ignore[attr-defined]
