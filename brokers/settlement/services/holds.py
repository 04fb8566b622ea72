"""Money that a complaint holds: one payment of a deal, or all of them.

Invariant: what is held of a payment is neither paid out, nor set off, nor taken by a refund of another
payment, nor is the payment settled; it stays as long as any complaint that covers it is open.
"""

import uuid

from django.db import transaction
from django.utils import timezone

from brokers.settlement import ledger, owing
from brokers.settlement.chart import Chart
from brokers.settlement.errors import ReferenceConflictError, SettlementError
from brokers.settlement.ledger import Posting
from brokers.settlement.models import Hold, LedgerTransaction
from brokers.settlement.owing import Part
from brokers.settlement.plan import PLATFORM


@transaction.atomic
def place(
    *, hold_reference: uuid.UUID, deal_reference: uuid.UUID, payment_reference: uuid.UUID | None
) -> Hold:
    """Hold what is owed of a payment, or of the whole deal where none is named.

    Placing the same hold again returns it. Raises `SettlementError` for a payment that was not
    received in this deal, and `ReferenceConflictError`.
    """
    book = ledger.locked(deal_reference)[deal_reference]
    if existing := Hold.objects.filter(pk=hold_reference).first():
        if (existing.book_id, existing.receipt_id) != (book.pk, payment_reference):
            raise ReferenceConflictError(hold_reference)
        return existing
    about = book.receipts.filter(pk=payment_reference) if payment_reference else book.receipts.all()
    covered = {receipt.pk for receipt in about}
    if payment_reference and not covered:
        raise SettlementError("unknown_payment")
    hold = Hold.objects.create(pk=hold_reference, book=book, receipt_id=payment_reference)
    for part in owing.parts(book):
        if part.payment_reference in covered:
            _move(hold, part, held=True)
    return hold


@transaction.atomic
def release(*, hold_reference: uuid.UUID) -> Hold:
    """Let go what no other complaint holds. Raises `SettlementError` for an unknown hold."""
    hold = Hold.objects.filter(pk=hold_reference).first()
    if hold is None:
        raise SettlementError("unknown_hold")
    book = ledger.locked(hold.book_id)[hold.book_id]
    hold.refresh_from_db()
    if hold.released_at is not None:
        return hold
    hold.released_at = timezone.now()
    hold.save(update_fields=["released_at"])
    others = set(book.holds.filter(released_at=None).values_list("receipt_id", flat=True))
    for part in owing.held_parts(book):
        if not others & {part.payment_reference, None}:
            _move(hold, part, held=False)
    return hold


def _move(hold: Hold, part: Part, *, held: bool) -> None:
    chart = Chart(part.account.collector_key, part.account.currency)
    payee = part.account.payee or PLATFORM
    line, event = f"hold/{payee.key}", "held" if held else "let_go"
    ledger.post(
        book=hold.book,
        source=f"hold:{hold.pk}:{event}:{part.payment_reference}:{payee.key}",
        kind=LedgerTransaction.Kind(event),
        payment_reference=part.payment_reference,
        postings=[
            Posting(chart.owed_to(payee, held=not held), part.amount, line),
            Posting(chart.owed_to(payee, held=held), -part.amount, line),
        ],
    )
