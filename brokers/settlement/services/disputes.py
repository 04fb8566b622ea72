"""Disputes: the payer's bank takes money back until it decides (a chargeback).

Invariant: while a dispute is open its money is on hold, no payout of that collector leaves the
deal, and nobody's share has changed; a lost dispute is a refund, a won one leaves no trace but what
was kept of its fee, which falls on the loss-bearer. Banks also take back what was refunded already: what
a lost dispute costs beyond what was left of the payment falls on the loss-bearer too.
"""

import uuid

from django.db import transaction

from brokers.settlement import ledger, owing
from brokers.settlement.chart import AccountKind, Chart
from brokers.settlement.errors import ReferenceConflictError, SettlementError
from brokers.settlement.ledger import Posting
from brokers.settlement.models import Book, Dispute, LedgerTransaction, Receipt
from brokers.settlement.services import receipts, refunds, reversals
from marketplace.money import Money


@transaction.atomic
def open_(
    *, dispute_reference: uuid.UUID, payment_reference: uuid.UUID, amount: Money, fee: Money
) -> Dispute:
    """Record that `amount` of a payment was taken back for now, and `fee` for good.

    Recording the same dispute again returns it. Raises `SettlementError` for another currency, or an
    amount that is not above zero or is more than was received, and `ReferenceConflictError`.
    """
    receipt, book = receipts.locked(payment_reference)
    if not amount.currency == fee.currency == receipt.currency:
        raise SettlementError("currency")
    if existing := Dispute.objects.filter(pk=dispute_reference).first():
        known = (existing.receipt_id, existing.amount, existing.fee_amount)
        if known != (receipt.pk, amount.amount, fee.amount):
            raise ReferenceConflictError(dispute_reference)
        return existing
    if fee.amount < 0 or amount.amount <= 0:
        raise SettlementError("amount")
    if amount > receipt.gross:
        raise SettlementError("above_refundable", left=receipt.gross)
    dispute = Dispute.objects.create(
        pk=dispute_reference, receipt=receipt, amount=amount.amount, fee_amount=fee.amount
    )
    chart = Chart(receipt.collector_key, receipt.currency)
    bearer = receipt.plan.plan.loss_bearer
    _post(
        book,
        dispute,
        "opened",
        Posting(chart[AccountKind.DISPUTE_HOLD], amount.amount, "dispute"),
        Posting(chart.loss_of(bearer), fee.amount, "dispute_fee"),
        Posting(chart[AccountKind.CASH], -amount.amount - fee.amount, "dispute"),
    )
    return dispute


@transaction.atomic
def win(*, dispute_reference: uuid.UUID, fee_returned: Money | None = None) -> Dispute:
    """Record that the money came back, and `fee_returned` of what the dispute had cost.

    Raises `SettlementError` when the dispute was lost, or for more than its fee.
    """
    dispute, receipt, book = _locked(dispute_reference)
    if dispute.state == Dispute.State.WON:
        return dispute
    chart = Chart(receipt.collector_key, receipt.currency)
    fee = _fee_returned(dispute, receipt, fee_returned)
    _decide(dispute, Dispute.State.WON)
    bearer, balances = receipt.plan.plan.loss_bearer, ledger.balances(book)
    _post(
        book,
        dispute,
        "won",
        Posting(chart[AccountKind.CASH], dispute.amount + fee, "dispute"),
        Posting(chart[AccountKind.DISPUTE_HOLD], -dispute.amount, "dispute"),
        *reversals.relieve(
            chart, bearer, fee, "dispute_fee", balances, held=owing.is_held(receipt)
        ),
    )
    return dispute


@transaction.atomic
def lose(*, dispute_reference: uuid.UUID) -> Dispute:
    """Record that the payer keeps the money. Raises `SettlementError` when the dispute was won."""
    dispute, receipt, book = _locked(dispute_reference)
    if dispute.state == Dispute.State.LOST:
        return dispute
    _decide(dispute, Dispute.State.LOST)
    taken = min(dispute.amount, refunds.refundable(receipt, with_disputed=True).amount)
    if taken:
        refunds.apply(
            book=book,
            receipt=receipt,
            refund_reference=dispute_reference,
            amount=taken,
            funded_by=AccountKind.DISPUTE_HOLD,
        )
    chart, beyond = Chart(receipt.collector_key, receipt.currency), dispute.amount - taken
    if beyond:
        _post(
            book,
            dispute,
            "beyond",
            Posting(chart.loss_of(receipt.plan.plan.loss_bearer), beyond, "dispute_beyond"),
            Posting(chart[AccountKind.DISPUTE_HOLD], -beyond, "dispute_beyond"),
        )
    return dispute


def _locked(dispute_reference: uuid.UUID) -> tuple[Dispute, Receipt, Book]:
    found = Dispute.objects.filter(pk=dispute_reference).values_list("receipt_id").first()
    if found is None:
        raise SettlementError("unknown_dispute")
    receipt, book = receipts.locked(found[0])
    return Dispute.objects.get(pk=dispute_reference), receipt, book


def _fee_returned(dispute: Dispute, receipt: Receipt, returned: Money | None) -> int:
    if returned is None:
        return 0
    if returned.currency != receipt.currency:
        raise SettlementError("currency")
    if not 0 <= returned.amount <= dispute.fee_amount:
        raise SettlementError("amount")
    return returned.amount


def _decide(dispute: Dispute, state: Dispute.State) -> None:
    if dispute.state != Dispute.State.OPEN:
        raise SettlementError("dispute_state")
    dispute.state = state
    dispute.save(update_fields=["state"])


def _post(book: Book, dispute: Dispute, event: str, *postings: Posting) -> None:
    ledger.post(
        book=book,
        source=f"dispute:{dispute.pk}:{event}",
        kind=LedgerTransaction.Kind.DISPUTE,
        payment_reference=dispute.receipt_id,
        postings=postings,
    )
