"""Refunds that failed, and why: for those who keep the books of the payment."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef

from brokers.payments import registry
from brokers.payments.models import Refund
from brokers.settlement.models import Receipt

SHOWN = 50


class FailedRefund(NamedTuple):
    """`refund` in the deal with the key `deal`, with why it failed."""

    refund: Refund
    deal: UUID
    why: str


def why(refund: Refund) -> str:
    """Return why `refund` failed, "" for one that did not."""
    if refund.state != Refund.State.FAILED:
        return ""
    return str(registry.get(refund.gateway).explain_refund(refund.failure))


def unanswered() -> list[FailedRefund]:
    """Return the failed refunds whose payments have no later one, the latest first."""
    failed = Refund.objects.filter(state=Refund.State.FAILED)
    later = Refund.objects.filter(
        charge=OuterRef("charge"), requested_at__gt=OuterRef("requested_at")
    )
    found = failed.exclude(Exists(later)).select_related("charge__payer", "charge__collector")
    refunds = found.order_by("-requested_at", "pk")[:SHOWN]
    receipts = Receipt.objects.in_bulk([refund.charge_id for refund in refunds])
    return [FailedRefund(one, receipts[one.charge_id].book_id, why(one)) for one in refunds]
