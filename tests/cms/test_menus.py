"""Menus: editors choose the entries, readers get them in their language."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Site

from cms import navigation
from cms.models import ContentPage, HomePage, Menus
from tests.cms.articles import make_news
from tests.cms.clients import parsed


def entries(client: Client, language: str, place: str) -> list[tuple[str, str]]:
    soup = parsed(client.get(f"/{language}/privacy/"))
    region = ".main-nav" if place == "header" else ".site-footer nav"
    return [(a.get_text(strip=True), a["href"]) for a in soup.select(f"{region} a")]


def fill(**places: list[dict[str, Any]]) -> None:
    menus = Menus.objects.get()
    for place, raw in places.items():
        setattr(menus, place, raw)
    menus.save()


def page(slug: str, language: str = "zh-hans") -> ContentPage:
    return ContentPage.objects.get(slug=slug, locale__language_code=language)


def link_to(page: ContentPage) -> dict[str, Any]:
    return {"type": "page", "value": page.pk}


def test_the_first_menus(home: HomePage, client: Client) -> None:
    assert [url for _title, url in entries(client, "en", "header")] == [
        "/en/results/",
        "/en/needs/",
        "/en/organisations/",
        "/en/experts/",
        "/en/brokers/",
    ]
    footer = entries(client, "zh-hans", "footer")
    assert footer[:3] == [
        ("关于平台", "/zh-hans/about/"),
        ("帮助", "/zh-hans/help/"),
        ("隐私说明", "/zh-hans/privacy/"),
    ]
    assert [url for _title, url in footer[3:]] == ["/zh-hans/notices/", "/zh-hans/figures/"]


def test_a_list_is_linked_once_something_is_published_in_it(home: HomePage, client: Client) -> None:
    published = make_news(language="zh-hans")
    assert ("新闻", "/zh-hans/news/") in entries(client, "zh-hans", "header")
    assert "/en/news/" not in dict(entries(client, "en", "header")).values()
    make_news()
    assert entries(client, "en", "header")[-1] == ("News", "/en/news/")
    published.unpublish()
    assert "新闻" not in dict(entries(client, "zh-hans", "header"))


def test_a_page_is_linked_in_the_readers_language(home: HomePage, client: Client) -> None:
    fill(header=[link_to(page("help")), link_to(page("about", "en"))])
    assert entries(client, "en", "header") == [("Help", "/en/help/"), ("About", "/en/about/")]
    assert entries(client, "zh-hans", "header")[1] == ("关于平台", "/zh-hans/about/")


def test_a_page_without_translation_is_linked_as_it_is(home: HomePage, client: Client) -> None:
    page("about", "en").unpublish()
    fill(header=[link_to(page("about"))])
    assert entries(client, "en", "header") == [("关于平台", "/zh-hans/about/")]


def test_pages_that_are_gone_leave_the_menu(home: HomePage, client: Client) -> None:
    about, helping = page("about"), page("help")
    fill(header=[link_to(about), link_to(helping)])
    page("about", "en").unpublish()
    about.unpublish()
    assert [title for title, _url in entries(client, "zh-hans", "header")] == ["帮助"]
    page("help", "en").delete()
    helping.delete()
    assert "帮助" not in dict(entries(client, "zh-hans", "header"))


def test_other_addresses_have_a_title_in_each_language(home: HomePage, client: Client) -> None:
    value = {"title_zh": "备案", "title_en": "Filing", "address": "https://example.org/"}
    fill(footer=[{"type": "address", "value": value}])
    assert entries(client, "zh-hans", "footer") == [("备案", "https://example.org/")]
    assert entries(client, "en", "footer") == [("Filing", "https://example.org/")]


def test_one_query_however_many_entries(
    home: HomePage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fill(header=[link_to(page(slug)) for slug in ("about", "help", "privacy")] * 3)
    request = RequestFactory().get("/en/")
    with translation.override("en"):
        navigation.menu(RequestFactory().get("/en/"), "header")
        with django_assert_num_queries(1):
            header = navigation.menu(request, "header")
            navigation.menu(request, "footer")
    assert len(header) == 9


def test_what_changes_is_shown_anew(home: HomePage, client: Client) -> None:
    fill(header=[link_to(page("help"))], footer=[])
    assert entries(client, "en", "header") == [("Help", "/en/help/")]
    renamed = page("help", "en")
    renamed.title, renamed.slug = "First steps", "first-steps"
    renamed.save_revision().publish()
    assert entries(client, "en", "header") == [("First steps", "/en/first-steps/")]
    assert entries(client, "zh-hans", "header") == [("帮助", "/zh-hans/help/")]
    fill(header=[link_to(page("about"))])
    assert entries(client, "en", "header") == [("About", "/en/about/")]


def test_a_page_that_moves_and_a_site_that_does_are_linked_anew(
    home: HomePage, client: Client
) -> None:
    fill(header=[link_to(page("help"))])
    assert entries(client, "en", "header") == [("Help", "/en/help/")]
    page("help", "en").move(page("about", "en"), pos="last-child")
    assert entries(client, "en", "header") == [("Help", "/en/about/help/")]
    Site.objects.create(hostname="other.example", root_page=page("privacy"))
    default = Site.objects.get(is_default_site=True)
    default.hostname, default.port = "transfer.example", 80
    default.save()
    moved = "http://transfer.example/en/about/help/"
    assert entries(client, "en", "header") == [("Help", moved)]


def form(
    home: HomePage, value: str = "needs", address: str = "https://example.org/"
) -> dict[str, str]:
    return {
        "header-count": "2",
        "header-0-deleted": "",
        "header-0-order": "1",
        "header-0-type": "destination",
        "header-0-id": "",
        "header-0-value": value,
        "header-1-deleted": "",
        "header-1-order": "0",
        "header-1-type": "page",
        "header-1-id": "",
        "header-1-value": str(page("help").pk),
        "footer-count": "1",
        "footer-0-deleted": "",
        "footer-0-order": "0",
        "footer-0-type": "address",
        "footer-0-id": "",
        "footer-0-value-title_zh": "外部",
        "footer-0-value-title_en": "Elsewhere",
        "footer-0-value-address": address,
    }


def edit() -> str:
    return reverse("wagtailsettings:edit", args=["cms", "menus", Menus.objects.get().pk])


def test_an_administrator_edits_them(
    home: HomePage, administrator_client: Client, client: Client
) -> None:
    assert administrator_client.get(edit()).status_code == 200
    answer = administrator_client.post(edit(), form(home))
    assert answer.status_code == 302
    assert [url for _title, url in entries(client, "en", "header")] == ["/en/help/", "/en/needs/"]
    assert entries(client, "en", "footer") == [("Elsewhere", "https://example.org/")]


@pytest.mark.parametrize(
    "wrong",
    [{"address": "javascript:alert(1)"}, {"address": "ftp://example.org"}, {"value": "wagtail"}],
)
def test_bad_entries_are_refused(
    home: HomePage, administrator_client: Client, wrong: dict[str, str]
) -> None:
    before = list(Menus.objects.values())
    answer = administrator_client.post(edit(), form(home, **wrong))
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert list(Menus.objects.values()) == before
