"""Put name and price of a result on public notice, take objections, decide them.

Invariant: a notice lasts at least as long as the law says on its first day, which is the day of its
publication; objections come from signed-in people, one open at a time from each, until the last day.
"""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import amendments, periods, progress, sections, versions
from brokers.deals.models import Deal, Objection, PublicNotice
from brokers.deals.stages import Stage
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.money import Money
from marketplace.notifications.notify import notify
from marketplace.notifications.topics import Topic

STAGES = (Stage.EVALUATING, Stage.NEGOTIATING)


def is_publishable(deal: Deal) -> bool:
    """Whether a notice can be published in `deal`: before it is agreed, or amended."""
    return deal.stage in STAGES or versions.amendment(deal) is not None


def earliest_end(first: date) -> date:
    """Return the first day that may be the last of a notice published on `first`."""
    return first + timedelta(days=periods.public_notice(on=first).days)


@transaction.atomic
def publish(
    *, deal: Deal, subject: str, amount: Money, basis: str, closes_on: date, by: User
) -> PublicNotice:
    """Publish a notice from today until `closes_on`; the one before is withdrawn.

    Raises `PermissionDenied`, and `ValidationError` for a period that is too short and once the deal
    is agreed.
    """
    require(by, "notice:publish", deal)
    locked = Deal.objects.select_for_update().get(pk=deal.pk)
    if not is_publishable(locked):
        raise ValidationError(_("A notice is published before the deal is agreed, or amended."))
    today = timezone.localdate()
    if closes_on < earliest_end(today):
        raise ValidationError({"closes_on": _too_short(today)})
    if closes_on > today + timedelta(days=366):
        raise ValidationError({"closes_on": _("A notice lasts a year at most.")})
    locked.notices.filter(withdrawn_at=None).update(withdrawn_at=timezone.now())
    notice = PublicNotice(
        deal=locked,
        subject=subject,
        amount=amount.amount,
        currency=amount.currency,
        basis=basis,
        opens_on=today,
        closes_on=closes_on,
        published_by=by,
    )
    notice.full_clean()
    notice.save()
    progress.record(deal=locked, kind="notice_published", actor=by, amount=str(amount))
    return notice


def _too_short(first: date) -> str:
    period = periods.public_notice(on=first)
    return _("The public notice lasts at least %(days)d days (%(source)s): until %(date)s.") % {
        "days": period.days,
        "source": period.source,
        "date": earliest_end(first).isoformat(),
    }


@transaction.atomic
def object_to(*, notice: PublicNotice, text: str, by: User) -> Objection:
    """Enter an objection; the institution is told.

    Raises `PermissionDenied`, and `ValidationError` after the last day and for who has one open.
    """
    require(by, "notice:object")
    locked = PublicNotice.objects.select_for_update().get(pk=notice.pk)
    if not locked.is_open:
        raise ValidationError(_("This notice has ended: objections can no longer be entered."))
    if locked.objections.filter(author=by, state=Objection.State.OPEN).exists():
        raise ValidationError(_("Your objection is being decided. Wait for the decision."))
    objection = Objection(notice=locked, author=by, text=text.strip())
    objection.full_clean()
    objection.save()
    deal = locked.deal
    progress.record(deal=deal, kind="objection_entered", actor=None)
    people = {locked.published_by, deal.result.author}
    notify(
        people,
        topic=Topic.BINDING,
        template="objection_entered",
        url=sections.path(deal.pk, "due-diligence"),
        about=("deal:read", deal),
        context={"notice": locked},
    )
    return objection


@transaction.atomic
def decide(*, objection: Objection, state: str, decision: str, by: User) -> Objection:
    """Uphold or reject an objection, with the reason; who entered it is told.

    Raises `PermissionDenied`, and `ValidationError` when it is decided already.
    """
    deal = Deal.objects.select_for_update().get(notices__objections=objection.pk)
    require(by, "notice:publish", deal)
    objection = Objection.objects.select_related("notice", "author").get(pk=objection.pk)
    if objection.state != Objection.State.OPEN:
        raise ValidationError(_("This objection is decided already."), code="decided")
    if objection.author_id == by.pk:
        raise ValidationError(_("Somebody else decides your objection."))
    objection.state, objection.decision = state, decision.strip()
    objection.decided_by, objection.decided_at = by, timezone.now()
    objection.full_clean()
    objection.save()
    progress.record(deal=deal, kind=f"objection_{state}", actor=by)
    notify(
        [objection.author],
        topic=Topic.BINDING,
        template="objection_decided",
        url=f"/notices/{objection.notice_id}/",
        context={"notice": objection.notice, "objection": objection},
    )
    progress.try_advance(deal=deal, move="agree")
    amendments.try_enforce(deal)
    return objection
