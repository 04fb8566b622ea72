"""What the home page shows of the market: the same for every reader, so never more than is public.

Every number is counted when the page is asked for; a number that is zero is not shown.
"""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, QuerySet, Value
from django.utils.translation import gettext as _

from cms import showcase
from cms.destinations import Destination
from cms.models.news import latest_news
from marketplace.amounts import counted
from marketplace.listings import organisations, visibility
from marketplace.listings.cards import RELATED
from marketplace.listings.models import ResearchResult, TechnologyNeed

LATEST = 4
PAIRINGS = 3
NEWS = 3


class Latest(NamedTuple):
    """A panel of newest listings, or what it says and where it leads while there are none."""

    title: str
    cards: list[dict[str, Any]]
    more: Destination
    empty: str
    begin: Destination


class Tile(NamedTuple):
    label: str
    value: str
    url: str = ""


def panels(*, search_examples: list[str], locale: int) -> dict[str, Any]:
    """Return the template context of the home page's panels; the news are those in `locale`."""
    results = visibility.live_for(ResearchResult.objects.all(), showcase.ANYONE)
    needs = visibility.live_for(TechnologyNeed.objects.all(), showcase.ANYONE)
    return {
        "examples": [(text, _search_url(text)) for text in search_examples],
        "tiles": _tiles(results, needs),
        "pairings": showcase.cards(showcase.shown()[:PAIRINGS]),
        "news": latest_news().filter(locale=locale)[:NEWS],
        "latest": [
            Latest(
                title=_("Latest research results"),
                cards=_latest(results),
                more=Destination.RESULTS,
                empty=_("No result has been published yet."),
                begin=Destination.NEW_RESULT,
            ),
            Latest(
                title=_("Latest technology needs"),
                cards=_latest(needs),
                more=Destination.NEEDS,
                empty=_("No need has been posted yet."),
                begin=Destination.NEW_NEED,
            ),
        ],
    }


def _search_url(text: str) -> str:
    return f"{Destination.SEARCH.url}?{urlencode({'q': text})}"


def _latest(listings: QuerySet[Any]) -> list[dict[str, Any]]:
    newest = listings.select_related(*RELATED).order_by("-first_published_at", "-pk")[:LATEST]
    return [showcase.public_card(listing) for listing in newest]


def _tiles(results: QuerySet[ResearchResult], needs: QuerySet[TechnologyNeed]) -> list[Tile]:
    numbers = _counts(results=results, needs=needs, organisations=organisations.named())
    tiles = {
        "results": (_("research results"), Destination.RESULTS),
        "needs": (_("technology needs"), Destination.NEEDS),
        "organisations": (_("organisations named in them"), Destination.ORGANISATIONS),
    }
    return [
        Tile(label, counted(numbers[name]), leads_to.url)
        for name, (label, leads_to) in tiles.items()
        if numbers.get(name)
    ]


def _counts(**querysets: QuerySet[Any]) -> dict[str, int]:
    """Return the number of rows of each of the `querysets` in one query; an empty one is left out."""
    first, *others = (
        queryset.order_by().values(name=Value(name)).annotate(number=Count("pk"))
        for name, queryset in querysets.items()
    )
    return {row["name"]: row["number"] for row in first.union(*others, all=True)}
