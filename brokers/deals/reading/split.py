"""The split of a deal's payments as pictures: what was settled, or an estimate before that.

Invariant: the steps drawn are the bars of settlement, which are the postings; an estimate is computed by
the same pure waterfall. The number of queries does not depend on how much was paid.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from brokers.deals import plan_words
from brokers.deals.models import Deal, DealFile, Milestone
from brokers.deals.plan_words import NOBODY, Names
from brokers.deals.reading.ledger_rows import LedgerRow, ledger_rows, payees_in
from brokers.settlement import waterfalls
from brokers.settlement.bars import Bar, BarKind, bars
from brokers.settlement.models import Entry
from brokers.settlement.net_income import Charge, Kind
from brokers.settlement.plan import PLATFORM, Payee, Plan
from brokers.settlement.shares import portion
from brokers.settlement.waterfall import History, Waterfall, compute
from brokers.settlement.waterfalls import SettledPayment
from marketplace import dates
from marketplace.amounts import with_currency
from marketplace.figures import Step
from marketplace.money import Money

ROWS_SHOWN = 60

Terms = Sequence[tuple[Money, Sequence[tuple[str, Money]]]]
"""Milestones as amount and costs, a cost as title and amount."""

_KINDS = {
    BarKind.GROSS: "total",
    BarKind.DEDUCTION: "deduction",
    BarKind.NET: "subtotal",
    BarKind.SHARE: "share",
    BarKind.PAYEE: "part",
}


@dataclass(frozen=True)
class SettledSplit:
    """A settled payment: its steps, and the ledger rows behind them, of which some may be left out."""

    title: str
    steps: list[Step]
    rows: list[LedgerRow]
    row_count: int

    @property
    def left_out(self) -> int:
        return self.row_count - len(self.rows)


@dataclass(frozen=True)
class _Words:
    """What the steps of a deal are called, and where the evidence of a cost is."""

    names: Mapping[Payee, str]
    evidence: Mapping[str, str] = field(default_factory=dict)

    def steps(self, drawn: Sequence[Bar]) -> list[Step]:
        """Return `drawn` as steps; who has a share alone is named at it and has no bar below it."""
        payees: dict[str, list[Bar]] = defaultdict(list)
        for bar in drawn:
            if bar.kind is BarKind.PAYEE:
                payees[_share_of(bar)].append(bar)
        alone = {key: members[0] for key, members in payees.items() if len(members) == 1}
        return [
            self._step(bar, alone.get(bar.key))
            for bar in drawn
            if bar.kind is not BarKind.PAYEE or _share_of(bar) not in alone
        ]

    def _step(self, bar: Bar, only_payee: Bar | None) -> Step:
        notes = [self._name(only_payee)] if only_payee and only_payee.payee != PLATFORM else []
        if bar.carried:
            notes.append(_("carried over from an earlier payment"))
        if bar.taken_back:
            notes.append(
                _("%(amount)s taken back by refunds") % {"amount": with_currency(bar.taken_back)}
            )
        return Step(
            label=capfirst(self._label(bar)),
            amount=bar.amount,
            kind=_KINDS[bar.kind],  # type: ignore[arg-type]
            note=" · ".join(note for note in notes if note),
            url=self.evidence.get(bar.evidence, ""),
        )

    def _label(self, bar: Bar) -> str:
        if bar.kind is BarKind.GROSS:
            return _("Received")
        if bar.kind is BarKind.NET:
            return _("Net income")
        if bar.deduction is not None:
            return bar.label or str(Kind(bar.deduction).label)
        if bar.kind is BarKind.SHARE and bar.role is not None:
            return plan_words.share_label(bar.key, bar.role)
        return self._name(bar)

    def _name(self, bar: Bar) -> str:
        return self.names.get(bar.payee, "") if bar.payee else ""


def settled_splits(deal: Deal, milestones: Sequence[Milestone], known: Names) -> list[SettledSplit]:
    """Return the settled payments of `deal`, the newest first, with the evidence of the costs of
    `milestones`; `known` are names of payees that are at hand.
    """
    payments = waterfalls.of_deal(deal.pk)
    titles: dict[object, str] = {m.payment_reference: m.title for m in milestones}
    entries = [_entries(payment) for payment in payments]
    payees = {bar.payee for payment in payments for bar in payment.bars if bar.payee}
    for some in entries:
        payees |= payees_in(some)
    costs = (cost for milestone in milestones for cost in milestone.costs.all())
    proofs = evidence_links(cost.evidence for cost in costs if cost.evidence)
    words = _Words(plan_words.payee_names(payees, known), proofs)
    splits = [_split(*pair, titles, words) for pair in zip(payments, entries, strict=True)]
    return splits[::-1]


def estimate(
    plan: Plan,
    milestones: Terms,
    tax: int,
    *,
    history: History | None = None,
    known: Names = NOBODY,
) -> list[Step]:
    """Return the steps of the whole price as `plan` would split it; see `expected`."""
    names = plan_words.payee_names((member.payee for member in plan.members), known)
    return _Words(names).steps(bars(expected(plan, milestones, tax, history=history)))


def expected(
    plan: Plan, milestones: Terms, tax: int, *, history: History | None = None
) -> Waterfall:
    """Return the whole price as `plan` would split it: an estimate, without payment fees.

    `milestones` are (amount, costs as (title, amount)); `tax` is in basis points; `history` is what
    was split before. The plan's shares must be sound (`plan_rules.check`).
    """
    gross = sum(amount.amount for amount, _costs in milestones)
    charges = [Charge(Kind.TAX, sum(portion(amount.amount, tax) for amount, _costs in milestones))]
    charges += [
        Charge(Kind.COST, cost.amount, title)
        for _amount, costs in milestones
        for title, cost in costs
    ]
    return compute(plan, gross=gross, charges=[c for c in charges if c.amount], history=history)


def terms_of(milestones: Iterable[Milestone]) -> list[tuple[Money, list[tuple[str, Money]]]]:
    """Return stored milestones as `estimate` takes them."""
    return [
        (milestone.money, [(cost.title, cost.money) for cost in milestone.costs.all()])
        for milestone in milestones
    ]


def evidence_links(files: Iterable[DealFile]) -> dict[str, str]:
    """Return the addresses of the files of a deal by the SHA-256 that settlements name."""
    return {f.file.sha256: reverse("deals:file", args=[f.deal_id, f.pk]) for f in files}


def _entries(payment: SettledPayment) -> list[Entry]:
    found = {entry.pk: entry for bar in payment.bars for entry in bar.rows}
    return [found[pk] for pk in sorted(found)]


def _split(
    payment: SettledPayment,
    entries: Sequence[Entry],
    titles: Mapping[object, str],
    words: _Words,
) -> SettledSplit:
    day = dates.day(payment.settlement.settled_at)
    title = titles.get(payment.receipt.pk, "")
    return SettledSplit(
        title=f"{title} · {day}" if title else day,
        steps=words.steps(payment.bars),
        rows=ledger_rows(entries[:ROWS_SHOWN], words.names),
        row_count=len(entries),
    )


def _share_of(bar: Bar) -> str:
    return bar.key.partition("/")[0]
