"""Amend an agreement that is in force: what an amendment may change, and when it takes force.

The version in force stays it until everybody has signed: the parties of the new version and those who
leave. Then the new one takes force in one transaction, by compare-and-set. Invariants: what has begun
stays under its version; an amendment and a payment of a milestone that it changes are never both made.
"""

from collections.abc import Collection, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import amendment_notices as notices
from brokers.deals import comparison, guards, progress, succession, versions
from brokers.deals.models import (
    Agreement,
    Deal,
    Document,
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
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require

State = Agreement.State
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


def require_change(agreement: Agreement) -> None:
    """Raise `ValidationError` where the draft changes nothing, or repeats a milestone that stays."""
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
    if late := _too_late(agreement):
        raise ValidationError(late, code="changed")


def _too_late(agreement: Agreement) -> list[str]:
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


@transaction.atomic
def withdraw(*, agreement: Agreement, by: User) -> None:
    """Take an amendment back before it is in force: a draft is gone, a proposed text is withdrawn.

    Raises `PermissionDenied` for who may not draft, `ValidationError` when it is in force or gone.
    """
    deal, agreement = _locked(agreement)
    require(by, "deal:draft", deal)
    if agreement.state == State.DRAFT:
        agreement.delete()
        progress.record(deal=deal, kind="amendment_draft_dropped", actor=by)
    else:
        supersede(agreement)
        progress.record(deal=deal, kind="amendment_withdrawn", actor=by, version=agreement.version)
        notices.ended(agreement, "amendment_withdrawn", but=by)
    progress.try_advance(deal=deal, move="complete")


def supersede(agreement: Agreement) -> None:
    """Take `agreement` out of the way of another version; its text and signatures stay."""
    Document.objects.filter(agreement=agreement, withdrawn_at=None).update(
        withdrawn_at=timezone.now()
    )
    Milestone.objects.filter(replaced_by=agreement).update(replaced_by=None)
    succession.call_off(agreement)
    Agreement.objects.filter(pk=agreement.pk).update(state=State.SUPERSEDED)


@transaction.atomic
def decline(*, agreement: Agreement, party: Party, reason: str, by: User) -> None:
    """Decline a proposed amendment for `party`: nobody can sign it any more, drafters may change it.

    Raises `PermissionDenied` for who may not sign for `party`, `ValidationError` when the amendment is
    not out for signature, `party` does not sign it, or has signed it.
    """
    deal, agreement = _locked(agreement)
    require(by, "deal:sign", party)
    if agreement.state != State.PROPOSED or agreement.document is None:
        raise ValidationError(_("This amendment is not out for signature any more."), code="stale")
    if party not in guards.unsigned_parties(agreement.document):
        raise ValidationError(_("This party has signed, or does not sign this amendment."))
    Document.objects.filter(agreement=agreement).update(withdrawn_at=timezone.now())
    Agreement.objects.filter(pk=agreement.pk).update(state=State.DECLINED)
    progress.record(
        deal=deal,
        kind="amendment_declined",
        actor=by,
        note=reason,
        version=agreement.version,
        party=party.pk,
    )
    notices.ended(agreement, "amendment_declined", but=by)


@transaction.atomic
def put_into_force(*, agreement: Agreement, by: User | None = None) -> None:
    """Let the amendment that everybody has signed take force.

    Raises `PermissionDenied` for who may not draft (nobody: the system), and `ValidationError` that
    names every signature and every other thing that is missing.
    """
    deal, agreement = _locked(agreement)
    if by is not None:
        require(by, "deal:draft", deal)
    if agreement.state != State.PROPOSED or agreement.document is None:
        raise ValidationError(_("This amendment is not out for signature any more."), code="stale")
    require_timely(agreement)
    if missing := waits_for(agreement):
        raise ValidationError(missing)
    _take_force(agreement, deal, by)


def try_enforce(deal: Deal) -> None:
    """Let the amendment of `deal` take force if there is one, and nothing is missing any more."""
    found = versions.amendment(Deal.objects.get(pk=deal.pk))
    if found and found.state == State.PROPOSED and not (_too_late(found) or waits_for(found)):
        put_into_force(agreement=found)


def waits_for(agreement: Agreement) -> list[str]:
    """Return whose signatures a proposed amendment misses, and its `obstacles`."""
    if agreement.document is None or agreement.deal.stage != Stage.PERFORMING:
        return [_("An agreement is amended while it is performed.")]
    unsigned = guards.unsigned_parties(agreement.document)
    missing = [_("%(party)s has not signed yet.") % {"party": party} for party in unsigned]
    return missing + obstacles(agreement)


def _take_force(agreement: Agreement, deal: Deal, by: User | None) -> None:
    """Change the versions by compare-and-set, then all that hangs on them."""
    own = Agreement.objects.filter(deal=deal)
    amended = own.filter(state=State.SIGNED).update(state=State.AMENDED)
    proposed = own.filter(pk=agreement.pk, state=State.PROPOSED)
    if amended != 1 or proposed.update(state=State.SIGNED, signed_at=timezone.now()) != 1:
        raise ValidationError(
            _("The deal has changed since this page was loaded. Look again."), code="stale"
        )
    _carry_deliveries(agreement)
    succession.take_place(agreement)
    progress.record(deal=deal, kind="amended", actor=by, version=agreement.version)
    notices.ended(agreement, "amendment_in_force", but=by)
    progress.try_advance(deal=deal, move="complete")


def _carry_deliveries(agreement: Agreement) -> None:
    """Keep delivered what was delivered for the same deliverable before."""
    before = agreement.replaces.filter(delivered_at__isnull=False)
    delivered = {(m.title, m.deliverable): m.delivered_at for m in before}
    for milestone in agreement.milestones.all():
        if at := delivered.pop((milestone.title, milestone.deliverable), None):
            Milestone.objects.filter(pk=milestone.pk).update(delivered_at=at)


def _locked(agreement: Agreement) -> tuple[Deal, Agreement]:
    """Lock the deal and read the amendment anew. Raises `ValidationError` when it is none any more."""
    deal = Deal.objects.select_for_update().get(pk=agreement.deal_id)
    found = versions.amendment(deal)
    if found is None or found.pk != agreement.pk:
        raise ValidationError(_("This amendment is not on its way any more."), code="stale")
    found.deal = deal
    return deal, found
