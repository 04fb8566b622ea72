"""Money given back to the payer, wholly or in part, before or after the settlement.

Invariant: refunds of a payment never exceed what was received, less what is disputed, and each
refund is recorded once.
"""

import uuid

from django.db import transaction
from django.db.models import Sum

from brokers.settlement import ledger
from brokers.settlement.chart import AccountKind, Chart
from brokers.settlement.errors import ReferenceConflictError, SettlementError
from brokers.settlement.ledger import Posting
from brokers.settlement.models import (
    Book,
    Dispute,
    LedgerTransaction,
    Receipt,
    Refund,
    Settlement,
)
from brokers.settlement.services import receipts, reversals
from marketplace.money import Money


@transaction.atomic
def record(*, refund_reference: uuid.UUID, payment_reference: uuid.UUID, amount: Money) -> Refund:
    """Record that `amount` of a payment went back to the payer.

    Recording the same refund again returns it. Raises `SettlementError` (unknown payment, another
    currency, not above zero, more than is left) and `ReferenceConflictError`.
    """
    receipt, book = receipts.locked(payment_reference)
    if amount.currency != receipt.currency:
        raise SettlementError("currency")
    if existing := Refund.objects.filter(pk=refund_reference).first():
        if (existing.receipt_id, existing.amount) != (receipt.pk, amount.amount):
            raise ReferenceConflictError(refund_reference)
        return existing
    check_left(receipt, amount)
    return apply(
        book=book,
        receipt=receipt,
        refund_reference=refund_reference,
        amount=amount.amount,
        funded_by=AccountKind.CASH,
    )


def refundable(receipt: Receipt) -> Money:
    """Return what can still be given back: received, less refunds and open disputes."""
    gone = receipt.refunds.aggregate(total=Sum("amount"))["total"] or 0
    disputed = receipt.disputes.filter(state=Dispute.State.OPEN).aggregate(total=Sum("amount"))
    return Money(receipt.gross_amount - gone - (disputed["total"] or 0), receipt.currency)


def check_left(receipt: Receipt, amount: Money) -> None:
    """Raise `SettlementError` unless `amount` is above zero and can still be given back."""
    if amount.amount <= 0:
        raise SettlementError("amount")
    if amount > (left := refundable(receipt)):
        raise SettlementError("above_refundable", left=left)


def apply(
    *,
    book: Book,
    receipt: Receipt,
    refund_reference: uuid.UUID,
    amount: int,
    funded_by: AccountKind,
) -> Refund:
    """Record a checked refund of `amount` minor units that `funded_by` paid, in locked books."""
    refund = Refund.objects.create(pk=refund_reference, receipt=receipt, amount=amount)
    source = f"refund:{refund_reference}"
    settlement = Settlement.objects.filter(receipt=receipt).first()
    if settlement is not None:
        reversals.reverse(
            book=book,
            refund=refund,
            receipt=receipt,
            settlement=settlement,
            funded_by=funded_by,
            source=source,
        )
        return refund
    chart = Chart(receipt.collector_key, receipt.currency)
    postings = [
        Posting(chart[AccountKind.ADVANCE], amount, "gross"),
        Posting(chart[funded_by], -amount, "gross"),
    ]
    if receipt.refunds.aggregate(total=Sum("amount"))["total"] == receipt.gross_amount:
        bearer = receipt.plan.plan.loss_bearer
        postings += [
            Posting(chart.loss_of(bearer), receipt.fee_amount, "fee:1"),
            Posting(chart[AccountKind.FEES], -receipt.fee_amount, "fee:1"),
        ]
    ledger.post(
        book=book,
        source=source,
        kind=LedgerTransaction.Kind.REFUND,
        payment_reference=receipt.pk,
        postings=postings,
    )
    return refund
