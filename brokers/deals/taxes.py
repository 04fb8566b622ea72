"""How what is received for an agreement is taxed.

Invariant: an exemption from VAT counts from the registration of the contract on, for the types of
contract that the data names, and never before.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from brokers.deals.models import Agreement, Registration, TaxTreatment
from brokers.settlement.shares import portion
from marketplace.money import Money


@dataclass(frozen=True)
class Exemption:
    """Contracts of these types can be exempt since `effective_from`, because `source` says so."""

    contract_types: frozenset[str]
    effective_from: date
    source: str


def exemption(*, contract_type: str, on: date) -> Exemption | None:
    """Return the rule by which a contract of this type can be exempt from VAT on this day."""
    in_force = [
        rule
        for rule in _exemptions()
        if contract_type in rule.contract_types and rule.effective_from <= on
    ]
    return max(in_force, key=lambda rule: rule.effective_from, default=None)


def is_exempt(agreement: Agreement) -> bool:
    """Whether what is received now is exempt: agreed so, registered, and claimed."""
    if agreement.tax_treatment != TaxTreatment.EXEMPT:
        return False
    registration = Registration.objects.filter(agreement=agreement).first()
    return registration is not None and registration.vat_exempt


def rate_of(agreement: Agreement) -> int:
    """Return the rate at which what is received now is taxed, in basis points."""
    return 0 if is_exempt(agreement) else agreement.tax_basis_points


def due(amount: Money, agreement: Agreement) -> Money:
    """Return the tax on a payment of `amount` that is settled now."""
    return Money(portion(amount.amount, rate_of(agreement)), amount.currency)


@cache
def _exemptions() -> tuple[Exemption, ...]:
    path = Path(__file__).parent / "data" / "vat_exemptions.json"
    return tuple(
        Exemption(
            frozenset(row["contract_types"]),
            date.fromisoformat(row["effective_from"]),
            row["source"],
        )
        for row in json.loads(path.read_text(encoding="utf-8"))
    )
