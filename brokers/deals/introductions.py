"""Bring a result and a need together: the match is frozen, and a deal opens between its parties."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from brokers.deals import progress
from brokers.deals.models import Deal, Introduction, Party
from brokers.deals.stages import OPEN
from brokers.profiles.permissions import is_broker
from marketplace.accounts.models import User
from marketplace.accounts.permissions import is_member
from marketplace.listings.models import ResearchResult, TechnologyNeed
from marketplace.notifications.notify import notify
from search import decisions, matching


@transaction.atomic
def introduce(*, result: ResearchResult, need: TechnologyNeed, by: User, message: str = "") -> Deal:
    """Freeze the match of `result` and `need` as it stands now, and open a deal between them.

    Introducing the same two again while their deal is open returns that deal.

    Raises `PermissionDenied` for who is neither a member of one side nor a verified broker, and
    `ValidationError` when a listing is not live, or a broker belongs to one of the sides.
    """
    TechnologyNeed.objects.select_for_update().get(pk=need.pk)
    capacity = _capacity(by, result, need)
    if existing := Deal.objects.filter(result=result, need=need, stage__in=OPEN).first():
        return existing
    if not (result.live and need.live):
        raise ValidationError(_("Both listings must be live."))
    if result.organisation_id == need.organisation_id:
        raise ValidationError(_("Both listings are of the same organisation."))
    decision = decisions.record(
        need=need,
        result=result,
        verdict=decisions.Verdict.INTRODUCED,
        decided_by=by,
        match=matching.pair(need=need, result=result, viewer=by),
    )
    introduction = Introduction.objects.create(
        decision=decision,
        introduced_by=by,
        as_broker=capacity == Party.Role.BROKER,
        message=message.strip(),
    )
    deal = Deal.objects.create(
        introduction=introduction,
        result=result,
        need=need,
        enterprise_disclosed=not need.is_anonymous,
    )
    _add_parties(deal, broker=by if capacity == Party.Role.BROKER else None)
    progress.record(deal=deal, kind="introduced", actor=by, note=introduction.message)
    _tell(deal, by)
    return deal


@transaction.atomic
def add_broker(*, deal: Deal, broker: User, actor: Any) -> Party:
    """Let a verified broker join `deal`, by decision of one of its parties or its broker.

    Raises `ValidationError` for who is no verified broker or belongs to a party.
    """
    if not is_broker(broker):
        raise ValidationError(_("This person is not a verified broker."))
    if _belongs_to_a_side(broker, deal.result, deal.need):
        raise ValidationError(_("This person belongs to a party of the deal."))
    party, created = Party.objects.get_or_create(deal=deal, role=Party.Role.BROKER, user=broker)
    if created:
        progress.record(deal=deal, kind="broker_joined", actor=actor, party=party.pk)
    return party


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
    notify(people, template="introduced", url=f"/deals/{deal.pk}/", context={"deal": deal})
