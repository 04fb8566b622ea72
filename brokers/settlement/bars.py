"""The waterfall as bars: what a deal's page draws and what a statement is added up from.

Invariant: pure; bars say exactly what the waterfall says, with what refunds took back beside it
and the ledger rows behind it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from brokers.settlement.net_income import Kind
from brokers.settlement.plan import Payee, Role
from brokers.settlement.waterfall import Waterfall
from marketplace.money import Money


class BarKind(StrEnum):
    """The levels of a waterfall, from the top."""

    GROSS = "gross"
    DEDUCTION = "deduction"
    NET = "net"
    SHARE = "share"
    PAYEE = "payee"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `amount` from `start` on, of which refunds took back `taken_back`.

    `start` is where the bar begins on the scale of gross, so that each deduction and share hangs
    where the one before it ended. `deduction`, `role` and `payee` say what it is about, `label` and
    `evidence` what a direct cost was. `rows` are the ledger entries behind it.
    """

    key: str
    kind: BarKind
    amount: Money
    start: Money
    taken_back: Money
    deduction: Kind | None = None
    role: Role | None = None
    payee: Payee | None = None
    label: str = ""
    evidence: str = ""
    carried: bool = False
    rows: Sequence[Any] = ()

    @property
    def remaining(self) -> Money:
        """The amount after refunds."""
        return self.amount - self.taken_back


def bars(
    waterfall: Waterfall,
    *,
    taken_back: Mapping[str, int] | None = None,
    rows: Mapping[str, Sequence[Any]] | None = None,
) -> list[Bar]:
    """Return the bars of `waterfall` from gross to each payee.

    `taken_back` (minor units) and `rows` are by the key of a line ("cost:1", "team/user:5").
    """
    return _Drawing(waterfall, taken_back or {}, rows or {}).draw()


class _Drawing:
    def __init__(
        self,
        waterfall: Waterfall,
        taken_back: Mapping[str, int],
        rows: Mapping[str, Sequence[Any]],
    ) -> None:
        self.waterfall = waterfall
        self.taken = taken_back
        self.rows = rows

    def draw(self) -> list[Bar]:
        deductions, shares = self._deductions(), self._shares()
        deducted = self._sum(deductions)
        shared = self._sum([bar for bar in shares if bar.kind is BarKind.SHARE])
        gross = self._bar("gross", BarKind.GROSS, self.waterfall.gross, 0, deducted + shared)
        net = self._bar("net", BarKind.NET, self.waterfall.net, 0, shared)
        return [gross, *deductions, net, *shares]

    def _deductions(self) -> list[Bar]:
        drawn, end = [], self.waterfall.gross
        for line in self.waterfall.deductions:
            end -= line.applied
            drawn.append(
                self._bar(
                    line.key,
                    BarKind.DEDUCTION,
                    line.applied,
                    end,
                    self.taken.get(line.key, 0),
                    deduction=line.charge.kind,
                    label=line.charge.label,
                    evidence=line.charge.evidence,
                    carried=line.charge.carried,
                )
            )
        return drawn

    def _shares(self) -> list[Bar]:
        drawn, start = [], 0
        for share in self.waterfall.shares:
            taken = sum(self.taken.get(member.key, 0) for member in share.members)
            drawn.append(
                self._bar(share.key, BarKind.SHARE, share.amount, start, taken, role=share.role)
            )
            for member in share.members:
                back = self.taken.get(member.key, 0)
                about = {"role": share.role, "payee": member.payee}
                drawn.append(
                    self._bar(member.key, BarKind.PAYEE, member.amount, start, back, **about)
                )
                start += member.amount
        return drawn

    def _bar(
        self, key: str, kind: BarKind, amount: int, start: int, taken: int, **about: object
    ) -> Bar:
        currency = self.waterfall.currency
        return Bar(
            key,
            kind,
            Money(amount, currency),
            Money(start, currency),
            Money(taken, currency),
            rows=self.rows.get(key, ()),
            **about,  # type: ignore[arg-type]
        )

    @staticmethod
    def _sum(drawn: Sequence[Bar]) -> int:
        return sum(bar.taken_back.amount for bar in drawn)
