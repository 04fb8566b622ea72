"""The public pages: lists with filters, and the page of one listing."""

from typing import Any

import qrcode
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from qrcode.image.svg import SvgPathFillImage

from marketplace.listings import pages
from marketplace.listings.cards import RELATED, card_of
from marketplace.listings.disclosure import disclose
from marketplace.listings.filters import FILTERS
from marketplace.listings.kinds import KINDS
from marketplace.listings.metadata import metadata
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
        "feed": with_query(reverse(f"listings:{kind}_feed"), request),
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
        return redirect(with_query(listing.get_absolute_url(), request), permanent=True)
    context = {
        **pages.detail_context(disclosure),
        "metadata": metadata(listing, request),
        "short_address": request.build_absolute_uri(listing.short_url),
    }
    return render(request, pages.DETAIL, context)


@require_safe
@cache_control(public=True, max_age=86_400)
def code(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Return the address of a published listing as a QR code, for phones and for paper."""
    listing = get_object_or_404(KINDS[kind]._default_manager.filter(live=True).only("pk"), pk=pk)
    address = request.build_absolute_uri(listing.short_url)
    drawn = qrcode.make(address, image_factory=SvgPathFillImage, border=2)
    return HttpResponse(drawn.to_string(), content_type="image/svg+xml")


def with_query(path: str, request: HttpRequest) -> str:
    """Return the address of `path` with what the request asks after the question mark."""
    query = request.META.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path
