"""The newest version of a listing on the page that readers will get."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from marketplace.listings import lifecycle, pages
from marketplace.listings.tiers import Tier
from marketplace.listings.views.lookup import own_listing
from marketplace.listings.workbench import entry


@login_required
@require_safe
def preview(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Show the newest version, and with `?as=` how the readers of one tier would see it."""
    draft = lifecycle.working_copy(own_listing(request, kind, pk, "listing:preview"))
    asked = request.GET.get("as", "")
    audience = next((tier for tier in Tier if tier.name.lower() == asked), None)
    context = pages.preview_context(draft, request.user, audience)
    return render(request, pages.DETAIL, {**context, "entry": entry(draft)})
