"""Readable addresses, the same words in every language; old and short ones lead to the present one."""

from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from marketplace.listings import lifecycle
from marketplace.listings.models import ResearchResult
from tests import factories
from tests.pages import soup

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("titles", "slug"),
    [
        ({"title_en": "Self-heating of cells, fast!"}, "self-heating-of-cells-fast"),
        ({"title_zh": "低温自加热"}, "低温自加热"),
        ({"title_zh": "低温自加热", "title_en": "Self-heating"}, "self-heating"),
        ({"title_zh": "！！！"}, "result"),
        ({"title_en": "???"}, "result"),
        ({"title_en": "x" * 200}, "x" * 80),
        ({"title_en": "../../etc/passwd"}, "etcpasswd"),
    ],
)
def test_words_of_the_address(client: Client, titles: dict[str, str], slug: str) -> None:
    listing = factories.make_result(**titles, live=True)
    response = client.get(f"/en/results/{listing.pk}/")
    assert response.status_code == 301
    assert unquote(response["Location"]) == f"/en/results/{listing.pk}-{slug}/"
    assert client.get(response["Location"]).status_code == 200


def test_old_addresses_lead_to_the_present_one_with_their_query(client: Client) -> None:
    listing = factories.make_need(title_en="New words", live=True)
    response = client.get(f"/zh-hans/needs/{listing.pk}-old-words/?from=mail&x=%E4%B8%AD")
    assert response.status_code == 301
    assert response["Location"] == (f"/zh-hans/needs/{listing.pk}-new-words/?from=mail&x=%E4%B8%AD")


def test_alternatives_in_other_languages_need_no_redirect(client: Client) -> None:
    listing = factories.make_result(title_zh="低温", title_en="Cold start", live=True)
    page = soup(client.get(f"/en/results/{listing.pk}-cold-start/"))
    alternates = {link["hreflang"]: link["href"] for link in page.select("link[hreflang]")}
    assert {"zh-hans", "en"} <= alternates.keys()
    for language in ("zh-hans", "en"):
        path = alternates[language].split("testserver")[1]
        assert client.get(path).status_code == 200, "an alternative must not be a redirect"
    canonical = page.select_one("link[rel=canonical]")["href"]
    assert canonical == f"http://testserver/en/results/{listing.pk}-cold-start/"


@pytest.mark.parametrize("number", ["0", "999999", "9" * 40])
@pytest.mark.parametrize("kind", ["results", "needs"])
def test_numbers_that_do_not_exist(client: Client, kind: str, number: str) -> None:
    assert client.get(f"/en/{kind}/{number}/").status_code == 404
    assert client.get(f"/en/{kind}/{number}-words/").status_code == 404


def test_what_is_not_live_does_not_tell_its_title_by_a_redirect(
    client: Client, workflow: Any
) -> None:
    draft = factories.make_result(title_en="Secret title")
    gone = factories.make_result(title_en="Secret title", live=True)
    lifecycle.withdraw(gone, author=gone.author)
    for listing in (draft, gone):
        for reader in (None, factories.make_user(), factories.make_moderator()):
            browser = Client()
            if reader:
                browser.force_login(reader)
            for path in (f"{listing.pk}", f"{listing.pk}-secret-title", f"{listing.pk}-x"):
                response = browser.get(f"/en/results/{path}/")
                assert response.status_code == 404
                assert b"Secret title" not in response.content


def test_its_own_people_are_led_to_the_preview(client: Client) -> None:
    draft = factories.make_result()
    client.force_login(draft.author)
    response = client.get(f"/en/results/{draft.pk}/")
    assert response["Location"] == f"/en/listings/result/{draft.pk}/preview/"


def test_a_listing_of_the_other_kind_is_not_found(client: Client) -> None:
    result = factories.make_result(live=True)
    assert ResearchResult.objects.filter(pk=result.pk).exists()
    assert client.get(f"/en/needs/{result.pk}/").status_code == 404


def test_the_page_is_described_by_its_public_texts(client: Client) -> None:
    listing = factories.make_result(
        title_en="Cold <b>start</b>", summary_en="Starts at −30 °C.", live=True
    )
    page = soup(client.get(f"/en/results/{listing.pk}/", follow=True))
    assert page.select_one("meta[name=description]")["content"].strip() == "Starts at −30 °C."
    assert "Cold <b>start</b>" in page.title.get_text()
    assert page.find("b", string="start") is None
