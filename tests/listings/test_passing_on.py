"""What a listing's page says to machines: structured data, previews of shared links, feeds, QR codes."""

import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.listings import lifecycle
from tests import factories
from tests.listings.viewers import grant
from tests.pages import soup

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
SVG = "{http://www.w3.org/2000/svg}"
SOON = timezone.localdate() + timedelta(days=30)


def structured(page: Any) -> Any:
    return json.loads(page.select_one("script[type='application/ld+json']").string)


def parsed(response: Any) -> Any:
    return ElementTree.fromstring(response.content)  # noqa: S314  the site wrote it


def entries(client: Client, path: str) -> list[Any]:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("application/atom+xml")
    return parsed(response).findall(f"{ATOM}entry")


def test_a_result_says_what_it_is_and_whose(client: Client) -> None:
    university = factories.make_organisation("Sample University", name_zh="样例大学")
    result = factories.make_result(
        university, title_en="Membrane", title_zh="膜", summary_en="Lets\nthrough.", live=True
    )
    page = soup(client.get(result.get_absolute_url(), headers={"accept-language": "en"}))
    said = structured(page)
    assert (said["@type"], said["name"], said["url"]) == (
        "CreativeWork",
        "Membrane",
        f"http://testserver{result.get_absolute_url()}",
    )
    assert said["creator"]["name"] == "Sample University"
    assert page.select_one("meta[property='og:description']")["content"] == "Lets through."
    assert page.select_one("link[rel=canonical]")["href"] == said["url"]
    chinese = soup(client.get(f"/zh-hans/results/{result.pk}-{result.slug}/"))
    assert (structured(chinese)["name"], structured(chinese)["creator"]["name"]) == (
        "膜",
        "样例大学",
    )
    assert chinese.select_one("meta[property='og:locale']")["content"] == "zh_CN"


def test_a_need_says_what_is_asked_until_when_and_for_how_much(client: Client) -> None:
    need = factories.make_need(
        title_en="Fast heating", deadline=SOON, budget_max=200_050, currency="CNY", live=True
    )
    said = structured(soup(client.get(need.get_absolute_url())))
    assert (said["@type"], said["validThrough"]) == ("Demand", SOON.isoformat())
    assert said["priceSpecification"] == {
        "@type": "PriceSpecification",
        "priceCurrency": "CNY",
        "maxPrice": "2000.50",
    }


def test_machines_are_told_what_everybody_may_read_whoever_asks(client: Client) -> None:
    need = factories.make_need(title_en="Quiet", budget_max=777, tiers={"budget": 3}, live=True)
    client.force_login(factories.owner_of(need.organisation))
    page = client.get(need.get_absolute_url())
    assert "7.77" in page.content.decode()
    assert "priceSpecification" not in structured(soup(page))


def test_nothing_that_was_written_ends_the_block_of_data(client: Client) -> None:
    evil = "</script><img src=x onerror=alert(1)>&amp;"
    result = factories.make_result(title_en=evil, summary_en=evil, live=True)
    page = soup(client.get(result.get_absolute_url()))
    assert structured(page)["name"] == evil
    assert not page.select("img[onerror]")
    [entry] = entries(client, "/en/results/feed/")
    assert entry.find(f"{ATOM}title").text == evil
    assert "<img" not in entry.find(f"{ATOM}summary").text


def test_a_feed_has_the_latest_of_what_is_live_and_keeps_its_entries(client: Client) -> None:
    factories.make_need(title_en="Draft")
    old = factories.make_need(title_en="Old", live=True)
    factories.make_need(title_en="New", live=True)
    first = entries(client, "/en/needs/feed/")
    assert [one.find(f"{ATOM}title").text for one in first] == ["New", "Old"]
    draft = lifecycle.working_copy(old)
    draft.title_en = "Renamed"
    lifecycle.save_draft(draft, author=old.author)
    factories.publish(old)
    renamed = entries(client, "/en/needs/feed/")
    assert {one.find(f"{ATOM}id").text for one in renamed} == {
        one.find(f"{ATOM}id").text for one in first
    }
    address = renamed[-1].find(f"{ATOM}link").attrib["href"].removeprefix("http://testserver")
    assert client.get(address, follow=True).status_code == 200


def test_a_feed_follows_the_filters_of_its_list(client: Client) -> None:
    factories.make_result(title_en="Licensed", cooperation_modes=["licence"], live=True)
    factories.make_result(title_en="Sold", cooperation_modes=["assignment"], live=True)
    page = soup(client.get("/en/results/?mode=licence"))
    address = page.select_one("link[type='application/atom+xml']")["href"]
    [entry] = entries(client, address)
    assert entry.find(f"{ATOM}title").text == "Licensed"
    assert entries(client, "/en/results/feed/?mode=nonsense&industry=%00")


def test_feeds_name_the_organisation_but_of_an_anonymous_need(client: Client) -> None:
    firm = factories.make_organisation("Open Works")
    hidden = factories.make_organisation("Canary Works")
    factories.make_need(firm, title_en="Open", live=True)
    need = factories.make_need(hidden, title_en="Hidden", anonymous=True, live=True)
    reader = factories.make_organisation()
    grant(need, reader)
    client.force_login(factories.owner_of(reader))
    by_title = {
        one.find(f"{ATOM}title").text: one.findtext(f"{ATOM}author/{ATOM}name")
        for one in entries(client, "/en/needs/feed/")
    }
    assert by_title == {"Open": "Open Works", "Hidden": None}
    feed = parsed(client.get("/en/needs/feed/"))
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Technology Transfer Marketplace"
    assert "Canary" not in client.get(need.get_absolute_url()).content.decode().split("</head>")[0]


def test_the_code_of_a_page_is_a_picture_and_a_draft_has_none(client: Client) -> None:
    live, draft = factories.make_result(live=True), factories.make_result()
    response = client.get(f"/en/listings/result/{live.pk}/code.svg")
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert parsed(response).find(f"{SVG}path") is not None
    assert client.get(f"/en/listings/result/{draft.pk}/code.svg").status_code == 404
    assert client.post(f"/en/listings/result/{live.pk}/code.svg").status_code == 405


def test_people_pass_on_a_short_address_that_leads_to_the_page(client: Client) -> None:
    need = factories.make_need(title_zh="电池包低温快速加热", live=True)
    page = soup(client.get(f"/zh-hans/needs/{need.pk}/", follow=True))
    short = f"http://testserver/zh-hans/needs/{need.pk}/"
    assert page.select_one("[data-copy]")["data-copy"] == short
    assert page.select_one(".share__address").get_text() == short
    assert "%3A%2F%2F" in page.select_one("a[href^='mailto:']")["href"]
    assert client.get(short)["Location"] == need.get_absolute_url()


def test_a_preview_is_not_passed_on(client: Client) -> None:
    draft = factories.make_result()
    client.force_login(draft.author)
    page = soup(client.get(f"/en/listings/result/{draft.pk}/preview/"))
    assert page.select_one("meta[name=robots]")["content"] == "noindex"
    assert not page.select("script[type='application/ld+json'], .share, link[rel=canonical]")
