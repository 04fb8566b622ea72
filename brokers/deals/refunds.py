"""Give money of a milestone back to the enterprise, and take it back from whom it was split among.

What a refund takes from the shares is taken in the books when it is ordered, and asked back from the
payees' accounts at once, so that the money is there when the refund goes out; it waits for that. A
refund that is not made, or comes back, gives the shares back, and can be ordered again.
"""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from brokers.deals import clawbacks, payouts, progress
from brokers.deals.models import Deal, Milestone
from brokers.payments import refunds as orders
from brokers.payments.models import Charge, Refund, Reversal
from brokers.payments.orders import schedule as schedule_order
from brokers.settlement.models import Payout, Receipt
from brokers.settlement.services import offsets
from brokers.settlement.services import refunds as books
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.money import Money


@transaction.atomic
def request(
    *, milestone: Milestone, amount: Money, reason: str, by: User, reference: uuid.UUID
) -> Refund:
    """Order a refund of `amount` for `milestone`; the same `reference` again is the same refund.

    Raises `PermissionDenied` for who does not keep the collector's books, `ValidationError` and
    `SettlementError` for a milestone that is not paid, an amount beyond what is left, or no reason.
    """
    deal = Deal.objects.select_for_update().get(agreements__milestones=milestone.pk)
    milestone = Milestone.objects.get(pk=milestone.pk)
    if milestone.payment_reference is None:
        raise ValidationError(_("This milestone has not been paid yet."))
    charge = Charge.objects.get(pk=milestone.payment_reference)
    require(by, "payment:refund", charge)
    if not reason.strip():
        raise ValidationError({"reason": _("Give a reason.")})
    is_known = Refund.objects.filter(reference=reference).exists()
    refund = orders.request(
        reference=reference,
        charge=charge,
        amount=amount,
        reason=reason.strip(),
        requested_by=by,
    )
    if not is_known:
        _take_back(deal, refund, milestone=str(milestone.pk))
    return refund


def give_back(*, charge: Charge, deal: Deal, milestone: Milestone) -> None:
    """Order the refund of a whole payment that should not have been made, in the locked `deal`."""
    refund = orders.request(
        reference=uuid.uuid5(charge.pk, "paid twice"),
        charge=charge,
        amount=charge.money,
        reason=_("This milestone was paid twice."),
    )
    _take_back(deal, refund, milestone=str(milestone.pk))


def _take_back(deal: Deal, refund: Refund, *, milestone: str) -> None:
    """Take an ordered `refund` from the shares of the locked `deal`, and ask for what was paid out."""
    books.order(refund_reference=refund.pk, payment_reference=refund.charge_id, amount=refund.money)
    progress.record(
        deal=deal,
        kind="refund_requested",
        actor=refund.requested_by,
        note=refund.reason,
        milestone=milestone,
        amount=str(refund.money),
    )
    clawbacks.claw_back(deal)


@transaction.atomic
def ended(*, refund: Refund) -> None:
    """Follow in the books what became of `refund`; being told again, or late, changes nothing."""
    receipt = Receipt.objects.get(pk=refund.charge_id)
    deal = Deal.objects.select_for_update().get(pk=receipt.book_id)
    refund.refresh_from_db()
    amount = str(refund.money)
    if refund.state == Refund.State.PAID:
        if books.make(refund_reference=refund.pk):
            progress.record(deal=deal, kind="refunded", actor=None, amount=amount)
    elif books.undo(refund_reference=refund.pk):
        progress.record(deal=deal, kind="refund_failed", actor=None, amount=amount)
        payouts.schedule(deal)


@transaction.atomic
def reversal_paid(*, reversal: Reversal) -> None:
    """Post what came back from a payee's account, and try the refunds that wait for funds."""
    payout = Payout.objects.get(pk=reversal.transfer.reference)
    deal = Deal.objects.select_for_update().get(pk=payout.book_id)
    offsets.recover(
        recovery_reference=reversal.pk,
        payment_reference=payout.receipt_id,
        payee=payout.payee,
        amount=reversal.money,
    )
    received = Receipt.objects.filter(book=deal.pk).values("pk")
    for refund in Refund.objects.filter(charge__in=received, state=Refund.State.REQUESTED):
        schedule_order(refund)
    payouts.schedule(deal)
