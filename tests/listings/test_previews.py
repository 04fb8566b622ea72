"""The author and the moderator see the newest version on the page that readers get."""

from typing import Any

import pytest
from django.test import Client, RequestFactory

from marketplace.listings import lifecycle
from marketplace.listings.tiers import Tier
from tests import factories
from tests.listings.test_tiers import SECRETS, confidential_need, confidential_result
from tests.pages import soup

pytestmark = pytest.mark.django_db


def test_the_newest_version_is_shown_to_its_people(client: Client) -> None:
    listing = factories.make_result(title_en="Old", live=True)
    draft = lifecycle.working_copy(listing)
    draft.title_en = "New"
    lifecycle.save_draft(draft, author=listing.author)
    client.force_login(listing.author)
    page = soup(client.get(f"/en/listings/result/{listing.pk}/preview/"))
    assert page.h1.get_text(strip=True) == "New"
    assert page.select_one("meta[name=robots]")["content"] == "noindex"


@pytest.mark.parametrize("make", [confidential_result, confidential_need])
def test_each_audience_sees_what_it_would_see(client: Client, make: Any) -> None:
    listing = make(factories.make_organisation(), Tier.NDA)
    client.force_login(listing.author)
    path = f"/en/listings/{listing.kind}/{listing.pk}/preview/"
    for audience, sees in {
        "": True, "private": True, "nda": True, "members": False, "public": False, "x": True,
    }.items():  # fmt: skip
        text = client.get(f"{path}?as={audience}").content.decode()
        for secret in SECRETS[listing.kind]:
            assert (secret in text) == sees, (audience, secret)


def test_a_moderator_sees_no_private_part_by_any_audience(client: Client) -> None:
    listing = confidential_result(factories.make_organisation(), Tier.PRIVATE)
    client.force_login(factories.make_moderator())
    for audience in ("", "private", "nda", "public"):
        page = client.get(f"/en/listings/result/{listing.pk}/preview/?as={audience}")
        assert page.status_code == 200
        assert not any(secret in page.content.decode() for secret in SECRETS["result"])


def test_wagtail_s_preview_is_the_same_page(workflow: Any, rf: RequestFactory) -> None:
    listing = factories.make_need(title_en="Under review", problem_en="The problem.")
    moderator = factories.make_moderator()
    browser = Client()
    browser.force_login(moderator)
    request = rf.get("/en/")
    request.user = moderator
    request.COOKIES = {name: morsel.value for name, morsel in browser.cookies.items()}
    request.META["HTTP_COOKIE"] = "; ".join(f"{k}={v}" for k, v in request.COOKIES.items())
    response = listing.make_preview_request(original_request=request)
    assert response.status_code == 200
    page = soup(response)
    assert page.h1.get_text(strip=True) == "Under review"
    assert "The problem." in page.find("article").get_text()


def test_wagtail_shows_it_in_a_frame_of_its_own(workflow: Any) -> None:
    listing = factories.make_result(title_en="Under review")
    lifecycle.submit(listing, author=listing.author)
    browser = Client()
    browser.force_login(factories.make_moderator())
    state = listing.current_workflow_task_state
    path = (
        f"/wagtail/snippets/listings/researchresult/workflow/preview/{listing.pk}/{state.task_id}/"
    )
    response = browser.get(path)
    assert response.status_code == 200
    assert b"Under review" in response.content
    assert "frame-ancestors 'none'" not in response.headers.get("Content-Security-Policy", "")
