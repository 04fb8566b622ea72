"""Follow in the books what payers' banks dispute: held at once, released or given back when decided.

A dispute about a payment is its bank's; the stage of the deal, which its parties dispute, stays.
"""

from django.db import transaction

from brokers.deals import clawbacks, payouts, progress
from brokers.deals.models import Deal
from brokers.payments.models import Dispute
from brokers.settlement.models import Dispute as Hold
from brokers.settlement.models import Receipt
from brokers.settlement.services import disputes as books


@transaction.atomic
def changed(*, dispute: Dispute) -> None:
    """Post how `dispute` stands now; being told again, or late, changes nothing."""
    receipt = Receipt.objects.get(pk=dispute.charge_id)
    deal = Deal.objects.select_for_update().get(pk=receipt.book_id)
    dispute.refresh_from_db()
    before = Hold.objects.filter(pk=dispute.pk).first()
    hold = books.open_(
        dispute_reference=dispute.pk,
        payment_reference=receipt.pk,
        amount=dispute.money,
        fee=dispute.fee_money,
    )
    if before is None:
        _record(deal, "chargeback_opened", dispute)
    if hold.state == Hold.State.OPEN and dispute.state != Dispute.State.OPEN:
        _decide(deal, dispute)


def _decide(deal: Deal, dispute: Dispute) -> None:
    if dispute.state == Dispute.State.WON:
        books.win(dispute_reference=dispute.pk, fee_returned=dispute.fee_returned_money)
    else:
        books.lose(dispute_reference=dispute.pk)
        clawbacks.claw_back(deal)
    _record(deal, f"chargeback_{dispute.state}", dispute)
    payouts.schedule(deal)


def _record(deal: Deal, kind: str, dispute: Dispute) -> None:
    progress.record(deal=deal, kind=kind, actor=None, amount=str(dispute.money))
