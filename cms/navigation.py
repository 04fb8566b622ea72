"""What the menus show one reader: one query while nothing of it changes.

A page without a public version in the reader's language is linked in the language it has; a page that
is no longer public is left out, and so is a list of news or cases while nothing is published in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.translation import get_language
from wagtail.models import Page

from cms.destinations import Destination
from cms.models import CaseIndexPage, Menus, NewsIndexPage
from marketplace.bilingual import reader_suffix

PLACES = ("header", "footer")


class Entry(NamedTuple):
    title: str
    url: str


def menu(request: HttpRequest, place: str) -> Sequence[Entry]:
    """Return the entries of the menu at `place`, `header` or `footer`; read once per request."""
    if not hasattr(request, "_menus"):
        request._menus = _menus()  # type: ignore[attr-defined]
    return request._menus.get(place, ())  # type: ignore[attr-defined]


def _menus() -> Mapping[str, Sequence[Entry]]:
    """Return what the menus show, put together anew only where something of it has changed."""
    version = Menus.objects.values_list("version", flat=True).first()
    return _put_together(version, get_language()) if version else {}


@lru_cache(maxsize=8)
def _put_together(_version: UUID, language: str) -> Mapping[str, Sequence[Entry]]:
    """Return the entries of each menu for readers of `language`, which must be the current one."""
    menus = Menus.objects.get()
    raw = {place: getattr(menus, place).raw_data for place in PLACES}
    pages = _pages([item["value"] for items in raw.values() for item in items], language)
    return {
        place: [entry for item in items if (entry := _entry(item, pages))]
        for place, items in raw.items()
    }


def _pages(values: Iterable[Any], language: str) -> dict[int, Page]:
    """Return the public page to link for each of `values` that is the number of one."""
    numbers = [value for value in values if isinstance(value, int)]
    keys = Page.objects.filter(pk__in=numbers).values("translation_key")
    articles = Page.objects.live().filter(
        path__startswith=OuterRef("path"), depth=OuterRef("depth") + 1
    )
    lists = ContentType.objects.get_for_models(CaseIndexPage, NewsIndexPage).values()
    is_empty = Q(content_type__in=lists) & ~Exists(articles)
    versions = (
        Page.objects.filter(translation_key__in=keys)
        .annotate(is_empty=is_empty)
        .select_related("locale")
    )
    own = {
        page.translation_key: page
        for page in versions
        if page.live and page.locale.language_code == language
    }
    linked = {page.pk: own.get(page.translation_key, page) for page in versions}
    return {pk: page for pk, page in linked.items() if page.live and not page.is_empty}


def _entry(item: Mapping[str, Any], pages: Mapping[int, Page]) -> Entry | None:
    value = item["value"]
    match item["type"]:
        case "page":
            page = pages.get(value)
            return Entry(page.title, page.get_url()) if page else None
        case "destination":
            destination = Destination(value)
            return Entry(str(destination.label), destination.url)
        case _:
            return Entry(value[f"title_{reader_suffix()}"], value["address"])
