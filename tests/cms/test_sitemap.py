"""What search engines are told: every public address in both languages, and nothing else."""

from typing import Any
from xml.etree import ElementTree as ET

from django.test import Client

from cms.models import ContentPage, HomePage
from marketplace.listings import lifecycle
from tests.factories import make_need, make_organisation, make_result
from tests.pages import sitemap

SCHEMA = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def test_the_index_names_every_section_and_each_answers(home: HomePage, client: Client) -> None:
    make_result(live=True)
    index = ET.fromstring(client.get("/sitemap.xml").content)  # noqa: S314  the site's own answer
    addresses = [node.text or "" for node in index.iter(f"{SCHEMA}loc")]
    assert len(addresses) == 6
    for address in addresses:
        assert client.get(address.removeprefix("http://testserver")).status_code == 200


def test_every_public_list_is_in_it(home: HomePage, client: Client) -> None:
    found = {address.removeprefix("http://testserver/en/") for address in sitemap(client, "lists")}
    assert {"results/", "needs/", "organisations/", "experts/", "brokers/", "notices/"} <= found


def test_pages_stand_in_both_languages(home: HomePage, client: Client) -> None:
    pages = sitemap(client, "pages")
    assert pages["http://testserver/en/about/"] == {
        "zh-hans": "http://testserver/zh-hans/about/",
        "en": "http://testserver/en/about/",
        "x-default": "http://testserver/about/",
    }
    assert client.get("/about/", headers={"accept-language": "en"})["Location"] == "/en/about/"
    ContentPage.objects.get(slug="about", locale__language_code="en").unpublish()
    pages = sitemap(client, "pages")
    assert "http://testserver/en/about/" not in pages
    assert "en" not in pages["http://testserver/zh-hans/about/"]


def test_live_listings_only_and_each_address_answers(home: HomePage, client: Client) -> None:
    result = make_result(title_zh="样例成果", title_en="Sample result", live=True)
    gone = make_result(live=True)
    lifecycle.withdraw(gone, author=gone.author)
    make_result()
    found = sitemap(client, "results")
    assert len(found) == 2
    for address, alternates in found.items():
        assert f"/{result.pk}-" in address
        assert set(alternates) == {"zh-hans", "en", "x-default"}
        assert client.get(address.removeprefix("http://testserver")).status_code == 200


def test_an_anonymous_need_leaks_nothing(home: HomePage, client: Client) -> None:
    organisation = make_organisation("Canary Works Ltd", name_zh="金丝雀工厂", slug="canary-works")
    make_need(organisation, live=True, anonymous=True)
    for section in ("pages", "lists", "results", "needs"):
        text = client.get(f"/sitemap-{section}.xml").content.decode()
        assert "anary" not in text
        assert "金丝雀" not in text
    assert len(sitemap(client, "needs")) == 2


def test_robots_point_to_the_sitemap_and_away_from_the_desk(home: HomePage, client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    text = answer.content.decode()
    assert "Disallow: /wagtail/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


def test_few_queries_for_many_listings(
    home: HomePage, client: Client, django_assert_max_num_queries: Any
) -> None:
    for _number in range(5):
        make_need(live=True)
    with django_assert_max_num_queries(4):
        client.get("/sitemap-needs.xml")
