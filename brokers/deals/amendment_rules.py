"""What an amendment may change, and what it waits for before it takes force.

Invariant: what has begun stays under its version; an amendment and a payment of a milestone that it
changes are never both made.
"""

from collections.abc import Collection, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from brokers.deals import comparison, guards, succession, versions
from brokers.deals.models import (
    Agreement,
    Deal,
    DueDiligence,
    Milestone,
    Party,
    Royalty,
    RoyaltyReport,
)
from brokers.deals.stages import Guard, Stage
from brokers.settlement import ledger
from brokers.settlement.chart import AccountKind
from brokers.settlement.models import Book
from brokers.settlement.plan import Role

_MOVING = (
    AccountKind.ADVANCE,
    AccountKind.IN_FLIGHT,
    AccountKind.REFUND_DUE,
    AccountKind.DISPUTE_HOLD,
)


def check_draft(agreement: Agreement, kept: Collection[Any]) -> None:
    """Raise `ValidationError` where the draft changes what it may not.

    `kept` are the milestones that its author saw as begun.
    """
    deal, base = agreement.deal, versions.in_force(agreement.deal)
    if base is None or deal.stage != Stage.PERFORMING:
        raise ValidationError(_("An agreement is amended while it is performed."))
    if agreement.currency != base.currency:
        text = _("An amendment keeps the currency.")
        raise ValidationError({"currency": text})
    if {m.pk for m in versions.begun(deal)} != set(kept):
        text = _("A milestone has begun, or was taken back, since you loaded this page.")
        raise ValidationError(text, code="stale")
    if found := [text for _number, text in succession.problems(agreement)]:
        raise ValidationError(found)


def kept_text(title: str) -> str:
    """Return why an amendment has no milestone called `title` of its own."""
    return _(
        "“%(milestone)s” has begun and stays as it is: take this row away, or call it otherwise."
    ) % {"milestone": title}


def check_proposal(agreement: Agreement) -> None:
    """Raise `ValidationError` where the draft is too late, changes nothing, or repeats what stays."""
    require_timely(agreement)
    kept = versions.contents(agreement).exclude(agreement=agreement).values("title")
    if again := agreement.milestones.filter(title__in=kept).first():
        raise ValidationError(kept_text(again.title))
    base = versions.in_force(agreement.deal)
    if base is not None and not comparison.differences(base, agreement):
        raise ValidationError(_("This amendment changes nothing."))


def take_over(agreement: Agreement) -> None:
    """Note which milestones the draft `agreement` replaces: all that stand and have not begun."""
    standing = Milestone.objects.filter(agreement__deal=agreement.deal_id).standing()
    begun = versions.begun(agreement.deal).values("pk")
    standing.filter(pk__in=begun).update(replaced_by=None)
    standing.exclude(pk__in=begun).update(replaced_by=agreement)


def require_timely(agreement: Agreement) -> None:
    """Raise `ValidationError` where what `agreement` changes has begun since it was drafted."""
    if late := too_late(agreement):
        raise ValidationError(late, code="changed")


def too_late(agreement: Agreement) -> list[str]:
    """Return what `agreement` changes and has begun since it was drafted, in words."""
    begun = versions.begun(agreement.deal).filter(replaced_by=agreement)
    late = [
        _(
            "“%(milestone)s” is being paid, or was, under version %(version)s, and this amendment "
            "changes it: withdraw the amendment, or propose another one."
        )
        % {"milestone": milestone.title, "version": milestone.agreement.version}
        for milestone in begun
    ]
    return late + [
        _(
            "The royalty “%(royalty)s” was reported since this amendment was proposed: withdraw the "
            "amendment, or propose another one."
        )
        % {"royalty": report.royalty.title}
        for report in _reported_since(agreement)
    ]


def _reported_since(agreement: Agreement) -> Iterator[RoyaltyReport]:
    base = versions.in_force(agreement.deal)
    if agreement.document is not None and base is not None:
        since = agreement.document.created_at
        reports = RoyaltyReport.objects.filter(royalty__agreement=base, reported_at__gt=since)
        yield from reports.select_related("royalty")


def royalty_problems(deal: Deal, royalty: Royalty) -> Iterator[str]:
    """Yield why a typed `royalty` cannot go on where the one of its name in force has come to."""
    base = versions.in_force(deal)
    before = RoyaltyReport.objects.filter(
        royalty__agreement__deal=deal,
        royalty__agreement__state__in=Agreement.BINDING,
        royalty__title=royalty.title,
    ).order_by("period_until")
    latest = before.last() if base else None
    if latest is not None and royalty.first_day <= latest.period_until:
        yield _("It has been reported until %(date)s: it goes on from the day after.") % {
            "date": latest.period_until
        }


def obstacles(agreement: Agreement) -> list[str]:
    """Return what the signed amendment waits for before it takes force."""
    deal = agreement.deal
    found = guards.missing(deal, (Guard.BROKERS_INDEPENDENT, Guard.DUE_DILIGENCE))
    found += _approval(agreement)
    found += [
        _("A complaint that concerns %(party)s is to be decided before it leaves.")
        % {"party": party}
        for party in succession.complaining(agreement)
    ]
    return found + _money_under_way(agreement)


def _approval(agreement: Agreement) -> list[str]:
    """Return that a state-established institution has to approve another price, team share or party."""
    base = versions.in_force(agreement.deal)
    record = DueDiligence.objects.filter(deal=agreement.deal_id).first()
    institution = succession.institution_after(agreement)
    if base is None or record is None or not institution.state_established:
        return []
    is_changed = (
        bool(agreement.party_changes)
        or versions.total(agreement) != versions.total(base)
        or _team(agreement) != _team(base)
    )
    if not is_changed or record.recorded_at > (base.signed_at or record.recorded_at):
        return []
    return [
        _(
            "%(name)s has approved version %(version)s only: record the approval of the new price, "
            "team share or parties in the due-diligence record."
        )
        % {"name": institution.name, "version": base.version}
    ]


def _team(agreement: Agreement) -> Any:
    plan = agreement.plan and agreement.plan.plan
    return plan and [share for share in plan.shares if share.role is Role.TEAM]


def _money_under_way(agreement: Agreement) -> list[str]:
    """Return what has to arrive before the collector changes, or who pays and collects."""
    deal, base = agreement.deal, versions.in_force(agreement.deal)
    is_moved = base is not None and agreement.collector_id != base.collector_id
    payers = (Party.Role.ENTERPRISE, Party.Role.INSTITUTION)
    if not is_moved and not agreement.leaving.filter(role__in=payers).exists():
        return []
    found = guards.payments_under_way(deal)
    book = Book.objects.filter(pk=deal.pk).first() if is_moved else None
    if book and any(b for name, b in ledger.balances(book).items() if name.kind in _MOVING):
        found.append(_("The collector changes only when no money is under way in this deal."))
    return found
