"""News: the latest first, in their language, on their list, on the home page and in the feed."""

from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from cms.models import HomePage
from tests.cms.articles import make_news, make_picture, wagtails_files
from tests.cms.clients import parsed
from tests.pages import sitemap

DAY = date(2026, 3, 1)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def titles(client: Client, address: str, region: str = "main") -> list[str]:
    found = parsed(client.get(address)).select(f"{region} .listing__title a")
    return [link.get_text(strip=True) for link in found]


def test_the_list_begins_with_the_latest_and_has_pages(home: HomePage, client: Client) -> None:
    for number in range(14):
        make_news(f"News {number}", date=DAY + timedelta(days=number))
    make_news("新闻", language="zh-hans")
    assert titles(client, "/en/news/") == [f"News {n}" for n in range(13, 1, -1)]
    assert titles(client, "/en/news/?page=2") == ["News 1", "News 0"]
    assert titles(client, "/en/news/?page=x") == titles(client, "/en/news/")
    assert titles(client, "/zh-hans/news/") == ["新闻"]


def test_an_empty_list_says_so(home: HomePage, client: Client) -> None:
    assert "There is no news yet" in client.get("/en/news/").content.decode()


def test_the_home_page_shows_three(home: HomePage, client: Client) -> None:
    assert parsed(client.get("/en/")).select("#news") == []
    for number in range(4):
        make_news(f"News {number}", date=DAY + timedelta(days=number))
    draft = make_news("Draft", date=DAY + timedelta(days=9))
    draft.unpublish()
    region = 'section[aria-labelledby="news"]'
    assert titles(client, "/en/", region) == ["News 3", "News 2", "News 1"]
    assert titles(client, "/zh-hans/", region) == []


@wagtails_files
def test_an_article_says_what_it_is(home: HomePage, client: Client) -> None:
    picture = make_picture()
    page = make_news(date=DAY, picture=picture, picture_alt="A teal field", slug="sample")
    html = parsed(client.get("/en/news/sample/"))
    assert "A sample." in html.select_one(".story").get_text()
    data = html.select_one('script[type="application/ld+json"]').string
    for said in ('"@type": "NewsArticle"', '"datePublished": "2026-03-01"', '"headline": "Sample'):
        assert said in data
    assert html.select_one('meta[property="og:title"]')["content"] == page.title
    assert html.select_one("figure img")["alt"] == "A teal field"
    assert "http://testserver/en/news/sample/" in sitemap(client, "pages")


def test_the_feed(home: HomePage, client: Client) -> None:
    make_news("Latest <b>", date=DAY, slug="latest")
    make_news("新闻", language="zh-hans")
    answer = client.get("/en/news.atom")
    assert answer["Content-Type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)  # noqa: S314  the site's own answer
    assert [e.findtext(f"{ATOM}title") for e in feed.iter(f"{ATOM}entry")] == ["Latest <b>"]
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Technology Transfer Marketplace"
    link = feed.find(f"{ATOM}entry/{ATOM}link")
    assert link is not None
    assert link.attrib["href"].endswith("/en/news/latest/")


@wagtails_files
def test_pictures_take_no_more_queries(
    home: HomePage, client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        make_news(f"News {number}", picture=make_picture(), picture_alt="A field")
    client.get("/en/news/")
    client.get("/en/")
    with django_assert_max_num_queries(15):
        client.get("/en/news/")
    with django_assert_max_num_queries(15):
        client.get("/en/")
