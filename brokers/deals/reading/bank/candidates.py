"""What a line of a bank statement could be entered as, the likeliest first."""

from dataclasses import dataclass, field
from typing import Any

from brokers.deals.reading.bank.statements import describe
from brokers.payments.models import BankEntry, Charge, Order, StatementLine
from brokers.payments.statements import clearing, dues
from brokers.payments.statements.dues import Dues
from brokers.payments.statements.matching import Finding, judge
from marketplace.money import Money

MOST = 30


@dataclass(frozen=True)
class Candidates:
    """What the line seems to be, and charges and orders by a key that a form can send."""

    finding: Finding | None = None
    subjects: dict[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> list[tuple[str, str]]:
        """The choices of a form."""
        return [(key, describe(subject)) for key, subject in self.subjects.items()]


def of(line: StatementLine) -> Candidates:
    """Return what `line` could be, which was read with what is left of it."""
    account, owner = line.account, line.account.organisation
    if owner is None:
        return Candidates()
    left, due = clearing.left(line), dues.of(owner, line.currency)
    finding = judge(clearing.open_lines(account, line.currency), due).get(line.pk)
    likely = _likely(finding, left, due)
    every = [*likely, *(s for s in _possible(left, due) if s not in likely)]
    found = {f"{subject._meta.model_name}:{subject.pk}": subject for subject in every[:MOST]}
    return Candidates(finding, found if left else {})


def _likely(finding: Finding | None, left: Money, due: Dues) -> list[Any]:
    subjects = list(finding.subjects) if finding else []
    possible = _possible(left, due)
    return [s for s in subjects if not isinstance(s, BankEntry) and s in possible]


def _possible(left: Money, due: Dues) -> list[Any]:
    """Return what may be entered for `left`: exactly that sum going out, at most that coming in."""
    if left.amount < 0:
        return list(due.payable(-left))
    charges = [
        charge
        for charge in due.charges.values()
        if charge.state == Charge.State.OPEN and charge.pk not in due.taken and charge.money <= left
    ]
    charges.sort(key=lambda charge: left.amount - charge.amount)
    return [*charges, *(o for o in due.paid(left) if o.state == Order.State.PAID)]
