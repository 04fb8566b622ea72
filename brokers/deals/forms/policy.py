"""A version of an institution's policy as its administrators type it."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals.forms.agreement_rows import TeamTierFormSet
from brokers.settlement.models import Policy
from marketplace.amounts import PercentField, currency_choices
from marketplace.listings.forms import parts
from marketplace.listings.forms.listing import with_row
from marketplace.money import CURRENCIES, Money

TIERS = "team_tiers"


class PolicyTermsForm(forms.Form):
    title = forms.CharField(label=_("Title of the policy"), max_length=200)
    source = forms.CharField(
        label=_("Where it is published"),
        help_text=_("Number and date of the document, or its address."),
        max_length=300,
    )
    effective_from = forms.DateField(
        label=_("In force from"),
        help_text=_("Today or later: what was in force on a day is never changed afterwards."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    currency = forms.ChoiceField(label=_("Currency of the tiers"), choices=currency_choices)
    office_fee = PercentField(
        label=_("Office fee, %"),
        help_text=_("Of what direct costs leave, before the rest is shared."),
        required=False,
    )
    floor = PercentField(
        label=_("The team never gets less than, %"),
        help_text=_(
            "Of net income. A plan that gives less is refused; where the law asks more, the law counts."
        ),
        required=False,
    )
    brokerage_as_cost = forms.BooleanField(
        label=_("Brokerage counts as a cost"),
        help_text=_("The least share of the team is then measured against what brokerage leaves."),
        required=False,
    )


class PolicyForm(parts.Composite):
    """Terms and tiers of the next version, first as the version `before` has them."""

    def __init__(self, data: Any = None, *, before: Policy | None, add_row: bool = False) -> None:
        if data is not None and add_row:
            data = with_row(data, TIERS)
        self.data = data
        initial = _initial(before)
        currency = (initial if data is None else data).get("currency")
        self.terms = PolicyTermsForm(data, initial=initial)
        self.tiers: Any = TeamTierFormSet(
            data,
            prefix=TIERS,
            initial=_initial_tiers(before) if data is None else None,
            form_kwargs={"currency": currency if currency in CURRENCIES else "CNY"},
        )

    @property
    def formsets(self) -> dict[str, Any]:
        return {TIERS: self.tiers}

    def is_valid(self) -> bool:
        valid = [self.terms.is_valid(), self.tiers.is_valid()]
        if all(valid) and not self.tiers.filled:
            self.tiers.complain(
                _("Say what the team gets: one tier without an upper end at least.")
            )
            return False
        return all(valid)

    def forgive(self) -> None:
        """Drop all errors: the person has asked for another row only."""
        self.tiers.non_form_errors().clear()
        for form in (self.terms, *self.tiers):
            form.errors.clear()

    def fields(self) -> dict[str, Any]:
        """Return what was typed, as `policies.add` takes it."""
        typed = self.terms.cleaned_data
        return {
            **typed,
            "office_fee": typed["office_fee"] or 0,
            "floor": typed["floor"] or 0,
            "team_tiers": self.tiers.scale(),
        }

    def refuse(self, errors: dict[str, Any]) -> None:
        """Place the refusal of the service: at the tiers, or at the field that it names."""
        for name, messages in errors.items():
            if name == TIERS:
                for error in messages:
                    self.tiers.complain("".join(error.messages))
            else:
                self.terms.add_error(name if name in self.terms.fields else None, messages)


def _initial(before: Policy | None) -> dict[str, Any]:
    if before is None:
        return {"currency": "CNY", "effective_from": timezone.localdate()}
    names = ("title", "currency", "office_fee", "floor", "brokerage_as_cost")
    return {name: getattr(before, name) for name in names}


def _initial_tiers(before: Policy | None) -> list[dict[str, Any]]:
    if before is None:
        return []
    return [
        {"up_to": None if end is None else Money(end, before.currency), "rate": rate}
        for _start, end, rate in before.team_tiers
    ]
