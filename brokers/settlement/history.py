"""What earlier payments of a deal have left for the next one: cumulative net, shortfalls.

Invariant: both are read from allocations and reversals, so a refund lowers the cumulative net and
the commission given, and tiers are looked at again at the next settlement.
"""

import uuid
from collections import Counter

from django.db.models import Sum

from brokers.settlement.models import Allocation, Receipt, Reversal, Settlement
from brokers.settlement.models.records import SHARE
from brokers.settlement.net_income import Charge, Deduction, Kind
from brokers.settlement.waterfall import History


def of_deal(receipt: Receipt) -> History:
    """Return the history of the deal that `receipt` belongs to, in its currency."""
    remaining = _remaining(receipt.book_id, receipt.currency)
    own = {group: net for (plan, group), net in remaining.items() if plan == receipt.plan_id}
    return History(
        earlier_net=sum(remaining.values()) - sum(own.values()),
        net=sum(own.values()),
        taken=own,
    )


def before_amendment(deal_reference: uuid.UUID, currency: str) -> History:
    """Return the history of a deal in `currency` as the first payment under a new plan will find it."""
    return History(earlier_net=sum(_remaining(deal_reference, currency).values()))


def _remaining(book: uuid.UUID, currency: str) -> Counter[tuple[int, str]]:
    """Return what each share of each plan was given, refunds taken back: the net income in all."""
    remaining: Counter[tuple[int, str]] = Counter()
    shares = Allocation.objects.filter(
        settlement__receipt__book=book, settlement__receipt__currency=currency, kind=SHARE
    )
    by_share = ("settlement__receipt__plan", "group")
    for plan, group, total in shares.order_by().values_list(*by_share).annotate(Sum("amount")):
        remaining[plan, group] += total
    taken_back = Reversal.objects.filter(allocation__in=shares).order_by()
    through = [f"allocation__{name}" for name in by_share]
    for plan, group, total in taken_back.values_list(*through).annotate(Sum("amount")):
        remaining[plan, group] -= total
    return remaining


def carried_to(receipt: Receipt) -> list[Charge]:
    """Return what the collector's settlement before this one could not bear."""
    before = (
        Settlement.objects.filter(
            receipt__book=receipt.book_id,
            receipt__collector_key=receipt.collector_key,
            receipt__currency=receipt.currency,
        )
        .order_by("pk")
        .last()
    )
    if before is None:
        return []
    lines = [deduction(line) for line in before.allocations.exclude(kind=SHARE)]
    return [line.carried_on() for line in lines if line.shortfall]


def deduction(line: Allocation) -> Deduction:
    """Return the deduction that a stored line says."""
    charge = Charge(Kind(line.kind), line.asked, line.label, line.evidence, line.carried)
    return Deduction(line.key, charge, line.amount)
