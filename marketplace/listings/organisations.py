"""Organisations as readers of listings meet them: those that something on the site names.

Nobody learns here whose an anonymous need is, nor that an organisation is here which nothing names.
"""

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from marketplace.accounts.models import Organisation
from marketplace.listings.models import ResearchResult, TechnologyNeed


def named() -> QuerySet[Organisation]:
    """Return the organisations that a listing names to everybody."""
    return Organisation.objects.filter(
        Q(pk__in=_results().values("organisation")) | Q(pk__in=_needs().values("organisation"))
    )


def counted() -> QuerySet[Organisation]:
    """Return those that are `named`, with the numbers of their `results` and `needs`, those with most
    first.
    """
    found = named().annotate(results=_total(_results()), needs=_total(_needs()))
    return found.order_by("-results", "-needs", "slug")


def _results() -> QuerySet[Any]:
    return ResearchResult.objects.filter(live=True).order_by()


def _needs() -> QuerySet[Any]:
    return TechnologyNeed.objects.filter(live=True, anonymous=False).order_by()


def _total(listings: QuerySet[Any]) -> Coalesce:
    own = listings.filter(organisation=OuterRef("pk")).values("organisation")
    return Coalesce(Subquery(own.annotate(total=Count("pk")).values("total")), 0)
