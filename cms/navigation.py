"""What the menus show one reader: two queries, however many entries there are.

A page without a public version in the reader's language is linked in the language it has; a page that
is no longer public is left out, and so is a list of news or cases while nothing is published in it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.utils.translation import get_language
from wagtail.models import Page, Site
from wagtail.query import PageQuerySet

from cms.destinations import Destination
from cms.models import CaseIndexPage, Menus, NewsIndexPage
from marketplace.bilingual import reader_suffix

PLACES = ("header", "footer")
_SHOWN = (
    "pk",
    "translation_key",
    "live",
    "title",
    "url_path",
    "locale__language_code",
    "is_empty",
    "address",
)


class Entry(NamedTuple):
    title: str
    url: str


def menu(request: HttpRequest, place: str) -> Sequence[Entry]:
    """Return the entries of the menu at `place`, `header` or `footer`; read once per request."""
    if not hasattr(request, "_menus"):
        request._menus = _menus()  # type: ignore[attr-defined]
    return request._menus.get(place, ())  # type: ignore[attr-defined]


def _menus() -> Mapping[str, Sequence[Entry]]:
    """Return what the menus show now, put together anew only where something of it has changed."""
    menus = Menus.objects.first()
    if menus is None:
        return {}
    raw = {place: list(getattr(menus, place).raw_data) for place in PLACES}
    pages = _versions(_numbers(raw)).values_list(*_SHOWN)
    state = (get_language(), tuple(pages))
    return _put_together(json.dumps(raw), state)


@lru_cache(maxsize=8)
def _put_together(raw: str, _state: object) -> Mapping[str, Sequence[Entry]]:
    """Return the entries of each menu; `_state` changes with what they show in the language."""
    menus = json.loads(raw)
    pages = _pages(_numbers(menus))
    return {
        place: [entry for item in items if (entry := _entry(item, pages))]
        for place, items in menus.items()
    }


def _numbers(menus: Mapping[str, Iterable[Mapping[str, Any]]]) -> list[int]:
    values = (item["value"] for items in menus.values() for item in items)
    return [value for value in values if isinstance(value, int)]


def _versions(numbers: Sequence[int]) -> PageQuerySet:
    """Return the pages with these numbers in all languages, each with whether it `is_empty` and with
    the `address` of the site.
    """
    keys = Page.objects.filter(pk__in=numbers).values("translation_key")
    articles = Page.objects.live().filter(
        path__startswith=OuterRef("path"), depth=OuterRef("depth") + 1
    )
    lists = ContentType.objects.get_for_models(CaseIndexPage, NewsIndexPage).values()
    site = Site.objects.filter(is_default_site=True)
    address = ("hostname", Value(":"), "port", Value("/"), "root_page")
    return Page.objects.filter(translation_key__in=keys).annotate(
        is_empty=Q(content_type__in=lists) & ~Exists(articles),
        address=Subquery(
            site.values(at=Concat(*address, output_field=TextField()))[:1],
        ),
    )


def _pages(numbers: Sequence[int]) -> dict[int, Page]:
    """Return the public page to link for each of `numbers`."""
    versions = _versions(numbers).select_related("locale")
    own = {
        page.translation_key: page
        for page in versions
        if page.live and page.locale.language_code == get_language()
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
