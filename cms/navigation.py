"""What the menus show one reader: two queries, however many entries there are.

A page without a public version in the reader's language is linked in the language it has; a page that
is no longer public is left out.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.translation import get_language
from wagtail.models import Page

from cms.destinations import Destination
from cms.models import Menus
from marketplace.bilingual import reader_suffix

PLACES = ("header", "footer")


class Entry(NamedTuple):
    title: str
    url: str


def menu(request: HttpRequest, place: str) -> list[Entry]:
    """Return the entries of the menu at `place`, `header` or `footer`; read once per request."""
    if not hasattr(request, "_menus"):
        request._menus = _menus(request)  # type: ignore[attr-defined]
    return request._menus[place]  # type: ignore[attr-defined]


def _menus(request: HttpRequest) -> dict[str, list[Entry]]:
    menus = Menus.objects.first()
    if menus is None:
        return {place: [] for place in PLACES}
    raw = {place: list(getattr(menus, place).raw_data) for place in PLACES}
    pages = _pages(item["value"] for items in raw.values() for item in items)
    return {
        place: [entry for item in items if (entry := _entry(item, pages, request))]
        for place, items in raw.items()
    }


def _pages(values: Iterable[Any]) -> dict[int, Page]:
    """Return the public page to link for each page number among `values`."""
    numbers = [value for value in values if isinstance(value, int)]
    if not numbers:
        return {}
    keys = Page.objects.filter(pk__in=numbers).values("translation_key")
    versions = Page.objects.filter(translation_key__in=keys).select_related("locale")
    own = {
        page.translation_key: page
        for page in versions
        if page.live and page.locale.language_code == get_language()
    }
    return {
        page.pk: own.get(page.translation_key, page)
        for page in versions
        if page.live or page.translation_key in own
    }


def _entry(
    item: Mapping[str, Any], pages: Mapping[int, Page], request: HttpRequest
) -> Entry | None:
    value = item["value"]
    match item["type"]:
        case "page":
            page = pages.get(value)
            return Entry(page.title, page.get_url(request)) if page else None
        case "destination":
            destination = Destination(value)
            return Entry(str(destination.label), destination.url)
        case _:
            return Entry(value[f"title_{reader_suffix()}"], value["address"])
