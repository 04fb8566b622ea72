"""The home page: real content, the same for everybody, never more than is public."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from cms import setup
from cms.models import FeaturedPairing, HomePage
from cms.scores import scores
from marketplace.listings import lifecycle
from search import matching
from tests.cms.clients import parsed, signed_in
from tests.factories import (
    make_administrator,
    make_industry,
    make_need,
    make_organisation,
    make_region,
    make_result,
    owner_of,
)

MOST_QUERIES = 15


def page(client: Client, language: str = "en") -> Any:
    answer = client.get(f"/{language}/")
    assert answer.status_code == 200
    return parsed(answer)


def tiles(client: Client) -> dict[str, int]:
    return {
        tile.dt.get_text(strip=True): int(tile.dd.get_text(strip=True))
        for tile in page(client).select(".tile")
    }


def fill(count: int) -> None:
    """Publish `count` results, needs and pairings, with all that a card shows."""
    industry, region = make_industry("C3841"), make_region("3301")
    for _number in range(count):
        place: dict[str, Any] = {"industry": industry, "region": region, "live": True}
        result = make_result(trl=5, price_min=100, **place)
        need = make_need(anonymous=True, budget_max=500, **place)
        FeaturedPairing.objects.create(result=result, need=need, note_en="Samples.")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("count", [1, 6])
def test_few_queries_however_much_there_is(
    home: Any,
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    language: str,
    count: int,
) -> None:
    setup.ensure_menus(home)
    fill(count)
    client.get(f"/{language}/")
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(f"/{language}/")


def test_the_number_of_queries_does_not_grow(home: Any, client: Client) -> None:
    numbers = []
    for _round in range(2):
        fill(3)
        client.get("/en/")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/en/")
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


def test_an_empty_market_shows_no_number_and_says_how_to_begin(home: Any, client: Client) -> None:
    soup = page(client)
    assert not soup.select(".tile")
    assert not soup.select(".pairing")
    assert len(soup.select(".empty a")) == 2
    assert soup.h1.get_text() == "Where research results meet technology needs"
    assert len(soup.select(".way-in a")) == 3


def test_numbers_are_counted_and_anonymous_organisations_are_not(home: Any, client: Client) -> None:
    named, hidden = make_organisation(), make_organisation()
    make_result(named, live=True)
    make_result(named, live=True)
    make_result(live=False)
    make_need(hidden, live=True, anonymous=True)
    assert tiles(client) == {
        "research results": 2,
        "technology needs": 1,
        "organisations named in them": 1,
    }
    make_need(hidden, live=True)
    assert tiles(client)["organisations named in them"] == 2


def test_the_latest_come_first_and_drafts_not_at_all(home: Any, client: Client) -> None:
    titles = [f"Sample no. {number}" for number in range(6)]
    for title in titles:
        make_result(title_en=title, live=True)
    make_result(title_en="Sample draft")
    shown = [title.get_text(strip=True) for title in page(client).select(".listing__title")]
    assert shown == titles[:1:-1]


def test_a_withdrawn_listing_is_gone_at_once(home: Any, client: Client) -> None:
    need = make_need(title_en="Sample that leaves", live=True)
    assert "Sample that leaves" in client.get("/en/").content.decode()
    lifecycle.withdraw(need, author=need.author)
    assert "Sample that leaves" not in client.get("/en/").content.decode()


def test_an_anonymous_need_names_nobody_to_anybody(home: Any, client: Client) -> None:
    organisation = make_organisation("Canary Works Ltd", name_zh="金丝雀工厂", slug="canary-slug")
    need = make_need(organisation, live=True, anonymous=True)
    result = make_result(live=True)
    FeaturedPairing.objects.create(result=result, need=need, note_en="Samples.")
    for reader in (client, signed_in(owner_of(organisation)), signed_in(make_administrator())):
        for path in ("/zh-hans/", "/en/", "/zh-hans/featured/", "/en/featured/"):
            html = reader.get(path).content.decode()
            assert need.title in html
            for name in ("Canary Works", "金丝雀", "canary-slug"):
                assert name not in html


def test_three_pairings_are_shown_and_all_behind_a_link(home: Any, client: Client) -> None:
    fill(12)
    front = page(client)
    assert len(front.select(".pairing")) == 3
    address = front.select_one("#pairings").find_next("a", string="See all")["href"]
    lists = [parsed(client.get(address + query)) for query in ("", "?page=2")]
    assert [len(one.select(".pairing")) for one in lists] == [10, 2]


def test_no_inline_script_or_style(home: Any, client: Client) -> None:
    fill(1)
    soup = page(client)
    assert not soup.select("script:not([src], [type='application/ld+json'])")
    assert not soup.select("style, [style], [onclick]")
    policy = client.get("/en/").headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy


def test_a_link_to_the_site_says_whose_it_is(home: HomePage, client: Client) -> None:
    soup = page(client)
    assert soup.select_one("link[rel=canonical]")["href"] == "http://testserver/en/"
    said = {tag["property"]: tag["content"] for tag in soup.select("meta[property]")}
    assert said["og:title"] == said["og:site_name"] == "Technology Transfer Marketplace"
    assert said["og:description"] == soup.select_one(".hero__lead").get_text()
    data = json.loads(soup.select_one("script[type='application/ld+json']").string)
    assert (data["@type"], data["inLanguage"]) == ("WebSite", "en")


def test_search_examples_are_links_to_the_search(home: HomePage, client: Client) -> None:
    with translation.override("en"):
        english = HomePage.objects.get(locale__language_code="en")
    english.search_examples = "sodium-ion cathode\n\n<b>耐寒 & 电池</b>\n"
    english.save_revision().publish()
    links = page(client).select(".hero__examples a")
    assert [link.get_text() for link in links] == ["sodium-ion cathode", "<b>耐寒 & 电池</b>"]
    assert links[1]["href"].endswith("q=%3Cb%3E%E8%80%90%E5%AF%92+%26+%E7%94%B5%E6%B1%A0%3C%2Fb%3E")


@pytest.fixture
def indexed_pairing(home: Any, settings: Any, tmp_path: Any) -> FeaturedPairing:
    settings.SEARCH_INDEX_DIR = tmp_path
    result = make_result(title_en="Sodium ion cathode for cold climates", live=True)
    need = make_need(title_en="Cathode for sodium ion cells in cold climates", live=True)
    make_result(title_en="Desulphurisation gypsum binder", live=True)
    call_command("search_rebuild", verbosity=0)
    cache.clear()
    return FeaturedPairing.objects.create(result=result, need=need, note_en="Samples.")


def test_the_score_is_the_engines_and_its_reasons_sum_to_it(
    indexed_pairing: FeaturedPairing, client: Client
) -> None:
    match = matching.pair(
        need=indexed_pairing.need, result=indexed_pairing.result, viewer=make_administrator()
    )
    assert match.score > 40
    shown = page(client).select_one(".pairing .score__value").get_text(strip=True)
    assert shown == str(round(match.score))
    points = [c.points for c in match.contributions]
    assert sum(points) == pytest.approx(float(match.score))
    assert len(page(client).select(".pairing .reasons tbody tr")) == len(points)


def test_reasons_are_in_the_readers_language(
    indexed_pairing: FeaturedPairing,
) -> None:
    known = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            scored = scores([indexed_pairing], viewer=make_administrator())
            known.append(scored[indexed_pairing.pk].contributions)
    assert [c.points for c in known[0]] == [c.points for c in known[1]]


def test_a_pair_that_the_index_does_not_know_has_no_score(
    home: Any, client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.SEARCH_INDEX_DIR = tmp_path
    fill(1)
    soup = page(client)
    assert soup.select(".pairing")
    assert not soup.select(".pairing .score")
