"""Net income: what a payment leaves after fees, taxes, agreed direct costs and the platform's fee.

Invariant: gross = deductions applied + net, net ≥ 0; what a payment could not bear is carried.
(Refunds reduce every line of a settled payment in proportion: `refunds.py`.)
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """The kinds of deduction, in the order in which they are taken from a payment."""

    FEE = "fee", _("payment fee")
    TAX = "tax", _("tax")
    COST = "cost", _("direct cost")
    PLATFORM = "platform_fee", _("platform fee")


_ORDER = list(Kind)


@dataclass(frozen=True, slots=True)
class Charge:
    """Something that comes off before net: `amount` in minor units, ≥ 0.

    `evidence` refers to what proves it (an invoice, a document); `carried` marks what an earlier
    payment could not bear.
    """

    kind: Kind
    amount: int
    label: str = ""
    evidence: str = ""
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Deduction:
    """A charge and the part of it that this payment bears. `key` is unique within the payment."""

    key: str
    charge: Charge
    applied: int

    @property
    def shortfall(self) -> int:
        """What the next payment has to bear, in minor units."""
        return self.charge.amount - self.applied

    def carried_on(self) -> Charge:
        """Return the charge for the next payment."""
        charge = self.charge
        return Charge(charge.kind, self.shortfall, charge.label, charge.evidence, carried=True)


@dataclass(frozen=True, slots=True)
class NetIncome:
    """`gross` = Σ applied deductions + `net`, in minor units."""

    gross: int
    deductions: tuple[Deduction, ...]
    net: int


def net_income(*, gross: int, charges: Iterable[Charge]) -> NetIncome:
    """Take `charges` from `gross` (minor units) kind by kind, what was carried before the new.

    Raises `ValueError` for a negative amount.
    """
    left = gross
    deductions = []
    count = Counter[Kind]()
    for charge in sorted(
        charges, key=lambda charge: (_ORDER.index(charge.kind), not charge.carried)
    ):
        if charge.amount < 0 or gross < 0:
            raise ValueError("amounts of a waterfall are not negative")
        applied = min(charge.amount, left)
        left -= applied
        count[charge.kind] += 1
        key = f"{charge.kind}:{count[charge.kind]}"
        deductions.append(Deduction(key, charge, applied))
    return NetIncome(gross, tuple(deductions), left)
