"""The organisations that publish here, and the page of one."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from marketplace.accounts.models import Organisation
from marketplace.listings import organisations
from marketplace.listings.cards import RELATED, card_of
from marketplace.listings.filters import FILTERS
from marketplace.listings.kinds import KINDS
from marketplace.listings.visibility import live_for

PER_PAGE = 30
LATEST = 6


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    named = organisations.counted().select_related("region")
    found = Paginator(named, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "listings/organisations.html", {"found": found})


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an organisation and what it published; one that nothing names to the reader is not here."""
    owner = get_object_or_404(Organisation.objects.select_related("region__parent"), slug=slug)
    found = _listings_of(owner, request.user)
    lists = [
        {"kind": kind, "total": total, "cards": [card_of(row) for row in listings[:LATEST]]}
        for kind, listings in found.items()
        if (total := listings.count())
    ]
    if not lists:
        raise Http404
    context = {
        "organisation": owner,
        "lists": lists,
        "metadata": organisations.metadata(owner, request),
    }
    return render(request, "listings/organisation.html", context)


def _listings_of(organisation: Organisation, viewer: Any) -> dict[str, QuerySet[Any]]:
    """Return by kind the published listings that name `organisation` to `viewer`, the latest first."""
    return {
        kind: FILTERS[kind](
            {"organisation": organisation.slug},
            live_for(model._default_manager.select_related(*RELATED), viewer),
        ).qs
        for kind, model in KINDS.items()
    }
