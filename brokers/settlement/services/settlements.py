"""Settling an accepted payment: the waterfall becomes postings, once.

Invariant: the settlement's transaction is its waterfall, line by line, and its credits sum to the
payment's gross. Refunds that came before are taken back right after, so that the order of refund
and settlement does not matter.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from brokers.settlement import history, ledger, owing
from brokers.settlement.chart import AccountKind, Chart
from brokers.settlement.errors import ReferenceConflictError, SettlementError
from brokers.settlement.ledger import Posting
from brokers.settlement.models import Allocation, Book, LedgerTransaction, Receipt, Settlement
from brokers.settlement.models.payees import payee_columns
from brokers.settlement.models.records import SHARE
from brokers.settlement.net_income import Charge, Kind
from brokers.settlement.services import receipts, reversals
from brokers.settlement.waterfall import Waterfall, compute
from marketplace.money import Money

_DEDUCTION_ACCOUNTS = {
    Kind.FEE: AccountKind.FEES,
    Kind.TAX: AccountKind.TAX_PAYABLE,
    Kind.COST: AccountKind.DIRECT_COSTS,
    Kind.PLATFORM: AccountKind.PLATFORM,
}


@dataclass(frozen=True, slots=True)
class DirectCost:
    """An agreed direct cost: what it was for, how much, and what proves it."""

    label: str
    amount: Money
    evidence: str = ""


@transaction.atomic
def settle(
    *, payment_reference: uuid.UUID, tax: Money, costs: Sequence[DirectCost] = ()
) -> Settlement:
    """Split an accepted payment by its plan; `tax` and `costs` are those of this payment.

    Settling it again returns the settlement. Raises `SettlementError` (unknown payment, another
    currency, a negative amount, held, wholly refunded) and `ReferenceConflictError` for other amounts.
    """
    receipt, book = receipts.locked(payment_reference)
    charges = _charges(receipt, tax, costs)
    if existing := Settlement.objects.filter(receipt=receipt).first():
        if charges != _asked(existing):
            raise ReferenceConflictError(payment_reference)
        return existing
    if owing.is_held(receipt):
        raise SettlementError("held")
    earlier_refunds = list(receipt.refunds.filter(undoes=None, undone_by=None))
    if sum(refund.amount for refund in earlier_refunds) == receipt.gross_amount:
        raise SettlementError("refunded")
    waterfall = compute(
        receipt.plan.plan,
        gross=receipt.gross_amount,
        charges=[*history.carried_to(receipt), *charges],
        history=history.of_deal(receipt),
    )
    settlement = _record(book, receipt, waterfall, provisional=bool(earlier_refunds))
    for refund in earlier_refunds:
        reversals.reverse(
            book=book,
            refund=refund,
            receipt=receipt,
            settlement=settlement,
            funded_by=AccountKind.ADVANCE,
            source=f"refund-applied:{refund.pk}",
            provisional=refund is not earlier_refunds[-1],
        )
    return settlement


def _charges(receipt: Receipt, tax: Money, costs: Sequence[DirectCost]) -> list[Charge]:
    amounts = [tax, *(cost.amount for cost in costs)]
    if any(amount.currency != receipt.currency for amount in amounts):
        raise SettlementError("currency")
    if any(amount.amount < 0 for amount in amounts):
        raise SettlementError("amount")
    charges = [
        Charge(Kind.FEE, receipt.fee_amount),
        Charge(Kind.TAX, tax.amount),
        *(Charge(Kind.COST, cost.amount.amount, cost.label, cost.evidence) for cost in costs),
    ]
    return [charge for charge in charges if charge.amount]


def _asked(settlement: Settlement) -> list[Charge]:
    lines = settlement.allocations.filter(carried=False).exclude(kind__in=[SHARE, Kind.PLATFORM])
    return [history.deduction(line).charge for line in lines]


def _record(book: Book, receipt: Receipt, waterfall: Waterfall, *, provisional: bool) -> Settlement:
    posted = ledger.post(
        book=book,
        source=f"settlement:{receipt.pk}",
        kind=LedgerTransaction.Kind.SETTLEMENT,
        payment_reference=receipt.pk,
        provisional=provisional,
        postings=_postings(Chart(receipt.collector_key, receipt.currency), waterfall),
    )
    settlement = Settlement.objects.create(
        receipt=receipt, transaction=posted, net_amount=waterfall.net
    )
    Allocation.objects.bulk_create(_lines(settlement, waterfall))
    return settlement


def _postings(chart: Chart, waterfall: Waterfall) -> Iterator[Posting]:
    yield Posting(chart[AccountKind.ADVANCE], waterfall.gross, "gross")
    for line in waterfall.deductions:
        yield Posting(chart[_DEDUCTION_ACCOUNTS[line.charge.kind]], -line.applied, line.key)
    for share in waterfall.shares:
        for member in share.members:
            yield Posting(chart.owed_to(member.payee), -member.amount, member.key)


def _lines(settlement: Settlement, waterfall: Waterfall) -> Iterator[Allocation]:
    for line in waterfall.deductions:
        charge = line.charge
        yield Allocation(
            settlement=settlement,
            key=line.key,
            group=charge.kind,
            kind=charge.kind,
            asked=charge.amount,
            amount=line.applied,
            label=charge.label,
            evidence=charge.evidence,
            carried=charge.carried,
        )
    for share in waterfall.shares:
        for member in share.members:
            yield Allocation(
                settlement=settlement,
                key=member.key,
                group=share.key,
                kind=SHARE,
                role=share.role,
                asked=member.amount,
                amount=member.amount,
                **payee_columns(member.payee),
            )
