"""Royalties of a signed agreement: report the base of a period, and what is due for it.

Invariant: periods follow each other without gap from the first day to the last; each is reported once,
when it is over, in its order. What is due is a milestone that is split as soon as it is paid.
"""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import files, progress
from brokers.deals.models import Agreement, Deal, DealFile, Milestone, Royalty, RoyaltyReport
from brokers.deals.reporting_periods import Period, next_period
from brokers.deals.stages import IN_FORCE
from brokers.settlement.shares import portion
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.files.uploads import Upload
from marketplace.money import Money


def amount_due(royalty: Royalty, base: Money) -> Money:
    """Return what is due for a reported `base`, rounded half up to the minor unit."""
    return Money(portion(base.amount, royalty.rate), base.currency)


@transaction.atomic
def report(
    *, royalty: Royalty, period_from: date, base: Money, evidence: Upload, by: User
) -> RoyaltyReport:
    """Report the `base` of the period that begins on `period_from`; a milestone comes of it.

    The same period again with the same base is the same report.

    Raises `PermissionDenied`, and `ValidationError` for a period that is not the next one or not over,
    another base than was reported, and an agreement that is not in force.
    """
    deal = Deal.objects.select_for_update().get(agreements__royalties=royalty.pk)
    require(by, "royalty:report", deal)
    royalty = Royalty.objects.select_related("agreement").get(pk=royalty.pk)
    if before := royalty.reports.filter(period_from=period_from).first():
        if before.base != base:
            raise ValidationError(_("This period has been reported already."), code="decided")
        return before
    period = _reportable(royalty, deal, period_from)
    kind = DealFile.Kind.EVIDENCE
    title = f"{royalty.title} {period.first:%Y-%m-%d} – {period.last:%Y-%m-%d}"
    stored = files.add(deal=deal, upload=evidence, kind=kind, title=title[:120], by=by)
    due = amount_due(royalty, base)
    made = RoyaltyReport.objects.create(
        royalty=royalty,
        period_from=period.first,
        period_until=period.last,
        base_amount=base.amount,
        currency=base.currency,
        evidence=stored,
        milestone=_milestone(royalty, title, due) if due else None,
        reported_by=by,
    )
    progress.record(deal=deal, kind="royalty_reported", actor=by, amount=str(due))
    progress.try_advance(deal=deal, move="complete")
    return made


def _reportable(royalty: Royalty, deal: Deal, first: date) -> Period:
    if royalty.agreement.state != Agreement.State.SIGNED or deal.stage not in IN_FORCE:
        raise ValidationError(_("This agreement is not in force."))
    period = next_period(royalty)
    if period is None or period.first != first:
        raise ValidationError(_("Another period is to be reported."), code="changed")
    if not period.is_over:
        raise ValidationError(_("This period is not over yet."))
    return period


def _milestone(royalty: Royalty, title: str, due: Money) -> Milestone:
    """Add what is due as a milestone: there is nothing to deliver, so it is accepted at once."""
    now = timezone.now()
    last: dict[str, Any] = royalty.agreement.milestones.aggregate(last=Max("position"))
    return Milestone.objects.create(
        agreement=royalty.agreement,
        kind=Milestone.Kind.ROYALTY,
        position=(last["last"] or 0) + 1,
        title=title[:120],
        deliverable=royalty.base,
        amount=due.amount,
        currency=due.currency,
        due_on=timezone.localdate() + timedelta(days=royalty.payment_days),
        delivered_at=now,
        accepted_at=now,
    )
