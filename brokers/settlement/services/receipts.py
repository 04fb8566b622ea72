"""Payments that arrived at a collector, before anything is split.

Invariant: what is received is owed to nobody but the payer (an advance) until it is settled, and
the plan it came with is the plan that splits it.
"""

import uuid

from django.db import transaction

from brokers.settlement import ledger
from brokers.settlement.chart import AccountKind, Chart
from brokers.settlement.errors import ReferenceConflictError, SettlementError
from brokers.settlement.ledger import Posting
from brokers.settlement.models import Book, LedgerTransaction, Receipt, SplitPlan
from marketplace.money import Money


@transaction.atomic
def record(
    *,
    payment_reference: uuid.UUID,
    deal_reference: uuid.UUID,
    plan: SplitPlan,
    collector_key: str,
    gross: Money,
    fee: Money,
) -> Receipt:
    """Record a payment of `gross`, of which the payment service kept `fee`.

    Recording the same payment again returns it. Raises `SettlementError` for amounts that make no
    sense, a plan of another deal or in another currency, and `ReferenceConflictError`.
    """
    book = ledger.locked(deal_reference)[deal_reference]
    wanted = (deal_reference, plan.pk, collector_key, gross, fee)
    if existing := Receipt.objects.filter(pk=payment_reference).first():
        if wanted != _contents(existing):
            raise ReferenceConflictError(payment_reference)
        return existing
    _check(deal_reference, plan, gross, fee)
    receipt = Receipt.objects.create(
        payment_reference=payment_reference,
        book=book,
        plan=plan,
        collector_key=collector_key,
        gross_amount=gross.amount,
        fee_amount=fee.amount,
        currency=gross.currency,
    )
    chart = Chart(collector_key, gross.currency)
    ledger.post(
        book=book,
        source=f"receipt:{payment_reference}",
        kind=LedgerTransaction.Kind.RECEIPT,
        payment_reference=payment_reference,
        postings=[
            Posting(chart[AccountKind.CASH], gross.amount - fee.amount),
            Posting(chart[AccountKind.FEES], fee.amount),
            Posting(chart[AccountKind.ADVANCE], -gross.amount),
        ],
    )
    return receipt


def locked(payment_reference: uuid.UUID) -> tuple[Receipt, Book]:
    """Lock the books of a received payment and return both.

    Raises as `find` does.
    """
    receipt = find(payment_reference)
    return receipt, ledger.locked(receipt.book_id)[receipt.book_id]


def find(payment_reference: uuid.UUID) -> Receipt:
    """Return a received payment with its plan. Raises `SettlementError("unknown_payment")`."""
    receipts = Receipt.objects.select_related("plan")
    if receipt := receipts.filter(payment_reference=payment_reference).first():
        return receipt
    raise SettlementError("unknown_payment")


def _check(deal_reference: uuid.UUID, plan: SplitPlan, gross: Money, fee: Money) -> None:
    if plan.deal_reference != deal_reference:
        raise SettlementError("other_deal")
    if not gross.currency == fee.currency == plan.plan.currency:
        raise SettlementError("currency")
    if gross.amount <= 0 or fee.amount < 0:
        raise SettlementError("amount")
    if fee > gross:
        raise SettlementError("fee_above_gross")


def _contents(receipt: Receipt) -> tuple[object, ...]:
    return (receipt.book_id, receipt.plan_id, receipt.collector_key, receipt.gross, receipt.fee)
