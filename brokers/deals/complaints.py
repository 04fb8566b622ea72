"""Complaints: opened by a party, answered by the other, decided by an administrator.

Invariants: as long as a complaint about money is open, nothing of the deal is settled or paid out, what
was to be paid and has not left waits; only the two sides and administrators read what was said; who
decides belongs to neither side; a decision moves money by the services that always do.
"""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import complaint_notices as notices
from brokers.deals import payouts, periods, progress, refunds
from brokers.deals.models import Complaint, Deal, Milestone, Party, Statement
from brokers.deals.permissions import parties_of
from brokers.deals.progress import SYSTEM
from brokers.deals.stages import Stage
from brokers.payments import charges, transfers
from brokers.payments.models import Charge
from brokers.settlement.models import Payout
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

    Raises `PermissionDenied`, and `ValidationError` for a milestone that is not paid, one about which a
    complaint is open, or a complaint about one's own side.
    """
    locked = Deal.objects.select_for_update().get(pk=deal.pk)
    party = _side(locked, by, other_than=against)
    if kind != Complaint.Kind.CONDUCT:
        _require_paid(locked, milestone)
    complaint = Complaint(
        deal=locked,
        kind=kind,
        milestone=None if kind == Complaint.Kind.CONDUCT else milestone,
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
        raise ValidationError(
            _("A complaint about this milestone is open already."), code="once"
        ) from error
    _say(complaint, party, text, upload, by)
    _record(complaint, "complaint_opened", by)
    if complaint.holds_money:
        _hold(locked)
    notices.opened(complaint)
    return complaint


@transaction.atomic
def answer(
    *, complaint: Complaint, text: str, by: Any, upload: uploads.Upload | None = None
) -> Statement:
    """Add what the side of `by` says. Raises `PermissionDenied`, and `ValidationError` once decided."""
    locked, _deal = _locked(complaint)
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
    locked, deal = _locked(complaint)
    require(by, "complaint:withdraw", locked)
    _close(locked, Complaint.State.WITHDRAWN)
    _record(locked, "complaint_withdrawn", by)
    _let_go(deal, locked, cancel=False, ends=False)
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
    locked, deal = _locked(complaint)
    require(by, "complaint:decide", locked)
    locked.outcome, locked.reason, locked.decided_by = outcome, reason, by
    if outcome in REFUNDING:
        locked.money = _give_back(locked, amount if outcome == Outcome.PARTIAL else None, by)
    _close(locked, Complaint.State.DECIDED)
    trail.record(actor=by, action="complaint.decide", target=deal, outcome=outcome)
    _record(locked, "complaint_decided", by)
    _let_go(deal, locked, cancel=outcome in REFUNDING, ends=ends)
    notices.ended(locked)


def _side(deal: Deal, by: Any, *, other_than: Party) -> Party:
    """Return for whom `by` complains. Raises `PermissionDenied` for who signs for nobody."""
    mine = parties_of(by, deal, Membership.Role.APPROVER)
    if not mine:
        raise PermissionDenied("complaint:open")
    if other_than.deal_id != deal.pk or other_than in mine:
        raise ValidationError({"against": _("Choose another party than your own.")})
    return mine[0]


def _require_paid(deal: Deal, milestone: Milestone | None) -> None:
    known = Milestone.objects.filter(agreement__deal=deal, payment_reference__isnull=False)
    if milestone is None or not known.filter(pk=milestone.pk).exists():
        raise ValidationError({"milestone": _("Choose a milestone that has been paid.")})


def _locked(complaint: Complaint) -> tuple[Complaint, Deal]:
    """Lock the deal first, as everything else does. Raises `ValidationError` once it is decided."""
    deal = Deal.objects.select_for_update().get(pk=complaint.deal_id)
    locked = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if locked.state != Complaint.State.OPEN:
        raise ValidationError(_("This complaint is decided already."), code="decided")
    return locked, deal


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


def _under_way(deal: Deal) -> list[uuid.UUID]:
    payouts_of = Payout.objects.filter(book=deal.pk, state=Payout.State.RESERVED)
    return list(payouts_of.values_list("pk", flat=True))


def _hold(deal: Deal) -> None:
    transfers.hold(_under_way(deal))
    if deal.stage == Stage.PERFORMING:
        progress.advance(deal=deal, move="dispute", actor=SYSTEM)


def _let_go(deal: Deal, complaint: Complaint, *, cancel: bool, ends: bool) -> None:
    """Let the money of `deal` go on unless another complaint holds it.

    After a refund what waited is called off first: what is still owed then is paid anew.
    """
    if complaint.milestone_id is None:
        return
    if cancel:
        transfers.call_off(_under_way(deal), _("Called off: a complaint was decided."))
    if payouts.is_held(deal):
        return
    transfers.let_go(_under_way(deal))
    if deal.stage == Stage.DISPUTED:
        progress.advance(deal=deal, move="end_dispute" if ends else "resume", actor=SYSTEM)
    else:
        payouts.schedule(deal)


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
