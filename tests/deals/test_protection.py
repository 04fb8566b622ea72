"""An earlier introduction protects its broker, who gets a share or loses the claim for a reason."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.utils import timezone

from brokers.deals import agreements, introductions, progress, protection
from brokers.deals.models import Deal, Exclusion, Introduction, Party
from brokers.profiles.models import BrokerProfile
from brokers.settlement.plan import Payee, PayeeKind
from marketplace.notifications.models import Notification
from tests.deals.factories import World
from tests.factories import make_administrator, make_need, make_result, make_user
from tests.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def again(world: World) -> World:
    """The same two organisations, whom a broker has introduced, meet again without that broker."""
    world.first = progress.advance(
        deal=world.introduced(), move="decline", actor=world.buyer, reason="Too early."
    )
    Introduction.objects.update(created_at=F("created_at") - timedelta(days=100))
    world.earlier = world.broker
    world.result = make_result(world.institution, author=world.researcher, live=True)
    world.need = make_need(world.enterprise, author=world.engineer, live=True)
    world.broker = world.engineer
    return world


def propose(world: World, deal: Deal) -> None:
    parts = {"institution": 2000, "team": 7000, "broker": 1000}
    if not deal.parties.filter(role=Party.Role.BROKER).exists():
        parts = {"institution": 3000, "team": 7000}
    draft = agreements.save_draft(
        deal=deal,
        terms=world.terms(shares=parts),
        milestones=world.milestones(1_000_000),
        author=world.dean,
    )
    agreements.propose(agreement=draft, author=world.dean)


def test_the_period_is_promised_with_the_introduction(world: World, visit) -> None:
    world.introduced()
    until = timezone.localdate() + timedelta(days=730)
    assert Introduction.objects.get().protected_until == until
    own = introductions.introduce(
        result=make_result(world.institution, live=True), need=world.need, by=world.buyer
    )
    assert own.introduction.protected_until is None


def test_without_the_earlier_broker_nothing_can_be_proposed(again: World) -> None:
    deal = again.negotiating()
    with pytest.raises(ValidationError, match="introduced the two organisations before"):
        propose(again, deal)
    assert not deal.documents.filter(kind="agreement").exists()
    assert not deal.agreements.exclude(state="draft").exists()


def test_the_earlier_broker_is_shown_told_once_and_carried_into_the_plan(
    again: World, visit
) -> None:
    deal = again.negotiating()
    page = text_of(visit(again.dean).get("deal", deal.pk))
    assert f"{again.earlier.name} introduced these two before" in page
    notices = Notification.objects.filter(recipient=again.earlier, once__startswith="protected")
    assert (notices.count(), protection.tell_all(), notices.count()) == (1, 0, 1)
    answer = visit(again.dean).post("carry_claim", deal.pk, again.earlier.pk)
    assert answer.status_code == 302
    assert deal.parties.filter(role=Party.Role.BROKER, user=again.earlier).exists()
    propose(again, Deal.objects.get(pk=deal.pk))
    plan = deal.agreements.get().plan.plan
    assert plan.brokers == (Payee(PayeeKind.USER, again.earlier.pk),)


def test_a_claim_outlives_the_verification_of_its_broker(again: World, visit) -> None:
    deal = again.negotiating()
    BrokerProfile.objects.update(verified_at=None)
    visit(again.dean).post("carry_claim", deal.pk, again.earlier.pk)
    assert deal.parties.filter(user=again.earlier).exists()


def test_the_broker_ends_the_own_claim_with_a_reason(again: World, visit) -> None:
    deal = again.negotiating()
    broker = visit(again.earlier)
    page = text_of(broker.get("claim", deal.pk))
    assert again.institution.name in page
    assert again.need.title_en not in page
    assert broker.get("deal", deal.pk).status_code == 404
    assert broker.post("claim", deal.pk, data={"reason": " "}).status_code == 422
    assert not Exclusion.objects.exists()
    assert broker.post("claim", deal.pk, data={"reason": "Another topic."}).status_code == 302
    assert "Another topic." in text_of(visit(again.dean).get("history", deal.pk))
    assert "This claim has ended" in text_of(broker.get("claim", deal.pk))
    assert broker.post("claim", deal.pk, data={"reason": "Twice."}).status_code == 409
    propose(again, Deal.objects.get(pk=deal.pk))
    assert deal.agreements.get().state == "proposed"


def test_an_administrator_decides_with_a_reason_and_nobody_else(again: World, visit) -> None:
    deal = again.negotiating()
    at, data = (deal.pk, again.earlier.pk), {"reason": "No connection."}
    for person, statuses in (
        (again.dean, {403}),
        (again.buyer, {403}),
        (again.earlier, {404}),
        (make_user(), {404}),
    ):
        visitor = visit(person)
        assert visitor.get("end_claim", *at).status_code in statuses
        assert visitor.post("end_claim", *at, data=data).status_code in statuses
    with pytest.raises(PermissionDenied):
        protection.exclude(deal=deal, broker=again.earlier, reason="x", by=again.dean)
    assert not Exclusion.objects.exists()
    administrator = visit(make_administrator())
    assert administrator.post("end_claim", *at, data={"reason": ""}).status_code == 422
    assert administrator.post("end_claim", *at, data=data).status_code == 302
    assert "No connection." in text_of(visit(again.earlier).get("claim", deal.pk))
    assert administrator.post("end_claim", *at, data=data).status_code == 404
    assert protection.claims(deal) == []


def test_a_claim_is_nobody_elses_business(again: World, visit) -> None:
    deal = again.negotiating()
    for person in (make_user(), make_administrator(), again.dean):
        assert visit(person).get("claim", deal.pk).status_code == 404
    for person in (make_user(), again.earlier):
        assert visit(person).post("carry_claim", deal.pk, again.earlier.pk).status_code == 404
    assert not deal.parties.filter(user=again.earlier).exists()


def test_after_the_period_the_parties_are_free(again: World) -> None:
    Introduction.objects.update(protected_until=timezone.localdate() - timedelta(days=1))
    propose(again, again.negotiating())
    assert Deal.objects.count() == 2


def test_it_does_not_matter_who_sells_this_time(again: World) -> None:
    result = make_result(again.enterprise, live=True)
    need = make_need(again.institution, live=True)
    deal = introductions.introduce(result=result, need=need, by=again.buyer)
    assert [claim.broker for claim in protection.claims(deal)] == [again.earlier]


def test_other_organisations_owe_nothing(again: World) -> None:
    other = World()
    assert protection.claims(other.introduced()) == []
    need = make_need(other.enterprise, live=True)
    deal = introductions.introduce(result=again.result, need=need, by=again.dean)
    assert protection.claims(deal) == []


class TestAnonymous:
    def test_a_claim_names_no_anonymous_enterprise(self, again: World, visit) -> None:
        need = make_need(again.enterprise, live=True, anonymous=True, author=again.engineer)
        deal = introductions.introduce(result=again.result, need=need, by=again.engineer)
        assert protection.claims(deal) == []
        assert visit(again.earlier).get("claim", deal.pk).status_code == 404
        assert again.earlier.name not in text_of(visit(again.dean).whole(deal.pk))
        assert not Notification.objects.filter(once=f"protected {deal.pk}").exists()
        progress.advance(deal=deal, move="disclose", actor=again.buyer)
        assert protection.tell_all() == 1

    def test_who_never_met_is_not_said_to_have_met(self) -> None:
        world = World(need_fields={"anonymous": True})
        first = progress.advance(
            deal=world.introduced(), move="decline", actor=world.dean, reason="No."
        )
        assert not first.enterprise_disclosed
        need = make_need(world.enterprise, live=True)
        deal = introductions.introduce(result=world.result, need=need, by=world.engineer)
        assert protection.claims(deal) == []
