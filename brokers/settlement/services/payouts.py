"""Payouts: reserved before the money moves, closed when it is known what became of it.

Invariant: a payout is of one payment, reserved once and only out of what is owed and not held; what its
payee has to give back is set off first, and money on its way is neither owed nor paid. Who gets it,
the payee or the institution that passes it on, is what the signed plan says.
"""

import uuid
from datetime import date

from django.db import transaction

from brokers.settlement import dues, ledger, owing
from brokers.settlement.chart import AccountKind, AccountName, Chart
from brokers.settlement.errors import ReferenceConflictError, SettlementError
from brokers.settlement.ledger import Posting
from brokers.settlement.models import (
    Book,
    Disbursement,
    LedgerTransaction,
    Payout,
    Receipt,
)
from brokers.settlement.models.payees import payee_columns
from brokers.settlement.plan import Payee, PayeeKind
from brokers.settlement.services import offsets, receipts
from marketplace.money import Money


def recipient(payout: Payout) -> Payee:
    """Return who gets the transfer: the payee, or the institution that passes it on."""
    return payout.payee if payout.via_id is None else Payee(PayeeKind.ORGANISATION, payout.via_id)


def lock(deal_reference: uuid.UUID) -> None:
    """Lock the books of a deal and those where who is owed in it has to give something back.

    Taking them at once, in one order, before several payouts of a deal are reserved in a
    transaction: two deals that do so never wait for each other.
    """
    claims = [
        book
        for one in dues.of_deal(deal_reference)
        for book in offsets.books_with_claims(
            Chart(one.collector_key, one.amount.currency), one.payee
        )
    ]
    ledger.locked(deal_reference, *claims)


@transaction.atomic
def reserve(
    *,
    payout_reference: uuid.UUID,
    payment_reference: uuid.UUID,
    payee: Payee,
    amount: Money | None = None,
) -> Payout:
    """Take `amount`, or all that is owed, out of what `payee` has coming of a payment, and send it.

    What the payee has to give back to this collector, from this deal or another, is set off first;
    the payout has the state `NOTHING` when that, or no debt at all, leaves nothing to pay. Reserving
    the same payout again returns it. Raises `SettlementError` (unknown payment, more than is owed, on
    hold) and `ReferenceConflictError`.
    """
    receipt = receipts.find(payment_reference)
    chart = Chart(receipt.collector_key, receipt.currency)
    books = ledger.locked(receipt.book_id, *offsets.books_with_claims(chart, payee))
    book = books[receipt.book_id]
    if existing := Payout.objects.filter(pk=payout_reference).first():
        if (existing.receipt_id, existing.payee) != (receipt.pk, payee):
            raise ReferenceConflictError(payout_reference)
        return existing
    wanted = _wanted(book, receipt, payee, amount)
    left = offsets.set_off(
        books=books,
        book=book,
        chart=chart,
        payee=payee,
        limit=wanted,
        occasion=str(payout_reference),
        payment_reference=receipt.pk,
    )
    payout = Payout.objects.create(
        payout_reference=payout_reference,
        book=book,
        receipt=receipt,
        collector_key=receipt.collector_key,
        via_id=dues.via(book, payee),
        amount=left,
        currency=receipt.currency,
        state=Payout.State.RESERVED if left else Payout.State.NOTHING,
        **payee_columns(payee),
    )
    if left:
        _move(payout, "reserved", chart.owed_to(payee), chart[AccountKind.IN_FLIGHT])
    return payout


@transaction.atomic
def settle(*, payout_reference: uuid.UUID) -> Payout:
    """Record that the money arrived. Raises `SettlementError` when the payout had failed."""
    payout = _locked(payout_reference)
    if payout.state == Payout.State.SETTLED:
        return payout
    if payout.state != Payout.State.RESERVED:
        raise SettlementError("payout_state")
    chart = Chart(payout.collector_key, payout.currency)
    _move(payout, "settled", chart[AccountKind.IN_FLIGHT], chart[AccountKind.CASH])
    return _close(payout, Payout.State.SETTLED)


@transaction.atomic
def fail(*, payout_reference: uuid.UUID) -> Payout:
    """Record that the money did not arrive or was returned; it is owed again.

    What the payee has to give back in this deal by now is set off at once, unless a complaint holds
    the payment. Raises `SettlementError` when the institution has passed it on already.
    """
    payout = _locked(payout_reference)
    if payout.state == Payout.State.FAILED:
        return payout
    passed_on = Disbursement.objects.filter(payout=payout).exists()
    if passed_on or payout.state == Payout.State.NOTHING:
        raise SettlementError("payout_state")
    chart = Chart(payout.collector_key, payout.currency)
    returned = payout.state == Payout.State.SETTLED
    origin = AccountKind.CASH if returned else AccountKind.IN_FLIGHT
    held = owing.is_held(payout.receipt)
    _move(payout, "failed", chart[origin], chart.owed_to(payout.payee, held=held))
    if not held:
        offsets.set_off(
            books={},
            book=payout.book,
            chart=chart,
            payee=payout.payee,
            limit=payout.amount,
            occasion=f"{payout.pk}:failed",
            payment_reference=payout.receipt_id,
        )
    return _close(payout, Payout.State.FAILED)


@transaction.atomic
def disburse(
    *, payout_reference: uuid.UUID, withheld: Money, disbursed_on: date, evidence: str
) -> Disbursement:
    """Record how the institution passed a payout on, less the tax that it `withheld`.

    Recording the same again returns it. Raises `SettlementError` (not made through an institution,
    not arrived there, withheld too much) and `ReferenceConflictError`.
    """
    payout = _locked(payout_reference)
    if payout.via_id is None:
        raise SettlementError("not_via_institution")
    if payout.state != Payout.State.SETTLED:
        raise SettlementError("payout_state")
    if withheld.currency != payout.currency:
        raise SettlementError("currency")
    if not 0 <= withheld.amount <= payout.amount:
        raise SettlementError("withheld")
    contents = {
        "withheld_amount": withheld.amount,
        "disbursed_on": disbursed_on,
        "evidence": evidence,
    }
    row, created = Disbursement.objects.get_or_create(payout=payout, defaults=contents)
    if not created and any(getattr(row, name) != value for name, value in contents.items()):
        raise ReferenceConflictError(payout_reference)
    return row


def _wanted(book: Book, receipt: Receipt, payee: Payee, amount: Money | None) -> int:
    chart = Chart(receipt.collector_key, receipt.currency)
    if ledger.balances(book).get(chart[AccountKind.DISPUTE_HOLD], 0):
        raise SettlementError("on_hold")
    of_payment = (part for part in owing.parts(book) if part.payment_reference == receipt.pk)
    own = (part.amount for part in of_payment if part.account == chart.owed_to(payee))
    owed = Money(sum(own), chart.currency)
    if amount is None:
        return owed.amount
    if amount.currency != chart.currency:
        raise SettlementError("currency")
    if amount.amount <= 0:
        raise SettlementError("amount")
    if amount > owed:
        raise SettlementError("above_owed", left=owed)
    return amount.amount


def _locked(payout_reference: uuid.UUID) -> Payout:
    payout = Payout.objects.filter(pk=payout_reference).first()
    if payout is None:
        raise SettlementError("unknown_payout")
    ledger.locked(payout.book_id)
    payout.refresh_from_db()
    return payout


def _close(payout: Payout, state: Payout.State) -> Payout:
    payout.state = state
    payout.save(update_fields=["state"])
    return payout


def _move(payout: Payout, event: str, debit: AccountName, credit: AccountName) -> None:
    kinds = LedgerTransaction.Kind
    line = f"payout/{payout.payee.key}"
    ledger.post(
        book=payout.book,
        source=f"payout:{payout.pk}:{event}",
        kind={
            "reserved": kinds.PAYOUT_RESERVED,
            "settled": kinds.PAYOUT_SETTLED,
            "failed": kinds.PAYOUT_FAILED,
        }[event],
        payment_reference=payout.receipt_id,
        postings=[Posting(debit, payout.amount, line), Posting(credit, -payout.amount, line)],
    )
