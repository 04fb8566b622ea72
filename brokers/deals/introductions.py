"""Bring a result and a need together: the match is frozen, and a deal opens between its parties."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from brokers.deals import progress, protection, sections
from brokers.deals.models import Deal, Introduction, Party
from brokers.deals.permissions import is_participant
from brokers.deals.stages import OPEN
from brokers.profiles.permissions import is_broker
from marketplace.accounts.models import User
from marketplace.accounts.permissions import is_member
from marketplace.listings.models import ResearchResult, TechnologyNeed
from marketplace.notifications.notify import notify
from marketplace.notifications.topics import Topic
from search import decisions, matching


@transaction.atomic
def introduce(*, result: ResearchResult, need: TechnologyNeed, by: User, message: str = "") -> Deal:
    """Freeze the match of `result` and `need` as it stands now, and open a deal between them.

    Introducing the same two again while their deal is open returns that deal to who takes part.

    Raises `PermissionDenied` for who is neither a member of one side nor a verified broker, and
    `ValidationError` when a listing is not live, both are of one organisation, or somebody else has
    introduced them already.
    """
    TechnologyNeed.objects.select_for_update().get(pk=need.pk)
    capacity = _capacity(by, result, need)
    if existing := Deal.objects.filter(result=result, need=need, stage__in=OPEN).first():
        if not is_participant(by, existing):
            raise ValidationError(_("Somebody else has introduced these two already."))
        return existing
    if not (result.live and need.live):
        raise ValidationError(_("Both listings must be live."))
    if result.organisation_id == need.organisation_id:
        raise ValidationError(_own_need(need))
    decision = decisions.record(
        need=need,
        result=result,
        verdict=decisions.Verdict.INTRODUCED,
        decided_by=by,
        match=matching.pair(need=need, result=result, viewer=by).frozen(),
    )
    as_broker = capacity == Party.Role.BROKER
    introduction = Introduction.objects.create(
        decision=decision,
        introduced_by=by,
        as_broker=as_broker,
        message=message.strip(),
        protected_until=protection.promised_until() if as_broker else None,
    )
    deal = Deal.objects.create(
        introduction=introduction,
        result=result,
        need=need,
        enterprise_disclosed=not need.is_anonymous,
    )
    _add_parties(deal, broker=by if as_broker else None)
    progress.record(deal=deal, kind="introduced", actor=by, note=introduction.message)
    _tell(deal, by)
    protection.tell(deal)
    return deal


@transaction.atomic
def add_broker(*, deal: Deal, broker: User, actor: Any) -> Party:
    """Let a verified broker, or one with a claim, join `deal`, as a party or its broker decides.

    Raises `ValidationError` for who is no such broker or belongs to a party, and once the agreement is
    out for signature.
    """
    locked = Deal.objects.select_for_update().get(pk=deal.pk)
    if not protection.is_joinable(locked):
        raise ValidationError(_("No broker can join once the agreement is out for signature."))
    if not (is_broker(broker) or protection.claim_of(broker, locked)):
        raise ValidationError(_("This person is not a verified broker."))
    if _belongs_to_a_side(broker, deal.result, deal.need):
        raise ValidationError(_("This person cannot be the broker of this deal."))
    party, created = Party.objects.get_or_create(deal=deal, role=Party.Role.BROKER, user=broker)
    if created:
        progress.record(deal=deal, kind="broker_joined", actor=actor, party=party.pk)
    return party


def protection_for(by: User, result: ResearchResult, need: TechnologyNeed) -> date | None:
    """Return until when an introduction by `by` would be protected: None for who is of a side."""
    is_of_a_side = _belongs_to_a_side(by, result, need)
    return None if is_of_a_side else protection.promised_until()


def _own_need(need: TechnologyNeed) -> str:
    """Return the refusal of two listings of one organisation, without telling who is anonymous."""
    if need.is_anonymous:
        return _("These two cannot be introduced to each other.")
    return _("Both listings are of the same organisation.")


def _belongs_to_a_side(user: User, result: ResearchResult, need: TechnologyNeed) -> bool:
    return is_member(user, result.organisation) or is_member(user, need.organisation)


def _capacity(by: User, result: ResearchResult, need: TechnologyNeed) -> Party.Role:
    if is_member(by, result.organisation):
        return Party.Role.INSTITUTION
    if is_member(by, need.organisation):
        return Party.Role.ENTERPRISE
    if is_broker(by):
        return Party.Role.BROKER
    raise PermissionDenied("deal:introduce")


def _add_parties(deal: Deal, *, broker: User | None) -> None:
    parties = [
        Party(role=Party.Role.INSTITUTION, organisation=deal.result.organisation),
        Party(role=Party.Role.ENTERPRISE, organisation=deal.need.organisation),
        Party(role=Party.Role.TEAM, user=deal.result.author),
    ]
    if broker is not None:
        parties.append(Party(role=Party.Role.BROKER, user=broker))
    for party in parties:
        party.deal = deal
    Party.objects.bulk_create(parties)


def _tell(deal: Deal, by: User) -> None:
    people = {deal.result.author, deal.need.author} - {by}
    notify(
        people,
        topic=Topic.DEALS,
        template="introduced",
        url=sections.path(deal.pk, "next"),
        about=("deal:read", deal),
        context={"deal": deal},
    )
