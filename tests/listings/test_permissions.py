"""Who may do what: each role against each page and each action; a denial changes nothing."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from wagtail.models import Revision, WorkflowState

from marketplace.accounts.models import Membership
from marketplace.listings import lifecycle
from marketplace.listings.lifecycle import Status
from tests import factories

pytestmark = pytest.mark.django_db

OWN = [f"own {role}" for role in Membership.Role.values]
EVERYONE = [*OWN, "anonymous", "stranger", "other owner", "moderator", "administrator", "finance"]
STAFF = ["moderator", "administrator"]
MAY = {
    "listing:edit": [*OWN, "administrator"],
    "listing:submit": [*OWN, "administrator"],
    "listing:discard": [*OWN, "administrator"],
    "listing:preview": [*OWN, *STAFF],
    "listing:withdraw": [*OWN, *STAFF],
    "listing:confirm": OWN,
    "listing:publish": STAFF,
}
ACTIONS = {
    "submit": "listing:submit",
    "recall": "listing:submit",
    "withdraw": "listing:withdraw",
    "confirm": "listing:confirm",
    "discard": "listing:discard",
    "edit": "listing:edit",
}


@pytest.fixture
def organisation() -> Any:
    return factories.make_organisation()


@pytest.fixture
def people(organisation: Any) -> dict[str, Any]:
    return {
        **{
            f"own {role}": factories.add_member(organisation, role=role)
            for role in Membership.Role.values
        },
        "anonymous": AnonymousUser(),
        "stranger": factories.make_user(),
        "other owner": factories.owner_of(factories.make_organisation()),
        "moderator": factories.make_moderator(),
        "administrator": factories.make_administrator(),
        "finance": factories.in_group(factories.make_user(), "Finance"),
    }


@pytest.mark.parametrize("permission", MAY)
def test_the_matrix(people: dict[str, Any], organisation: Any, permission: str) -> None:
    listing = factories.make_result(organisation, live=True)
    may = [name for name, person in people.items() if person.has_perm(permission, listing)]
    assert sorted(may) == sorted(MAY[permission])


def test_members_create_for_their_own_organisation_only(
    people: dict[str, Any], organisation: Any
) -> None:
    may = [n for n, person in people.items() if person.has_perm("listing:create", organisation)]
    assert sorted(may) == sorted(OWN)
    assert not people["own owner"].has_perm("listing:create", None)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("live", [True, False])
def test_a_denied_action_changes_nothing(
    workflow: Any, people: dict[str, Any], organisation: Any, action: str, live: bool
) -> None:
    listing = factories.make_result(organisation, live=live)
    before = _everything(listing)
    for name, person in people.items():
        if name in MAY[ACTIONS[action]]:
            continue
        browser = _browser(person)
        path = f"/en/listings/result/{listing.pk}/{action}/"
        status = browser.post(path, {"title_en": "x", "do": "submit"}).status_code
        assert status == (302 if name == "anonymous" else 404), name
        assert browser.get(path).status_code in (302, 404, 405), name
        assert _everything(listing) == before, name


def _browser(person: Any) -> Client:
    browser = Client()
    if person.is_authenticated:
        browser.force_login(person)
    return browser


def _everything(listing: Any) -> Any:
    rows = type(listing).objects.filter(pk=listing.pk).values()
    return list(rows), Revision.objects.count(), WorkflowState.objects.count()


@pytest.mark.parametrize("path", ["edit", "preview"])
def test_pages_of_one_s_own(people: dict[str, Any], organisation: Any, path: str) -> None:
    listing = factories.make_need(organisation)
    for name, person in people.items():
        status = _browser(person).get(f"/en/listings/need/{listing.pk}/{path}/").status_code
        wanted = 200 if name in MAY[f"listing:{path}"] else 302 if name == "anonymous" else 404
        assert status == wanted, name


@pytest.mark.parametrize(
    "path", ["edit", "preview", "submit", "recall", "withdraw", "confirm", "discard", "files/{}"]
)
@pytest.mark.parametrize("number", ["1", "0", "99999999999999999999999"])
def test_numbers_that_were_never_given_out(client: Client, path: str, number: str) -> None:
    client.force_login(factories.make_administrator())
    path = path.format("11111111-1111-4111-8111-111111111111")
    address = f"/en/listings/result/{number}/{path}/"
    assert client.post(address).status_code in (404, 405)
    assert client.get(address).status_code in (404, 405)


def test_actions_are_not_done_by_following_a_link(client: Client) -> None:
    listing = factories.make_result(live=True)
    client.force_login(listing.author)
    for action in ("submit", "recall", "withdraw", "confirm", "discard"):
        assert client.get(f"/en/listings/result/{listing.pk}/{action}/").status_code == 405


def test_each_action_does_its_work_and_a_second_click_changes_nothing(workflow: Any) -> None:
    listing = factories.make_result()
    browser = _browser(listing.author)

    def click(action: str) -> Status:
        for _click in range(2):
            response = browser.post(f"/en/listings/result/{listing.pk}/{action}/", follow=True)
            assert response.status_code == 200
        return lifecycle.status(type(listing).objects.get(pk=listing.pk))

    assert click("submit") == Status.IN_REVIEW
    assert WorkflowState.objects.count() == 1
    assert click("recall") == Status.DRAFT
    assert click("submit") == Status.IN_REVIEW
    factories.approve(listing)
    assert click("confirm") == Status.LIVE
    assert click("submit") == Status.LIVE
    assert click("discard") == Status.LIVE, "what was on the site is never deleted"
    assert click("withdraw") == Status.WITHDRAWN
    assert click("confirm") == Status.WITHDRAWN
    assert click("submit") == Status.IN_REVIEW
    assert click("withdraw") == Status.WITHDRAWN


def test_a_draft_is_deleted_once(workflow: Any) -> None:
    listing = factories.make_need(live=False)
    lifecycle.submit(listing, author=listing.author)
    browser = _browser(listing.author)
    path = f"/en/listings/need/{listing.pk}/discard/"
    assert browser.post(path).status_code == 302
    assert browser.post(path).status_code == 404
    assert not type(listing).objects.exists()
    assert not Revision.objects.exists()
    assert not WorkflowState.objects.exists()


def test_without_a_review_nothing_can_be_submitted_and_the_page_says_so(client: Client) -> None:
    listing = factories.make_result()
    client.force_login(listing.author)
    response = client.post(f"/en/listings/result/{listing.pk}/submit/", follow=True)
    assert "tell the administrators" in response.content.decode()
