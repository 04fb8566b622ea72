"""The public pages: lists with filters, and the page of one listing."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from marketplace.listings import pages
from marketplace.listings.cards import RELATED, card_of
from marketplace.listings.disclosure import disclose
from marketplace.listings.filters import FILTERS
from marketplace.listings.kinds import KINDS
from marketplace.listings.visibility import live_for

PER_PAGE = 20


@require_safe
def index(request: HttpRequest, kind: str) -> HttpResponse:
    """List what is live, the latest first."""
    listings = live_for(KINDS[kind]._default_manager.select_related(*RELATED), request.user)
    chosen = FILTERS[kind](request.GET, listings, request=request)
    page = Paginator(chosen.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "kind": kind,
        "filter": chosen,
        "applied": list(chosen.applied()),
        "page": page,
        "cards": [card_of(row) for row in page],
    }
    return render(request, "listings/index.html", context)


@require_safe
def detail(request: HttpRequest, kind: str, pk: int, slug: str = "") -> HttpResponse:
    """Show one listing; an old or shortened address leads to the one it has now."""
    listings = KINDS[kind]._default_manager.select_related(*pages.RELATED)
    listing: Any = get_object_or_404(listings.prefetch_related(*pages.CHILDREN[kind]), pk=pk)
    disclosure = disclose(listing, request.user)
    if disclosure is None:
        raise Http404
    if not listing.live:
        return redirect("listings:preview", kind, pk)
    if slug != listing.slug:
        return _moved(request, listing.get_absolute_url())
    return render(request, pages.DETAIL, pages.detail_context(disclosure))


def _moved(request: HttpRequest, path: str) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{path}?{query}" if query else path, permanent=True)
