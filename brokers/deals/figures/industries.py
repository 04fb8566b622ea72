"""Which industries offer and ask, and between which of them introductions were made."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, QuerySet
from django.db.models.functions import Substr

from brokers.deals.figures.funnel import opened
from marketplace.listings.models import ResearchResult, TechnologyNeed
from marketplace.listings.visibility import live_for
from marketplace.taxonomy.models import Industry


@dataclass(frozen=True)
class Section:
    """A section of industries, with how many published results and needs it has."""

    industry: Industry
    results: int
    needs: int


@dataclass(frozen=True)
class Link:
    """How many introductions led from a result of one section to a need of another, or of the same."""

    offers: Industry
    asks: Industry
    count: int


def sections() -> list[Section]:
    """Return the sections that have published listings, in the order of GB/T 4754."""
    nobody = AnonymousUser()
    results = _by_section(live_for(ResearchResult.objects.all(), nobody))
    needs = _by_section(live_for(TechnologyNeed.objects.all(), nobody))
    return [
        Section(industry, results[code], needs[code])
        for code, industry in _named({*results, *needs}).items()
    ]


def links() -> list[Link]:
    """Return which sections were introduced to each other lately, in the order of GB/T 4754."""
    rows = (
        opened()
        .filter(result__industry__isnull=False, need__industry__isnull=False)
        .annotate(offers=_section("result__industry"), asks=_section("need__industry"))
        .values_list("offers", "asks")
        .annotate(count=Count("pk"))
        .order_by("offers", "asks")
    )
    named = _named({code for *pair, _count in rows for code in pair})
    return [Link(named[offers], named[asks], count) for offers, asks, count in rows]


def _by_section(listings: QuerySet[Any]) -> Counter[str]:
    rows = listings.order_by().values(section=_section("industry")).annotate(count=Count("pk"))
    return Counter({row["section"]: row["count"] for row in rows if row["section"]})


def _section(field: str) -> Substr:
    return Substr(field, 1, 1)


def _named(codes: Iterable[str]) -> dict[str, Industry]:
    return {industry.code: industry for industry in Industry.objects.filter(code__in=codes)}
