"""What finance fills in at the bank: import a statement, say what a line is, draw up a list."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from brokers.payments.forms import BankLineForm
from brokers.payments.models import Clearing, PayoutAccount, Refund, Transfer
from brokers.payments.statements.columns import REQUIRED, Column, Layout
from marketplace.amounts import currency_choices
from marketplace.files.forms import UploadField


class CsvField(UploadField):
    """A table as text, judged by its content; cleans to a checked upload."""

    types = ("text/csv", "text/plain")
    default_error_messages = {"type": _("A bank statement is a CSV file.")}


class AccountChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, account: Any) -> str:
        return f"{account.owner} · {account.bank} · {account.masked}"


class StatementForm(forms.Form):
    """A statement's file, held while its columns are being told."""

    account = AccountChoice(label=_("Account"), queryset=PayoutAccount.objects.none())
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)
    upload = CsvField(
        label=_("Bank statement"),
        help_text=_("The CSV file that the bank exports, in UTF-8 or GB18030."),
    )

    def __init__(self, *args: Any, accounts: QuerySet[PayoutAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast("forms.ModelChoiceField[PayoutAccount]", self.fields["account"])
        choice.queryset = accounts
        if len(accounts) == 1:
            choice.initial = accounts[0]


class LayoutForm(forms.Form):
    """Says which of the file's `headings` is which column."""

    prefix = "column"

    def __init__(self, *args: Any, headings: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *((heading, heading) for heading in headings if heading)]
        for column in Column:
            self.fields[column.value] = forms.ChoiceField(
                label=column.label, choices=choices, required=column in REQUIRED
            )

    @property
    def layout(self) -> Layout:
        """What was told, for `importing.take_in`."""
        return {name: heading for name, heading in self.cleaned_data.items() if heading}


class LineForm(forms.Form):
    """Chooses which of `candidates` a line of a statement is; each comes with its words."""

    subject = forms.ChoiceField(label=_("This line is"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, candidates: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["subject"])
        field.choices = candidates
        if len(candidates) == 1:
            field.initial = candidates[0][0]


class ExplanationForm(forms.Form):
    reason = forms.ChoiceField(label=_("What this line is"), choices=Clearing.Reason.choices)
    note = forms.CharField(label=_("Explanation"), max_length=300, required=False)


class PayoutListForm(forms.Form):
    """Chooses payments, named by kind and id."""

    orders = forms.MultipleChoiceField(
        error_messages={
            "required": _("Choose at least one payment."),
            "invalid_choice": _("A payment is on another list already."),
        }
    )

    def __init__(self, *args: Any, orders: Sequence[Transfer | Refund], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_key = {f"{order.noun}:{order.pk}": order for order in orders}
        field = cast("forms.MultipleChoiceField", self.fields["orders"])
        field.choices = [(key, key) for key in self.by_key]

    def clean_orders(self) -> list[Transfer | Refund]:
        return [self.by_key[key] for key in dict.fromkeys(self.cleaned_data["orders"])]


class ReturnForm(BankLineForm):
    """A payment that the bank refused or sent back, and the bank's reason."""

    note = forms.CharField(label=_("The bank's reason"), max_length=200)
