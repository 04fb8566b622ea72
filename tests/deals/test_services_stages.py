import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from brokers.deals import documents, introductions, progress, stages
from brokers.deals.models import Deal, DealEvent
from brokers.deals.progress import MoveRefused
from brokers.deals.stages import Actor, Stage
from marketplace.accounts.models import Membership
from marketplace.listings import lifecycle
from marketplace.listings.models import DisclosureGrant
from search.models import MatchDecision
from tests.deals.factories import World, make_broker
from tests.factories import add_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def untouched(deal: Deal) -> None:
    """Assert that nothing about `deal` has changed since it was read."""
    now = Deal.objects.get(pk=deal.pk)
    assert (now.stage, now.version) == (deal.stage, deal.version)
    assert now.events.count() == deal.events_before  # type: ignore[attr-defined]


def remembered(deal: Deal) -> Deal:
    deal = Deal.objects.get(pk=deal.pk)
    deal.events_before = deal.events.count()  # type: ignore[attr-defined]
    return deal


def test_every_move_leaves_a_known_stage_for_another() -> None:
    for move in stages.MOVES:
        assert move.sources <= set(Stage), move
        assert move.target in set(Stage), move
        assert move.target not in move.sources, move
        assert move.actors, move


def test_every_open_stage_can_be_left_and_no_closed_one() -> None:
    everybody = frozenset(Actor)
    for stage in Stage:
        assert bool(stages.moves_from(stage, everybody)) == (stage in stages.OPEN), stage


def test_introduction_freezes_the_match_and_names_the_parties(world: World) -> None:
    deal = world.introduced()
    decision = deal.introduction.decision
    assert decision.verdict == MatchDecision.Verdict.INTRODUCED
    assert decision.decided_by == world.broker
    assert {"score", "reasons", "rank"} <= decision.match.keys()
    assert {p.role for p in deal.parties.all()} == {"institution", "enterprise", "team", "broker"}

    frozen = decision.match
    world.result.title_en = "Renamed"
    lifecycle.save_draft(world.result, author=world.researcher)
    assert MatchDecision.objects.get(pk=decision.pk).match == frozen


def test_second_introduction_is_the_same_deal(world: World) -> None:
    deal = world.introduced()
    assert world.introduced() == deal
    assert introductions.introduce(result=world.result, need=world.need, by=world.buyer) == deal
    assert Deal.objects.count() == MatchDecision.objects.count() == 1


def test_strangers_and_unverified_brokers_do_not_introduce(world: World) -> None:
    unverified = make_broker()
    unverified.broker_profile.verified_at = None
    unverified.broker_profile.save()
    for person in (make_user(), unverified):
        with pytest.raises(PermissionDenied):
            introductions.introduce(result=world.result, need=world.need, by=person)
    assert not Deal.objects.exists()


def test_only_live_listings_are_introduced(world: World) -> None:
    lifecycle.withdraw(world.result, author=world.researcher)
    world.result.refresh_from_db()
    with pytest.raises(ValidationError):
        world.introduced()
    assert not Deal.objects.exists()


def test_the_path_of_a_deal(world: World) -> None:
    deal = world.negotiating()
    kinds = list(deal.events.values_list("kind", "from_stage", "to_stage"))
    assert [k for k in kinds if k[2]] == [
        ("open_nda", "introduced", "nda"),
        ("evaluate", "nda", "evaluating"),
        ("negotiate", "evaluating", "negotiating"),
    ]


def test_nda_opens_the_nda_tier_for_both_sides_and_nobody_else(world: World) -> None:
    deal = progress.advance(deal=world.introduced(), move="open_nda", actor=world.broker)
    document = documents.draw_up_nda(deal=deal, author=world.broker)
    world.sign(document, "institution")
    assert not DisclosureGrant.objects.exists()
    world.sign(document, "enterprise")
    grants = {(g.listing, g.organisation) for g in DisclosureGrant.objects.valid()}
    assert grants == {(world.result, world.enterprise), (world.need, world.institution)}
    assert Deal.objects.get().stage == Stage.EVALUATING


def test_move_from_another_stage_is_refused(world: World) -> None:
    deal = remembered(world.introduced())
    with pytest.raises(MoveRefused):
        progress.advance(deal=deal, move="negotiate", actor=world.buyer)
    untouched(deal)


def test_move_by_another_actor_is_refused(world: World) -> None:
    deal = remembered(world.introduced())
    for actor in (make_user(), world.buyer, world.broker):
        with pytest.raises(PermissionDenied):
            progress.advance(deal=deal, move="evaluate_openly", actor=actor)
    untouched(deal)


def test_unknown_move_is_refused(world: World) -> None:
    deal = remembered(world.introduced())
    with pytest.raises(MoveRefused):
        progress.advance(deal=deal, move="win", actor=world.buyer)
    untouched(deal)


def test_guard_names_what_is_missing(world: World) -> None:
    deal = progress.advance(deal=world.introduced(), move="open_nda", actor=world.broker)
    deal = remembered(deal)
    with pytest.raises(MoveRefused) as refusal:
        progress.advance(deal=deal, move="evaluate", actor=world.broker)
    assert refusal.value.messages == ["The confidentiality agreement is missing."]
    untouched(deal)


def test_second_click_is_refused(world: World) -> None:
    deal = world.introduced()
    moved = progress.advance(deal=deal, move="open_nda", actor=world.broker, version=deal.version)
    moved = remembered(moved)
    with pytest.raises(MoveRefused):
        progress.advance(
            deal=deal, move="decline", actor=world.buyer, reason="x", version=deal.version
        )
    untouched(moved)


def test_declining_asks_a_reason(world: World) -> None:
    deal = remembered(world.introduced())
    with pytest.raises(MoveRefused):
        progress.advance(deal=deal, move="decline", actor=world.buyer, reason="  ")
    untouched(deal)
    declined = progress.advance(deal=deal, move="decline", actor=world.buyer, reason="Too early.")
    assert declined.stage == Stage.DECLINED
    assert DealEvent.objects.get(kind="decline").note == "Too early."


def test_after_a_declined_deal_the_two_can_be_introduced_again(world: World) -> None:
    deal = world.introduced()
    progress.advance(deal=deal, move="decline", actor=world.buyer, reason="Too early.")
    assert world.introduced() != deal


def test_database_refuses_a_second_open_deal(world: World) -> None:
    deal = world.introduced()
    decision = deal.introduction.decision
    decision.pk = None
    decision.save()
    twin = deal.introduction
    twin.pk, twin.decision = None, decision
    twin.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Deal.objects.create(introduction=twin, result=world.result, need=world.need)


def test_terminating_takes_an_approver(world: World) -> None:
    deal = remembered(world.agreed())
    assert deal.stage == Stage.AGREED
    clerk = add_member(world.enterprise)
    with pytest.raises(PermissionDenied):
        progress.advance(deal=deal, move="terminate", actor=clerk, reason="No.")
    untouched(deal)
    ended = progress.advance(deal=deal, move="terminate", actor=world.buyer, reason="No.")
    assert ended.stage == Stage.TERMINATED


def test_anonymous_enterprise_discloses_itself() -> None:
    world = World(need_fields={"anonymous": True})
    deal = remembered(world.introduced())
    assert not deal.enterprise_disclosed
    for move, actor in (("open_nda", world.broker), ("evaluate_openly", world.dean)):
        with pytest.raises(MoveRefused):
            progress.advance(deal=deal, move=move, actor=actor)
    untouched(deal)
    moved = progress.advance(deal=deal, move="disclose", actor=world.buyer)
    assert moved.enterprise_disclosed


def test_broker_who_belongs_to_a_party_blocks_the_agreement(world: World) -> None:
    agreement = world.proposed()
    Membership.objects.create(user=world.broker, organisation=world.enterprise)
    world.sign(agreement.document)
    deal = Deal.objects.get()
    assert deal.stage == Stage.NEGOTIATING
    with pytest.raises(MoveRefused) as refusal:
        progress.advance(deal=deal, move="agree", actor=world.buyer)
    assert "cannot be the broker" in refusal.value.messages[0]
