"""Complaints: opened by a party, answered by the other, decided by an administrator.

Invariants: as long as a complaint about money is open, what it is about waits (`holding.py`); only the
two sides and administrators read what was said; who
decides belongs to neither side; a decision moves money by the services that always do.
"""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import complaint_notices as notices
from brokers.deals import holding, periods, progress, refunds
from brokers.deals.models import Complaint, Deal, Milestone, Party, Statement
from brokers.deals.permissions import parties_of
from brokers.payments import charges
from brokers.payments.models import Charge
from marketplace.accounts.models import Membership
from marketplace.accounts.permissions import require
from marketplace.audit import trail
from marketplace.files import uploads
from marketplace.money import Money

Outcome = Complaint.Outcome
REFUNDING = (Outcome.PARTIAL, Outcome.FULL)


@transaction.atomic
def open_(
    *,
    deal: Deal,
    kind: str,
    against: Party,
    text: str,
    by: Any,
    milestone: Milestone | None = None,
    upload: uploads.Upload | None = None,
) -> Complaint:
    """Open a complaint for the party that `by` may sign for; money waits where it is about money.

    One about a payment that names no `milestone` is about the whole deal. Raises `PermissionDenied`,
    and `ValidationError` for a milestone that is not paid, where a complaint about the same is open, or
    a complaint about one's own side.
    """
    locked = Deal.objects.select_for_update().get(pk=deal.pk)
    party = _side(locked, by, other_than=against)
    about = None if kind == Complaint.Kind.CONDUCT else _paid(locked, kind, milestone)
    complaint = Complaint(
        deal=locked,
        kind=kind,
        milestone=about,
        by_party=party,
        against=against,
        opened_by=by,
        answer_by=periods.ends("complaint_answer"),
        decide_by=periods.ends("complaint_decision"),
    )
    try:
        with transaction.atomic():
            complaint.save(force_insert=True)
    except IntegrityError as error:
        text = (
            _("A complaint about this milestone is open already.")
            if milestone
            else _("A complaint about the money of the whole deal is open already.")
        )
        raise ValidationError(text, code="once") from error
    _say(complaint, party, text, upload, by)
    _record(complaint, "complaint_opened", by)
    holding.hold(complaint)
    notices.opened(complaint)
    return complaint


@transaction.atomic
def answer(
    *, complaint: Complaint, text: str, by: Any, upload: uploads.Upload | None = None
) -> Statement:
    """Add what the side of `by` says. Raises `PermissionDenied`, and `ValidationError` once decided."""
    locked = _locked(complaint)
    sides = {locked.by_party_id, locked.against_id}
    party = next((p for p in parties_of(by, locked.deal) if p.pk in sides), None)
    if party is None:
        raise PermissionDenied("complaint:answer")
    said = _say(locked, party, text, upload, by)
    _record(locked, "complaint_answered", by)
    notices.answered(said)
    return said


@transaction.atomic
def withdraw(*, complaint: Complaint, by: Any) -> None:
    """Give the complaint up; what waited goes on. Raises as `answer` does."""
    locked = _locked(complaint)
    require(by, "complaint:withdraw", locked)
    _close(locked, Complaint.State.WITHDRAWN)
    _record(locked, "complaint_withdrawn", by)
    holding.let_go(locked, call_off=False, ends=False)
    notices.ended(locked)


@transaction.atomic
def decide(
    *,
    complaint: Complaint,
    outcome: str,
    reason: str,
    by: Any,
    amount: Money | None = None,
    ends: bool = False,
) -> None:
    """Decide the complaint: the money goes on, or a part or all of the payment is given back.

    `amount` is the part; `ends` lets the agreement end. Raises `PermissionDenied` for who may not
    decide it, and `ValidationError` or `SettlementError` when the outcome is not possible.
    """
    locked = _locked(complaint)
    require(by, "complaint:decide", locked)
    locked.outcome, locked.reason, locked.decided_by = outcome, reason, by
    if outcome in REFUNDING:
        locked.money = _give_back(locked, amount if outcome == Outcome.PARTIAL else None, by)
    _close(locked, Complaint.State.DECIDED)
    trail.record(actor=by, action="complaint.decide", target=locked.deal, outcome=outcome)
    _record(locked, "complaint_decided", by)
    holding.let_go(locked, call_off=outcome in REFUNDING, ends=ends)
    notices.ended(locked)


def _side(deal: Deal, by: Any, *, other_than: Party) -> Party:
    """Return for whom `by` complains. Raises `PermissionDenied` for who signs for nobody."""
    mine = parties_of(by, deal, Membership.Role.APPROVER)
    if not mine:
        raise PermissionDenied("complaint:open")
    if other_than.deal_id != deal.pk or other_than in mine:
        raise ValidationError({"against": _("Choose another party than your own.")})
    return mine[0]


def _paid(deal: Deal, kind: str, milestone: Milestone | None) -> Milestone | None:
    """Read `milestone` anew; None is the whole deal. Raises `ValidationError` where nothing is paid."""
    paid = Milestone.objects.filter(agreement__deal=deal, payment_reference__isnull=False)
    is_whole_deal = milestone is None and kind == Complaint.Kind.PAYMENT
    if not is_whole_deal:
        paid = paid.filter(pk=milestone.pk) if milestone else paid.none()
    found = paid.first()
    if found is None:
        raise ValidationError({"milestone": _("Choose a milestone that has been paid.")})
    return None if is_whole_deal else found


def _locked(complaint: Complaint) -> Complaint:
    """Lock the deal first, as everything else does. Raises `ValidationError` once it is decided."""
    deal = Deal.objects.select_for_update().get(pk=complaint.deal_id)
    locked = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if locked.state != Complaint.State.OPEN:
        raise ValidationError(_("This complaint is decided already."), code="decided")
    locked.deal = deal
    return locked


def _say(
    complaint: Complaint, party: Party, text: str, upload: uploads.Upload | None, by: Any
) -> Statement:
    file = uploads.store(upload, uploaded_by=by) if upload else None
    return Statement.objects.create(
        complaint=complaint, party=party, author=by, text=text, file=file
    )


def _record(complaint: Complaint, kind: str, by: Any) -> None:
    """Tell all parties of the deal that, not what: what was said is for the two sides."""
    progress.record(
        deal=complaint.deal, kind=kind, actor=by, milestone=str(complaint.milestone_id or "")
    )


def _give_back(complaint: Complaint, amount: Money | None, by: Any) -> Money:
    milestone = complaint.milestone
    if milestone is None or milestone.payment_reference is None:
        raise ValidationError({"outcome": _("Nothing was paid that could be given back.")})
    left = charges.refundable(Charge.objects.get(pk=milestone.payment_reference))
    back = left if amount is None else amount
    if not left:
        raise ValidationError({"outcome": _("Nothing is left of this payment.")})
    refunds.request(
        milestone=milestone,
        amount=back,
        reason=_("A complaint was decided."),
        by=by,
        reference=uuid.uuid5(complaint.pk, "refund"),
    )
    return back


def _close(complaint: Complaint, state: Complaint.State) -> None:
    complaint.state, complaint.decided_at = state, timezone.now()
    complaint.save()
