"""Money given back to the payer, wholly or in part, before or after the settlement.

Invariant: refunds of a payment never exceed what was received, less what is disputed, and each
refund is recorded once. What it takes back is taken when it is ordered, so nobody is paid out of it
meanwhile; the collector's cash goes when it is made; undone, it leaves the shares as before.
"""

import uuid
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Sum

from brokers.settlement import ledger, owing
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

_LINE = "refund"


@transaction.atomic
def order(*, refund_reference: uuid.UUID, payment_reference: uuid.UUID, amount: Money) -> Refund:
    """Take `amount` of a payment back from what it was split into; it is on its way to the payer.

    Ordering the same refund again returns it. Raises `SettlementError` (unknown payment, another
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
        funded_by=AccountKind.REFUND_DUE,
    )


@transaction.atomic
def make(*, refund_reference: uuid.UUID) -> bool:
    """Record that the payer has the money; return whether that is news.

    Raises `SettlementError` for an unknown refund and for one that is undone.
    """
    refund, receipt, book = _locked(refund_reference)
    if _is_made(refund):
        return False
    if _is_undone(refund):
        raise SettlementError("refund_state")
    chart = Chart(receipt.collector_key, receipt.currency)
    ledger.post(
        book=book,
        source=_made(refund),
        kind=LedgerTransaction.Kind.REFUND_MADE,
        payment_reference=receipt.pk,
        postings=[
            Posting(chart[AccountKind.REFUND_DUE], refund.amount, _LINE),
            Posting(chart[AccountKind.CASH], -refund.amount, _LINE),
        ],
    )
    return True


@transaction.atomic
def undo(*, refund_reference: uuid.UUID) -> bool:
    """Give the shares back what a refund took: it was not made, or its money came back.

    What a payee has to give back still is less by its part, the rest is owed to it again. Returns
    whether that is news. Raises `SettlementError` for an unknown refund.
    """
    refund, receipt, book = _locked(refund_reference)
    if _is_undone(refund):
        return False
    chart = Chart(receipt.collector_key, receipt.currency)
    origin = chart[AccountKind.CASH if _is_made(refund) else AccountKind.REFUND_DUE]
    was_whole = _total(receipt) == receipt.gross_amount
    undoing = Refund.objects.create(
        pk=uuid.uuid5(refund.pk, "undone"), receipt=receipt, amount=-refund.amount, undoes=refund
    )
    if Settlement.objects.filter(receipt=receipt).exists():
        restored = list(reversals.restore(chart, receipt, refund, undoing))
    else:
        restored = list(_advance_restored(book, chart, receipt, refund, was_whole=was_whole))
    ledger.post(
        book=book,
        source=f"refund:{refund.pk}:undone",
        kind=LedgerTransaction.Kind.REFUND_UNDONE,
        payment_reference=receipt.pk,
        postings=[Posting(origin, refund.amount, "gross"), *restored],
    )
    return True


def refundable(receipt: Receipt, *, with_disputed: bool = False) -> Money:
    """Return what can still be given back: received, less refunds and, unless asked, open disputes."""
    left = receipt.gross_amount - _total(receipt)
    if not with_disputed:
        disputed = receipt.disputes.filter(state=Dispute.State.OPEN)
        left -= disputed.aggregate(total=Sum("amount"))["total"] or 0
    return Money(max(left, 0), receipt.currency)


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
    """Record a checked refund of `amount` minor units that `funded_by` pays, in locked books."""
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
    if _total(receipt) == receipt.gross_amount:
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


def _advance_restored(
    book: Book, chart: Chart, receipt: Receipt, refund: Refund, *, was_whole: bool
) -> Iterator[Posting]:
    """Yield what undoes a refund of an unsettled payment; `was_whole`: nothing of it was left."""
    yield Posting(chart[AccountKind.ADVANCE], -refund.amount, "gross")
    if was_whole:
        yield Posting(chart[AccountKind.FEES], receipt.fee_amount, "fee:1")
        yield from reversals.relieve(
            chart,
            receipt.plan.plan.loss_bearer,
            receipt.fee_amount,
            "fee:1",
            ledger.balances(book),
            held=owing.is_held(receipt),
        )


def _locked(refund_reference: uuid.UUID) -> tuple[Refund, Receipt, Book]:
    """Return an ordered refund; what a lost dispute took is none, its money went long ago."""
    found = Refund.objects.filter(pk=refund_reference, undoes=None).first()
    if found is None or Dispute.objects.filter(pk=refund_reference).exists():
        raise SettlementError("unknown_refund")
    receipt, book = receipts.locked(found.receipt_id)
    return found, receipt, book


def _made(refund: Refund) -> str:
    return f"refund:{refund.pk}:made"


def _is_made(refund: Refund) -> bool:
    return LedgerTransaction.objects.filter(source=_made(refund)).exists()


def _is_undone(refund: Refund) -> bool:
    return Refund.objects.filter(undoes=refund).exists()


def _total(receipt: Receipt) -> int:
    return receipt.refunds.aggregate(total=Sum("amount"))["total"] or 0
