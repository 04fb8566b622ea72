"""Experts: on the site because they asked for it, as long as what they say is public."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cms import setup
from marketplace.accounts.models import User
from marketplace.listings import effects, lifecycle
from marketplace.listings.models import ExpertProfile, ResearchResult
from marketplace.listings.tiers import Tier
from tests import factories
from tests.pages import errors_at, form_data, sitemap, soup, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def result() -> ResearchResult:
    setup.ensure_groups()
    setup.ensure_workflow()
    university = factories.make_organisation("Sample university")
    researcher = factories.add_member(university)
    return factories.make_result(university, author=researcher, live=True)


def browser(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def typed(result: ResearchResult, **fields: Any) -> dict[str, Any]:
    return {
        "name_en": "Dr Sample",
        "position_en": "Professor",
        "organisation": result.organisation_id,
        "profile_en": "Works on samples.",
        "results": [result.pk],
        **fields,
    }


def names(client: Client, query: str = "") -> list[str]:
    found = soup(client.get(f"/en/experts/{query}")).select("main .grid h2 a")
    return [link.get_text(strip=True) for link in found]


def test_a_person_asks_a_moderator_agrees(result: ResearchResult, client: Client) -> None:
    own = browser(result.author)
    form = form_data(own.get("/en/experts/me/"), containing="name_en")
    sent = own.post("/en/experts/me/", {**form, **typed(result)})
    assert sent.status_code == 302
    profile = ExpertProfile.objects.get()
    assert not profile.live
    assert names(client) == []
    assert client.get(profile.get_absolute_url()).status_code == 404
    factories.approve(profile)
    assert names(client) == ["Dr Sample"]
    page = text_of(client.get(f"/en/experts/{profile.pk}/"))
    assert "Works on samples." in page
    assert result.title in page
    assert "Dr Sample" in text_of(client.get(result.get_absolute_url(), follow=True))
    told = result.author.notifications.latest("pk")
    assert told.subject == "Your expert profile is on the site"


def test_what_is_live_stays_until_the_next_version_is_approved(
    result: ResearchResult, client: Client
) -> None:
    profile = factories.make_expert(result)
    own = browser(result.author)
    own.post("/en/experts/me/", typed(result, name_en="Dr Other"))
    assert names(client) == [profile.name]
    assert own.post("/en/experts/me/", typed(result)).status_code == 422
    own.post("/en/experts/me/recall/")
    own.post("/en/experts/me/", typed(result, name_en="Dr Third"))
    factories.approve(ExpertProfile.objects.get())
    assert names(client) == ["Dr Third"]


def test_the_address_is_never_shown(result: ResearchResult, client: Client) -> None:
    profile = factories.make_expert(result)
    pages = [client.get(a).content for a in ("/en/experts/", f"/en/experts/{profile.pk}/")]
    assert all(result.author.email.encode() not in page for page in pages)


def test_it_says_what_it_is(result: ResearchResult, client: Client) -> None:
    profile = factories.make_expert(result)
    html = soup(client.get(f"/en/experts/{profile.pk}/"))
    assert '"@type": "Person"' in str(html.select_one('script[type="application/ld+json"]'))
    assert html.select_one('meta[property="og:title"]')
    assert f"http://testserver/en/experts/{profile.pk}/" in sitemap(client, "experts")


def closed_account(result: ResearchResult) -> None:
    User.objects.filter(pk=result.author_id).update(is_active=False)


def left(result: ResearchResult) -> None:
    result.author.memberships.all().delete()


def withdrawn_result(result: ResearchResult) -> None:
    lifecycle.withdraw(result, author=result.author)


def closed_team(result: ResearchResult) -> None:
    ResearchResult.objects.filter(pk=result.pk).update(tiers={"team": int(Tier.NDA)})


def taken_down(result: ResearchResult) -> None:
    browser(result.author).post("/en/experts/me/withdraw/")


def hidden(result: ResearchResult) -> None:
    profile = ExpertProfile.objects.get()
    moderator = browser(factories.make_moderator())
    edit = f"/wagtail/snippets/listings/expertprofile/edit/{profile.pk}/"
    assert result.title in moderator.get(edit).content.decode()
    address = f"/wagtail/snippets/listings/expertprofile/unpublish/{profile.pk}/"
    assert moderator.post(address).status_code == 302


@pytest.mark.parametrize(
    "change", [closed_account, left, withdrawn_result, closed_team, taken_down, hidden]
)
def test_nobody_is_shown_any_more(result: ResearchResult, client: Client, change: Any) -> None:
    profile = factories.make_expert(result)
    assert names(client) == [profile.name]
    change(result)
    assert names(client) == []
    assert client.get(f"/en/experts/{profile.pk}/").status_code == 404
    assert sitemap(client, "experts") == {}
    answer = client.get(result.get_absolute_url(), follow=True)
    assert profile.name not in answer.content.decode()


def test_only_own_results_can_be_claimed(result: ResearchResult) -> None:
    stranger = factories.add_member(factories.make_organisation())
    answer = browser(stranger).post("/en/experts/me/", typed(result))
    assert answer.status_code == 422
    assert errors_at(answer, "organisation")
    assert not ExpertProfile.objects.exists()


def test_one_result_is_of_the_organisation_named(result: ResearchResult) -> None:
    other = factories.make_organisation()
    factories.add_member(other, user=result.author)
    sent = typed(result, organisation=other.pk)
    answer = browser(result.author).post("/en/experts/me/", sent)
    assert "of the organisation you name" in errors_at(answer, "results")
    assert not ExpertProfile.objects.exists()


def test_results_of_others_cannot_be_claimed_for_ones_own_organisation(
    result: ResearchResult,
) -> None:
    own = factories.make_organisation()
    stranger = factories.add_member(own)
    answer = browser(stranger).post("/en/experts/me/", typed(result, organisation=own.pk))
    assert answer.status_code == 422
    assert "not one of the available choices" in text_of(answer)
    assert not ExpertProfile.objects.exists()


def test_a_result_of_another_organisation_shows_nobody(
    result: ResearchResult, client: Client
) -> None:
    other = factories.make_organisation()
    factories.add_member(other, user=result.author)
    profile = factories.make_expert(result)
    ExpertProfile.objects.filter(pk=profile.pk).update(organisation=other)
    assert names(client) == []


@pytest.mark.parametrize(
    ("field", "value", "at"),
    [
        ("name_en", "", "name_zh"),
        ("profile_en", " ", "profile_zh"),
        ("results", [], "organisation"),
        ("name_en", "x" * 200, "name_en"),
        ("organisation", "x", "organisation"),
    ],
)
def test_bad_input_is_refused_at_its_field(
    result: ResearchResult, field: str, value: Any, at: str
) -> None:
    answer = browser(result.author).post("/en/experts/me/", typed(result, **{field: value}))
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert field == "results" or errors_at(answer, at)
    assert not ExpertProfile.objects.exists()


def test_filters(result: ResearchResult, client: Client) -> None:
    industry = factories.make_industry("C3841")
    first = factories.make_expert(result, industries=[industry])
    other = factories.make_result(live=True)
    second = factories.make_expert(other, name_zh="张示例", name_en="")
    assert names(client, "?industry=C38") == [first.name]
    assert names(client, f"?organisation={other.organisation.slug}") == [second.name]
    assert names(client, "?q=示例") == [second.name]
    assert names(client, "?q=nobody") == []
    assert len(names(client, "?q=works")) == 2
    assert names(client, "?q=works+nobody") == []
    factories.make_organisation("Without experts")
    offered = soup(client.get("/en/experts/")).select("[name=organisation] option")
    organisations = {first.organisation.slug, second.organisation.slug}
    assert {option["value"] for option in offered} == {"", *organisations}
    for odd in ("?industry=%00", "?organisation=x", "?page=x", f"?q={'x' * 500}"):
        assert client.get(f"/en/experts/{odd}").status_code == 200


def test_many_take_no_more_queries(
    result: ResearchResult, client: Client, django_assert_max_num_queries: Any
) -> None:
    for _number in range(4):
        factories.make_expert(factories.make_result(live=True))
    client.get("/en/experts/")
    with django_assert_max_num_queries(15):
        client.get("/en/experts/")


def leaves_in(profile: ExpertProfile, days: int) -> None:
    expires_on = timezone.localdate() + timedelta(days=days)
    ExpertProfile.objects.filter(pk=profile.pk).update(expires_on=expires_on)


def test_what_is_confirmed_stays_for_a_year(result: ResearchResult, client: Client) -> None:
    profile = factories.make_expert(result)
    assert profile.expires_on == timezone.localdate() + timedelta(days=365)
    leaves_in(profile, 7)
    assert effects.ask_to_confirm() == 1
    told = result.author.notifications.latest("pk")
    assert (told.subject, told.url) == (
        "Is your expert profile still up to date?",
        "/en/experts/me/",
    )
    own = browser(result.author)
    own.post("/en/experts/me/confirm/")
    profile.refresh_from_db()
    assert profile.expires_on == timezone.localdate() + timedelta(days=365)
    assert "Leaves the site on" in text_of(own.get("/en/experts/me/"))


def test_what_nobody_confirms_leaves_and_comes_back_by_review(
    result: ResearchResult, client: Client
) -> None:
    profile = factories.make_expert(result)
    leaves_in(profile, 1)
    assert effects.expire_unconfirmed() == 0
    leaves_in(profile, 0)
    assert effects.expire_unconfirmed() == 1
    assert names(client) == []
    told = result.author.notifications.latest("pk")
    assert told.subject == "Your expert profile has left the site"
    own = browser(result.author)
    assert "Your profile: expired." in text_of(own.get("/en/experts/me/"))
    refused = own.post("/en/experts/me/confirm/", follow=True)
    assert "This listing is not live." in text_of(refused)
    assert own.post("/en/experts/me/", typed(result)).status_code == 302
    factories.approve(ExpertProfile.objects.get())
    assert names(client) == ["Dr Sample"]


def test_nobody_confirms_for_another(result: ResearchResult, client: Client) -> None:
    profile = factories.make_expert(result)
    leaves_in(profile, 3)
    other = browser(factories.add_member(result.organisation))
    assert other.post("/en/experts/me/confirm/").status_code == 404
    assert client.post("/en/experts/me/confirm/").status_code == 302
    profile.refresh_from_db()
    assert profile.expires_on == timezone.localdate() + timedelta(days=3)
