"""Rich text cannot smuggle in scripts, remote pictures or treacherous links."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from cms.blocks.text import CleanRichTextBlock
from cms.html import CleanRichText, clean_shown, clean_stored
from cms.models import ContentPage, HomePage
from tests.cms.clients import parsed

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<img src="https://tracker.example.org/pixel.gif">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVa&#x09;ScRiPt:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<p style="background:url(https://tracker.example.org)" onclick="alert(1)">x</p>',
    '<iframe src="https://tracker.example.org"></iframe>',
    "<svg><script>alert(1)</script></svg>",
    '<embed embedtype="media" url="https://tracker.example.org/v"/>',
    '<embed embedtype="image" id="1" format="left" alt="x"/>',
    "<style>p{display:none}</style>",
    '<form action="https://tracker.example.org"><input name=password></form>',
    "<math><mtext></form><mglyph><style></math><img src onerror=alert(1)>",
    '<p onmouseover="alert(1)" class="button" id="main">x</p>',
    '<base href="https://tracker.example.org/"><meta http-equiv="refresh" content="0">',
]
FORBIDDEN = {"script", "img", "iframe", "svg", "embed", "style", "form", "input", "base", "meta"}
HARMLESS = {"href", "rel", "data-block-key", "linktype", "id"}


def assert_harmless(html: str) -> None:
    for tag in parsed(html).find_all(True):
        assert tag.name not in FORBIDDEN
        assert set(tag.attrs) <= (HARMLESS if tag.name == "a" else {"data-block-key"})
        href = tag.get("href", "")
        assert ":" not in href or href.split(":")[0] in {"http", "https", "mailto", "tel"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_harmful_is_stored_or_shown(db: Any, attack: str) -> None:
    assert_harmless(clean_stored(attack))
    assert_harmless(clean_shown(attack))
    block = CleanRichTextBlock()
    assert_harmless(block.value_from_form(attack).source)
    for value in (block.to_python(attack), block.normalize(attack), CleanRichText(attack)):
        assert_harmless(str(value))
        rendered = parsed(block.render(value)).select_one(".prose")
        assert_harmless(rendered.decode_contents())


def test_what_editors_need_stays(home: HomePage) -> None:
    about = ContentPage.objects.get(slug="about", locale__language_code="en")
    source = (
        '<h3 data-block-key="a1">Fees</h3><p>H<sub>2</sub>O and <b>figures</b>, '
        f'<a linktype="page" id="{about.pk}">about us</a>, '
        '<a href="https://example.org/x?y=1">there</a>, '
        '<a href="mailto:help@example.org">write</a></p><ol><li>one</li></ol>'
    )
    assert clean_stored(source) == source
    with translation.override("en"):
        shown = parsed(str(CleanRichText(source)))
    assert [a["href"] for a in shown.select("a")] == [
        "/en/about/",
        "https://example.org/x?y=1",
        "mailto:help@example.org",
    ]
    assert shown.select_one("sub").get_text() == "2"
    assert "data-block-key" not in str(shown)


def draftail(url: str) -> str:
    """Return what the editor sends for a paragraph with a link to `url` in it."""
    block = {
        "key": "abcde",
        "text": "Read <b>this</b> link",
        "type": "unstyled",
        "depth": 0,
        "inlineStyleRanges": [],
        "entityRanges": [{"offset": 0, "length": 4, "key": 0}],
    }
    entity = {"type": "LINK", "mutability": "MUTABLE", "data": {"url": url}}
    return json.dumps({"blocks": [block], "entityMap": {"0": entity}})


def page_form(text: str, **extra: str) -> dict[str, str]:
    return {
        "title": "Sample page",
        "slug": "sample-page",
        "introduction": "",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "text",
        "body-0-id": "",
        "body-0-value": text,
        "seo_title": "",
        "search_description": "",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "action-publish": "action-publish",
        **extra,
    }


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://example.org/"])
def test_through_the_editor(
    home: HomePage, administrator_client: Client, client: Client, link: str
) -> None:
    add = reverse("wagtailadmin_pages:add", args=["cms", "contentpage", home.pk])
    answer = administrator_client.post(add, page_form(draftail(link)))
    assert answer.status_code == 302, answer.context["form"].errors
    html = client.get("/zh-hans/sample-page/").content.decode()
    assert escape("<b>this</b>") in html
    assert "javascript:" not in html
    assert ('href="https://example.org/"' in html) == link.startswith("https")


def test_titles_and_introductions_are_text(
    home: HomePage, administrator_client: Client, client: Client
) -> None:
    add = reverse("wagtailadmin_pages:add", args=["cms", "contentpage", home.pk])
    markup = "<script>alert(1)</script>"
    extra = {"title": f"Sample {markup}", "introduction": markup, "search_description": markup}
    administrator_client.post(add, page_form(draftail("https://example.org/"), **extra))
    assert markup not in client.get("/zh-hans/sample-page/").content.decode()
