"""Pages of text: their blocks, the way through them, and the switch of languages."""

import gc
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Picture
from wagtail.images.models import Image

from cms.models import ContentPage, HomePage
from tests.cms.clients import parsed

STORY: list[dict[str, Any]] = [
    {"type": "heading", "value": "Fees"},
    {"type": "text", "value": "<p>Free of charge.</p>"},
    {"type": "quote", "value": {"text": "A sample.", "source": "This test"}},
    {
        "type": "steps",
        "value": {
            "heading": "How",
            "steps": [{"title": "Publish", "text": "Now."}, {"title": "Wait", "text": ""}],
        },
    },
    {
        "type": "questions",
        "value": {
            "heading": "Asked often",
            "questions": [{"question": "Why?", "answer": "<p>Because.</p>"}],
        },
    },
    {
        "type": "table",
        "value": {
            "caption": "Rates",
            "columns": [{"type": "text", "heading": "What"}, {"type": "number", "heading": "%"}],
            "rows": [{"values": ["Publishing", "0.00"]}],
        },
    },
    {
        "type": "call_to_action",
        "value": {
            "heading": "Begin",
            "text": "",
            "links": [
                {"label": "All", "link": {"page": None, "destination": "needs", "address": ""}}
            ],
        },
    },
]


@pytest.fixture
def english(home: HomePage) -> ContentPage:
    return ContentPage.objects.get(slug="about", locale__language_code="en")


def written(page: ContentPage, body: list[dict[str, Any]], client: Client) -> Any:
    page.body = body
    page.save_revision().publish()
    answer = client.get(page.url)
    assert answer.status_code == 200
    return parsed(answer)


def test_every_block_is_drawn(english: ContentPage, client: Client) -> None:
    soup = written(english, STORY, client)
    assert soup.select_one("blockquote").get_text(strip=True) == "A sample."
    assert [step.strong.get_text() for step in soup.select(".steps li")] == ["Publish", "Wait"]
    assert soup.select_one(".question summary").get_text() == "Why?"
    assert soup.select_one(".question p").get_text() == "Because."
    assert soup.select_one("tbody th[scope=row]").get_text(strip=True) == "Publishing"
    assert soup.select_one("tbody td.number").get_text(strip=True) == "0.00"
    assert soup.select_one(".call-to-action a")["href"] == "/en/needs/"


def test_a_long_page_has_a_list_of_contents(english: ContentPage, client: Client) -> None:
    soup = written(english, STORY, client)
    links = soup.select(".contents a")
    assert [link.get_text() for link in links] == ["Fees", "How", "Asked often", "Begin"]
    assert all(soup.select_one(link["href"]).find("h2") for link in links)
    assert not written(english, STORY[:2], client).select(".contents")


# Wagtail leaves the temporary file of a new rendition to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_pictures_are_of_this_site(
    english: ContentPage, client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    drawn = tmp_path / "sample.png"
    Picture.new("RGB", (40, 20), "teal").save(drawn)
    upload = SimpleUploadedFile("sample.png", drawn.read_bytes(), "image/png")
    image = Image.objects.create(title="Sample", file=upload)
    value = {"image": image.pk, "alt_text": "A teal field", "decorative": False}
    block = {"type": "picture", "value": {"image": value, "caption": "Teal"}}
    picture = written(english, [block], client).select_one("figure img")
    assert picture["alt"] == "A teal field"
    assert picture["src"].startswith("/media/images/")
    assert "sample" not in picture["src"]
    assert client.get(image.file.url, follow=True).status_code == 404
    served = client.get(picture["src"])
    assert served.status_code == 200
    assert served.getvalue().startswith(b"\x89PNG")
    served.close()
    gc.collect()


def test_nothing_else_of_the_store_is_open(
    home: HomePage, client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "images").mkdir()
    secret = tmp_path / "files" / "ab" / "secret.pdf"
    secret.parent.mkdir(parents=True)
    secret.write_text("CANARY")
    for path in (
        "files/ab/secret.pdf",
        "images/../files/ab/secret.pdf",
        "images/%2e%2e/files/ab/secret.pdf",
        "images//../files/ab/secret.pdf",
        f"images/{secret}",
        "original_images/sample.png",
        "images/",
    ):
        assert client.get(f"/media/{path}", follow=True).status_code in {400, 404}, path


def test_breadcrumb_and_pages_below(english: ContentPage, client: Client) -> None:
    child = ContentPage(title="Team", slug="team", locale=english.locale)
    english.add_child(instance=child)
    above = parsed(client.get(english.url))
    assert above.select_one(".pages-below a")["href"] == "/en/about/team/"
    below = parsed(client.get(child.url))
    trail = [(a.get_text(strip=True), a["href"]) for a in below.select(".breadcrumb a")]
    assert trail == [("Home", "/en/"), ("About", "/en/about/")]


def alternates(client: Client, path: str) -> dict[str, str]:
    soup = parsed(client.get(path))
    return {link["hreflang"]: link["href"] for link in soup.select("link[rel=alternate]")}


def switch(client: Client, path: str, language: str) -> str:
    soup = parsed(client.get(path))
    return soup.select_one(f".tools a[hreflang={language}]")["href"]


def test_a_page_says_its_own_address_to_machines(english: ContentPage, client: Client) -> None:
    soup = parsed(client.get("/en/about/?utm_source=mail"))
    assert soup.select_one("link[rel=canonical]")["href"] == "http://testserver/en/about/"
    assert soup.select_one("meta[property='og:title']")["content"] == english.title


def test_the_switch_leads_to_the_same_page(english: ContentPage, client: Client) -> None:
    assert switch(client, "/en/about/", "zh-hans") == "/zh-hans/about/"
    assert switch(client, "/zh-hans/", "en") == "/en/"
    assert alternates(client, "/en/about/") == {
        "zh-hans": "http://testserver/zh-hans/about/",
        "en": "http://testserver/en/about/",
    }


def test_the_switch_follows_a_renamed_page_and_falls_back_to_home(
    english: ContentPage, client: Client
) -> None:
    english.slug = "about-us"
    english.save_revision().publish()
    assert switch(client, "/zh-hans/about/", "en") == "/en/about-us/"
    english.unpublish()
    assert switch(client, "/zh-hans/about/", "en") == "/en/"
    assert set(alternates(client, "/zh-hans/about/")) == {"zh-hans"}


@pytest.mark.parametrize("path", ["/en/nothing-here/", "/en/%F0%9F%92%A9/", "/zh-hans/about/x/"])
def test_what_does_not_exist_is_not_found(home: HomePage, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_without_a_language_the_readers_own_is_taken(home: HomePage, client: Client) -> None:
    answer = client.get("/", headers={"accept-language": "en"})
    assert answer.status_code == 302
    assert answer["Location"] == "/en/"
