"""Readers of a listing: counted by a picture on its page, shown to those who look after it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from marketplace.listings import readership
from marketplace.listings.kinds import KINDS
from marketplace.listings.views.lookup import own_listing

NOTHING = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


@require_GET
@never_cache
def opened(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Count that somebody has opened the page of a published listing; answer with an empty picture."""
    listing: Any = get_object_or_404(KINDS[kind]._default_manager.filter(live=True), pk=pk)
    if readership.is_reader(request, listing):
        readership.count(listing)
    return HttpResponse(NOTHING, content_type="image/svg+xml")


@login_required
@require_safe
def readers(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Show to its own people how a listing is read."""
    listing = own_listing(request, kind, pk, "listing:edit")
    days = readership.by_day(listing)
    context = {
        "kind": kind,
        "listing": listing,
        "days": days,
        "total": sum(day.count for day in days),
    }
    return render(request, "listings/readers.html", context)
