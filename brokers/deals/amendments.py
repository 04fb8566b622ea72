"""Withdraw an amendment, decline it, or put it into force; `amendment_rules` says what one may change.

The version in force stays it until everybody has signed: the parties of the new version and those who
leave. Then the new one takes force in one transaction, by compare-and-set.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import amendment_notices as notices
from brokers.deals import amendment_rules as rules
from brokers.deals import guards, progress, succession, versions
from brokers.deals.models import (
    Agreement,
    Deal,
    Document,
    Milestone,
    Party,
)
from brokers.deals.stages import Stage
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require

State = Agreement.State


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
    if party not in guards.unsigned_parties(_out_for_signature(agreement)):
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
    _out_for_signature(agreement)
    rules.require_timely(agreement)
    if missing := waits_for(agreement):
        raise ValidationError(missing)
    _take_force(agreement, deal, by)


def try_enforce(deal: Deal) -> None:
    """Let the amendment of `deal` take force if there is one, and nothing is missing any more."""
    found = versions.amendment(Deal.objects.get(pk=deal.pk))
    if found and found.state == State.PROPOSED and not (rules.too_late(found) or waits_for(found)):
        put_into_force(agreement=found)


def waits_for(agreement: Agreement) -> list[str]:
    """Return whose signatures a proposed amendment misses, and its `rules.obstacles`."""
    if agreement.document is None or agreement.deal.stage != Stage.PERFORMING:
        return [_("An agreement is amended while it is performed.")]
    unsigned = guards.unsigned_parties(agreement.document)
    missing = [_("%(party)s has not signed yet.") % {"party": party} for party in unsigned]
    return missing + rules.obstacles(agreement)


def _out_for_signature(agreement: Agreement) -> Document:
    """Return the text that is signed. Raises `ValidationError` where there is none, or none any more."""
    if agreement.state != State.PROPOSED or agreement.document is None:
        raise ValidationError(_("This amendment is not out for signature any more."), code="stale")
    return agreement.document


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
