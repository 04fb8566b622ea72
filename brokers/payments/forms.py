"""What a person fills in about money at a bank, and about where to be paid.

Invariant: what a form hands on is typed and whole; every refusal stands at its field.
"""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.payments.bank_entries import Line
from brokers.payments.gateway import Gateway
from marketplace.amounts import AmountField
from marketplace.files.forms import UploadField
from marketplace.money import Money


class EvidenceField(UploadField):
    """A PDF, PNG or JPEG, judged by its content; cleans to a checked upload."""

    types = ("application/pdf", "image/png", "image/jpeg")
    default_error_messages = {"type": _("Evidence is a PDF, PNG or JPEG file.")}


class BankLineForm(forms.Form):
    """A line of the bank statement for something of which `due` is due; `line()` hands it on."""

    amount = AmountField(label=_("Amount"))
    bank_reference = forms.CharField(
        label=_("Bank's transaction number"),
        max_length=64,
        validators=[
            RegexValidator(r"^[A-Za-z0-9./_-]+\Z", _("Letters, digits and the signs . / _ - only."))
        ],
    )
    booked_on = forms.DateField(
        label=_("Booked on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    evidence = EvidenceField(
        label=_("Evidence"), help_text=_("The bank's advice as PDF, PNG or JPEG.")
    )

    def __init__(self, *args: Any, due: Money, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.due = due
        amount = cast("AmountField", self.fields["amount"])
        amount.currency = due.currency
        amount.label = _("Amount in %(currency)s") % {"currency": due.currency}

    def clean_amount(self) -> Money:
        amount: Money = self.cleaned_data["amount"]
        if amount != self.due:
            raise ValidationError(
                _("Exactly %(due)s is due."), code="not_due", params={"due": self.due}
            )
        return amount

    def clean_booked_on(self) -> Any:
        day = self.cleaned_data["booked_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day is in the future."), code="future")
        return day

    def line(self) -> Line:
        """Return what was filled in, for `bank_entries.record_receipt` or `record_payout`."""
        return Line(**self.cleaned_data)


class RejectionForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class PayoutAccountForm(forms.Form):
    """The details that `gateway` asks of a payee, and no others."""

    holder = forms.CharField(label=_("Account holder"), max_length=200)
    bank = forms.CharField(label=_("Bank and branch"), max_length=200)
    number = forms.CharField(
        label=_("Account number"),
        max_length=50,
        validators=[
            RegexValidator(
                r"^[A-Z0-9]{6,34}\Z", _("Six to 34 digits and capital letters, without signs.")
            )
        ],
    )
    country = forms.CharField(
        label=_("Country"),
        max_length=2,
        help_text=_("Two letters, for example HK."),
        validators=[RegexValidator(r"^[A-Z]{2}\Z", _("Two capital letters (ISO 3166)."))],
    )

    def __init__(self, *args: Any, gateway: Gateway, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(gateway.account_fields):
            del self.fields[name]
