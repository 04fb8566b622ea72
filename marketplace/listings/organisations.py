"""Organisations as readers of listings meet them: those that something on the site names.

Nobody learns here whose an anonymous need is, nor that an organisation is here which nothing names.
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from marketplace.accounts.models import Organisation
from marketplace.listings.cards import RELATED
from marketplace.listings.filters import FILTERS
from marketplace.listings.kinds import KINDS
from marketplace.listings.models import ResearchResult, TechnologyNeed
from marketplace.listings.visibility import live_for


def public() -> QuerySet[Organisation]:
    """Return the organisations that a listing names to everybody, with the numbers of their `results`
    and `needs`, those with most first.
    """
    results = ResearchResult.objects.filter(live=True, organisation=OuterRef("pk"))
    needs = TechnologyNeed.objects.filter(live=True, anonymous=False, organisation=OuterRef("pk"))
    named = Organisation.objects.filter(Exists(results) | Exists(needs)).annotate(
        results=Count("researchresults", filter=Q(researchresults__live=True), distinct=True),
        needs=Count(
            "technologyneeds",
            filter=Q(technologyneeds__live=True, technologyneeds__anonymous=False),
            distinct=True,
        ),
    )
    return named.order_by("-results", "-needs", "slug")


def listings_of(organisation: Organisation, viewer: Any = None) -> dict[str, QuerySet[Any]]:
    """Return by kind the published listings that name `organisation` to `viewer`, the latest first."""
    viewer = viewer or AnonymousUser()
    return {
        kind: FILTERS[kind](
            {"organisation": organisation.slug},
            live_for(model._default_manager.select_related(*RELATED), viewer),
        ).qs
        for kind, model in KINDS.items()
    }
