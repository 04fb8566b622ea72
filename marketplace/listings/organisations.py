"""Organisations as readers of listings meet them: those that something on the site names.

Nobody learns here whose an anonymous need is, nor that an organisation is here which nothing names.
"""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse

from marketplace.accounts.models import Organisation
from marketplace.listings.models import ResearchResult, TechnologyNeed
from marketplace.metadata import Metadata, describe

LONGEST_NAME = 200


def named() -> QuerySet[Organisation]:
    """Return the organisations that a listing names to everybody."""
    return Organisation.objects.filter(Exists(_of_each(_results())) | Exists(_of_each(_needs())))


def called(words: str) -> QuerySet[Organisation]:
    """Return those that are `named` and have every word of `words`, as far as they are read, in a
    name; none for no words.
    """
    known = words[:LONGEST_NAME].replace("\x00", " ").split()
    found = named() if known else Organisation.objects.none()
    for word in known:
        found = found.filter(Q(name_zh__icontains=word) | Q(name_en__icontains=word))
    return found.order_by("slug")


def counted() -> QuerySet[Organisation]:
    """Return those that are `named`, with the numbers of their `results` and `needs`, those with most
    first.
    """
    found = named().annotate(results=_total(_results()), needs=_total(_needs()))
    return found.order_by("-results", "-needs", "slug")


def metadata(organisation: Organisation, request: HttpRequest) -> Metadata:
    """Return what the page of `organisation` says of itself in the reader's language."""
    return describe(
        request,
        path=reverse("listings:organisation", args=[organisation.slug]),
        title=organisation.name,
        description=organisation.description[:200],
        structured={
            "@type": "Organization",
            "name": organisation.name,
            "description": organisation.description,
            "sameAs": organisation.website,
            "location": organisation.region and organisation.region.name,
        },
    )


def _results() -> QuerySet[Any]:
    return ResearchResult.objects.filter(live=True).order_by()


def _needs() -> QuerySet[Any]:
    return TechnologyNeed.objects.filter(live=True, anonymous=False).order_by()


def _of_each(listings: QuerySet[Any]) -> QuerySet[Any]:
    """Return, for a query of organisations, those of `listings` that are of the row's organisation."""
    return listings.filter(organisation=OuterRef("pk"))


def _total(listings: QuerySet[Any]) -> Coalesce:
    own = _of_each(listings).values("organisation")
    return Coalesce(Subquery(own.annotate(total=Count("pk")).values("total")), 0)
