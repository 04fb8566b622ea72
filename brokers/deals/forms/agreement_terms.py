"""The terms of an agreement and of its split plan, apart from the rows."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals import taxes
from brokers.deals.forms.steps import LongTextField
from brokers.deals.models import TaxTreatment
from brokers.deals.models.agreements import CONTRACT_TYPES
from brokers.settlement.plan import PlanForm, Role
from marketplace.amounts import AmountField, PercentField, currency_choices

INSTITUTION, PLATFORM = "institution", "platform"
HOLDERS = [(INSTITUTION, _("the institution")), (PLATFORM, _("the platform"))]
SHARES = {
    Role.INSTITUTION: "share_institution",
    Role.TEAM: "share_team",
    Role.BROKER: "share_broker",
    Role.PLATFORM: "share_platform",
}


class TermsForm(forms.Form):
    """Shares, tax and fee clean to basis points, `minimum` and `cap` to money of the currency."""

    contract_type = forms.ChoiceField(label=_("Type of contract"), choices=CONTRACT_TYPES)
    subject = LongTextField(
        label=_("Subject of the contract"),
        help_text=_("What is assigned, licensed, developed or done; both sides sign these words."),
        max_length=5000,
        rows=5,
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)
    collector = forms.ChoiceField(
        label=_("Who receives the payments?"), choices=HOLDERS, widget=forms.RadioSelect
    )
    tax_basis_points = PercentField(
        label=_("Tax on what is received, %"),
    )
    tax_treatment = forms.ChoiceField(
        label=_("How is it taxed?"),
        choices=TaxTreatment.choices,
        initial=TaxTreatment.RATE,
        widget=forms.RadioSelect,
    )
    acceptance_days = forms.IntegerField(
        label=_("Days for acceptance of a deliverable"), min_value=1, max_value=365, initial=15
    )
    plan_form = forms.ChoiceField(
        label=_("How is net income shared?"), choices=PlanForm.choices, widget=forms.RadioSelect
    )
    share_institution = PercentField(label=_("Institution, %"), required=False)
    share_team = PercentField(label=_("Research team, %"), required=False)
    share_broker = PercentField(label=_("Brokers, %"), required=False)
    share_platform = PercentField(label=_("Platform, %"), required=False)
    office_fee = PercentField(
        label=_("Office fee of the institution, %"),
        help_text=_("Of net income, before the rest is shared."),
        required=False,
    )
    minimum = AmountField(
        label=_("At least"), help_text=_("Of the whole deal."), required=False, allow_zero=True
    )
    cap = AmountField(label=_("At most"), help_text=_("Of the whole deal."), required=False)
    platform_fee = PercentField(
        label=_("Platform's fee of what is received, before net income, %"),
        help_text=_("Either this or a share of net income, or neither."),
        required=False,
    )
    team_via_institution = forms.BooleanField(
        label=_("The institution passes the team's shares on"),
        help_text=_("It is paid for them, withholds the tax and records each payment."),
        required=False,
    )
    equity = LongTextField(
        label=_("Equity"),
        help_text=_(
            "Shares that are given for the technology: of which company, how many, at which value. "
            "Recorded and signed; nothing of it is paid through this platform."
        ),
        max_length=2000,
        required=False,
    )
    loss_bearer = forms.ChoiceField(
        label=_("Who bears fees and costs that a refund finds spent?"),
        choices=HOLDERS,
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        *args: Any,
        currency: str,
        with_brokers: bool,
        locked_currency: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if locked_currency:
            self.fields["currency"].choices = [(locked_currency, locked_currency)]  # type: ignore[attr-defined]
            self.fields["currency"].help_text = _("An amendment keeps the currency.")
        for name in ("minimum", "cap"):
            self.fields[name].currency = currency  # type: ignore[attr-defined]
        if not with_brokers:
            for name in ("share_broker", "minimum", "cap"):
                del self.fields[name]
            flat = [(PlanForm.FLAT.value, PlanForm.FLAT.label)]
            self.fields["plan_form"].choices = flat  # type: ignore[attr-defined]
            self.fields["plan_form"].initial = PlanForm.FLAT

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        exempt = data.get("tax_treatment") == TaxTreatment.EXEMPT
        contract_type = data.get("contract_type", "")
        if exempt and not taxes.exemption(contract_type=contract_type, on=timezone.localdate()):
            text = _("Contracts of this type are not exempt from VAT.")
            self.add_error("tax_treatment", text)
        return data

    def plan_terms(self) -> dict[str, Any]:
        """Return what of the plan is typed here, as `plans.build` reads it."""
        data = self.cleaned_data
        minimum, cap = data.get("minimum"), data.get("cap")
        return {
            "form": data["plan_form"],
            "shares": {role.value: data.get(name) or 0 for role, name in SHARES.items()},
            "minimum": minimum.amount if minimum else 0,
            "cap": cap.amount if cap else None,
            "platform_fee": data["platform_fee"] or 0,
            "team_via_institution": data["team_via_institution"],
            "office_fee": data["office_fee"] or 0,
        }


def initial_shares(terms: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield the fields of the shares in `terms` that are above zero."""
    for role, name in SHARES.items():
        if share := terms.get("shares", {}).get(role.value):
            yield name, share
