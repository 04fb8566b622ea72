"""Forms about public notices: publish one, object to it, decide an objection."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals import notices, periods
from brokers.deals.forms.steps import LongTextField
from brokers.deals.models import Objection
from marketplace.amounts import MoneyField
from marketplace.money import Money


class NoticeForm(forms.Form):
    subject = forms.CharField(
        label=_("Name of the result"),
        help_text=_("Everybody reads it. Do not name the enterprise."),
        max_length=200,
    )
    amount = MoneyField(label=_("Price"), help_text=_("The whole price of the agreement."))
    basis = LongTextField(
        label=_("How the price was found"),
        help_text=_("Valuation, comparable contracts, negotiation: what a reader can check."),
        max_length=2000,
    )
    closes_on = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, subject: str, price: Money | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        period = periods.public_notice(on=today)
        self.initial.update(
            subject=subject,
            amount=price or Money.zero("CNY"),
            closes_on=notices.earliest_end(today),
        )
        self.fields["closes_on"].help_text = _(
            "The notice begins today and lasts at least %(days)d days (%(source)s)."
        ) % {"days": period.days, "source": period.source}


class ObjectionForm(forms.Form):
    text = LongTextField(
        label=_("Your objection"),
        help_text=_("What is wrong with the name or the price, and how you know."),
        max_length=3000,
        rows=5,
    )


class DecisionForm(forms.Form):
    state = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (Objection.State.REJECTED.value, _("reject it")),
            (Objection.State.UPHELD.value, _("uphold it: the notice is to be published anew")),
        ],
        widget=forms.RadioSelect,
    )
    decision = LongTextField(
        label=_("Reason"), help_text=_("Everybody reads it with the notice."), max_length=3000
    )
