"""A broker for a need: the ranking and its reasons, conflicts of interest, asking and answering."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from brokers.deals.pipeline.load import loads
from brokers.profiles import assignments
from brokers.profiles.models import Assignment, BrokerProfile
from brokers.profiles.ranking import FULL_LOAD, PRIOR, WEIGHTS, rank
from marketplace.notifications.models import Notification
from tests.deals.factories import World, make_broker
from tests.factories import (
    add_member,
    make_administrator,
    make_industry,
    make_moderator,
    make_need,
    make_region,
    make_user,
)
from tests.pages import errors_at, soup, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(world: World):
    """A need in Chinese and English, in a field and a province."""
    fields = {"industry": make_industry("C3841"), "region": make_region("3301")}
    titles = {"title_zh": "储能电池", "title_en": "Storage cells"}
    return make_need(world.enterprise, author=world.engineer, live=True, **fields, **titles)


def broker_with(industry: str = "", region: str = "", languages=("zh-hans", "en")):
    user = make_broker(languages=list(languages))
    profile = BrokerProfile.objects.get(user=user)
    profile.industries.set([make_industry(industry)] if industry else [])
    profile.regions.set([make_region(region)] if region else [])
    return user


def scores(need) -> dict:
    found = assignments.candidates(need, loads=loads())
    return {candidate.profile.user: candidate for candidate in found}


class TestRanking:
    def test_every_score_is_the_sum_of_what_is_shown(self, need) -> None:
        assert sum(WEIGHTS.values()) == 100
        near, far = broker_with("C38", "33"), broker_with("A01", "65", languages=["en"])
        found = scores(need)
        assert found[near].score > found[far].score
        for candidate in found.values():
            points = [contribution.points for contribution in candidate.contributions]
            assert candidate.score == sum(points)
            assert all(0 <= c.points <= c.maximum for c in candidate.contributions)

    def test_a_nearer_field_region_or_language_never_lowers_the_score(self, need) -> None:
        ladders = (
            [broker_with(code) for code in ("A01", "C30", "C38", "C3841")],
            [broker_with("C38", code) for code in ("65", "33", "3301")],
            [broker_with("C38", "33", spoken) for spoken in (["en"], ["en", "zh-hans"])],
        )
        found = scores(need)
        for ladder in ladders:
            assert [found[user].score for user in ladder] == sorted(
                found[user].score for user in ladder
            )

    def test_what_is_not_stated_counts_the_prior_and_says_so(self, need) -> None:
        user = broker_with(languages=())
        silent = scores(need)[user]
        field = silent.contributions[0]
        assert (field.points, field.is_stated) == (WEIGHTS["field"] * PRIOR, False)

    def test_load_counts_open_deals_and_accepted_needs(self, world: World, need) -> None:
        busy, idle = world.broker, make_broker()
        world.introduced()
        one = assignments.ask(need=need, broker=busy, by=world.engineer)
        assert loads()[busy.pk] == 1
        assignments.answer(assignment=one, by=busy, accepts=True)
        assert (loads()[busy.pk], loads()[idle.pk]) == (2, 0)
        profiles = BrokerProfile.objects.for_cards()
        ranked = rank(need, profiles, loads={busy.pk: FULL_LOAD + 5}, insiders=[])
        assert [c.profile.user for c in ranked][-1] == busy
        assert next(c for c in ranked if c.profile.user == busy).contributions[-1].points == 0


def test_who_belongs_to_the_organisation_is_excluded_and_it_says_why(
    world: World, need, visit
) -> None:
    insider = broker_with("C3841", "3301")
    add_member(world.enterprise, user=insider)
    page = visit(world.buyer).get("brokers_for", need.pk)
    assert "belongs to the organisation that has the need" in text_of(page)
    choices = [o["value"] for o in soup(page).select("[name=broker] option")]
    assert str(insider.pk) not in choices
    refused = visit(world.buyer).post("brokers_for", need.pk, data={"broker": insider.pk})
    assert errors_at(refused, "broker")
    with pytest.raises(Exception, match="belongs to the organisation"):
        assignments.ask(need=need, broker=insider, by=world.buyer)
    assert not Assignment.objects.exists()


def test_only_the_needs_own_people_and_administrators_look_for_a_broker(
    world: World, need, visit
) -> None:
    for reader in (world.engineer, make_administrator()):
        assert visit(reader).get("brokers_for", need.pk).status_code == 200
    data = {"broker": world.broker.pk}
    for reader in (world.dean, world.broker, make_user(), make_moderator()):
        assert visit(reader).get("brokers_for", need.pk).status_code == 404
        assert visit(reader).post("brokers_for", need.pk, data=data).status_code == 404
        with pytest.raises(PermissionDenied):
            assignments.ask(need=need, broker=world.broker, by=reader)
    assert Client().get(reverse("deals:brokers_for", args=[need.pk])).status_code == 302
    draft = make_need(world.enterprise)
    assert visit(world.buyer).get("brokers_for", draft.pk).status_code == 404
    assert not Assignment.objects.exists()


def test_asking_accepting_and_ending(world: World, need, visit) -> None:
    data = {"broker": world.broker.pk, "message": "Please look."}
    for _ in range(2):
        assert visit(world.engineer).post("brokers_for", need.pk, data=data).status_code == 302
    one = Assignment.objects.get()
    asked = Notification.objects.get(recipient=world.broker, url__contains="pipeline")
    assert "Please look." not in asked.body
    pk = world.broker.broker_profile.pk
    assert "Please look." in text_of(visit(world.broker).get("pipeline", pk))
    for stranger in (world.engineer, make_broker(), make_administrator()):
        answer = visit(stranger).post("answer_assignment", one.pk, "accept")
        assert answer.status_code == 404
    visit(world.broker).post("answer_assignment", one.pk, "accept")
    visit(world.broker).post("answer_assignment", one.pk, "decline")
    one.refresh_from_db()
    assert one.state == "accepted"
    assert visit(make_user()).post("end_assignment", need.pk, one.pk).status_code == 404
    assert visit(world.engineer).post("end_assignment", need.pk, one.pk).status_code == 302
    one.refresh_from_db()
    assert one.state == "ended"
    assert visit(world.broker).post("answer_assignment", one.pk, "nonsense").status_code == 404


@pytest.mark.parametrize("odd", ["", "0", "-1", "9" * 40, "x", "٣", "\x00"])
def test_nobody_is_asked_by_an_odd_number(world: World, need, visit, odd: str) -> None:
    response = visit(world.engineer).post("brokers_for", need.pk, data={"broker": odd})
    assert response.status_code == 422
    assert not Assignment.objects.exists()


def test_the_page_of_an_own_need_leads_there_and_no_other(world: World, need) -> None:
    link = reverse("deals:brokers_for", args=[need.pk]).replace("/zh-hans/", "/en/")
    for reader, shown in ((world.engineer, True), (world.dean, False), (world.broker, False)):
        client = Client()
        client.force_login(reader)
        page = client.get(f"/en/needs/{need.pk}/", follow=True).content.decode()
        assert (link in page) == shown
