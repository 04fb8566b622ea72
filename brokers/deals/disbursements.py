"""Record how an institution passed a payout on to its payee, with the tax that it withheld.

Invariant: an approver of the institution does it, never who is paid; once recorded it stays.
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import progress
from brokers.deals.models import Deal, DisbursementProof
from brokers.settlement.models import Payout
from brokers.settlement.services import payouts as books
from marketplace.accounts.models import User
from marketplace.accounts.permissions import SIGNING_ROLES, require
from marketplace.audit import trail
from marketplace.files import uploads
from marketplace.money import Money


@transaction.atomic
def record(
    *, payout: Payout, withheld: Money, disbursed_on: date, evidence: uploads.Upload, by: User
) -> DisbursementProof:
    """Close `payout` as passed on, less the tax `withheld`.

    Raises `PermissionDenied`, `ValidationError` for a day in the future or before the payout, and when
    it is recorded already, and `SettlementError` (not arrived yet, withheld too much).
    """
    deal = Deal.objects.select_for_update().get(pk=payout.book_id)
    require(by, "disbursement:record", payout)
    if disbursed_on > timezone.localdate():
        raise ValidationError({"disbursed_on": _("This day is in the future.")})
    if disbursed_on < timezone.localdate(payout.reserved_at):
        raise ValidationError({"disbursed_on": _("This is before the payout.")})
    if DisbursementProof.objects.filter(payout=payout).exists():
        raise ValidationError(_("This payment is recorded already."), code="decided")
    stored = uploads.store(evidence, uploaded_by=by)
    books.disburse(
        payout_reference=payout.pk,
        withheld=withheld,
        disbursed_on=disbursed_on,
        evidence=stored.sha256,
    )
    proof = DisbursementProof.objects.create(payout=payout, file=stored, recorded_by=by)
    progress.record(deal=deal, kind="payout_passed_on", actor=by)
    trail.record(actor=by, action="deal.disburse", target=deal, payout=str(payout.pk))
    return proof


def passed_through(user: Any) -> QuerySet[Payout]:
    """Return the payouts that reached institutions for which `user` may sign, the open ones first."""
    signed_for = user.memberships.filter(role__in=SIGNING_ROLES).values("organisation")
    return (
        Payout.objects.filter(via__in=signed_for, state=Payout.State.SETTLED)
        .exclude(user=user)
        .select_related("via", "user", "organisation", "disbursement", "proof")
        .order_by("disbursement__pk", "reserved_at")
    )
