"""Give money of a milestone back to the enterprise, and take it back from whom it was split among.

The books follow what the gateway has done, never what was asked. What payees have received already is
reversed where their account allows it; what cannot be had back is set off against later payouts.
"""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from brokers.deals import progress
from brokers.deals.models import Deal, Milestone
from brokers.payments import refunds as orders
from brokers.payments import registry, reversals
from brokers.payments.models import Charge, Refund, Reversal, Transfer
from brokers.settlement import ledger
from brokers.settlement.chart import AccountKind
from brokers.settlement.models import Book, Payout
from brokers.settlement.plan import PLATFORM
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

    Raises `PermissionDenied` for who does not keep the collector's books, `ValidationError` for a
    milestone that is not paid, an amount beyond what is left, or no reason.
    """
    deal = Deal.objects.select_for_update().get(agreements__milestones=milestone.pk)
    milestone = Milestone.objects.get(pk=milestone.pk)
    if milestone.payment_reference is None:
        raise ValidationError(_("This milestone has not been paid yet."))
    charge = Charge.objects.get(pk=milestone.payment_reference)
    require(by, "payment:refund", charge)
    if not reason.strip():
        raise ValidationError({"reason": _("Give a reason.")})
    refund = orders.request(
        reference=reference,
        charge=charge,
        amount=amount,
        reason=reason.strip(),
        requested_by=by,
    )
    progress.record(
        deal=deal,
        kind="refund_requested",
        actor=by,
        note=reason.strip(),
        milestone=str(milestone.pk),
        amount=str(amount),
    )
    return refund


@transaction.atomic
def refund_paid(*, refund: Refund) -> None:
    """Post a refund that its gateway has made, and ask the payees' accounts for their parts."""
    milestone = Milestone.objects.get(payment_reference=refund.charge_id)
    deal = Deal.objects.select_for_update().get(agreements__milestones=milestone.pk)
    books.record(
        refund_reference=refund.pk,
        payment_reference=refund.charge_id,
        amount=refund.money,
    )
    progress.record(deal=deal, kind="refunded", actor=None, amount=str(refund.money))
    _claw_back(deal, refund)


def refund_failed(*, refund: Refund) -> None:
    """Note in the history of the deal that a refund did not reach the enterprise."""
    deal = Deal.objects.get(agreements__milestones__payment_reference=refund.charge_id)
    progress.record(deal=deal, kind="refund_failed", actor=None, amount=str(refund.money))


@transaction.atomic
def reversal_paid(*, reversal: Reversal) -> None:
    """Post what came back from a payee's account."""
    payout = Payout.objects.get(pk=reversal.transfer.reference)
    offsets.recover(
        recovery_reference=reversal.pk,
        deal_reference=payout.book_id,
        payee=payout.payee,
        collector_key=payout.collector_key,
        amount=reversal.money,
    )


def _claw_back(deal: Deal, refund: Refund) -> None:
    """Reverse the transfers of `deal` as far as their payees now have something to give back."""
    claims = {
        (name.payee or PLATFORM, name.collector_key): balance
        for name, balance in ledger.balances(Book.objects.get(pk=deal.pk)).items()
        if name.kind == AccountKind.RECEIVABLE
    }
    for payout in Payout.objects.filter(book=deal.pk, state=Payout.State.SETTLED):
        owner = (payout.payee, payout.collector_key)
        transfer = Transfer.objects.filter(reference=payout.pk).first()
        if transfer is None or registry.get(transfer.gateway).by_hand:
            continue
        amount = min(claims.get(owner, 0), reversals.reversible(transfer).amount)
        if amount > 0:
            claims[owner] -= amount
            reversals.request(
                reference=uuid.uuid5(refund.pk, str(transfer.pk)),
                transfer=transfer,
                amount=Money(amount, transfer.currency),
            )
