"""The addresses of the editors' site that are no pages."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe
from django.views.static import serve

from cms import showcase
from cms.models import FeaturedPairing
from marketplace.listings import readership

PER_PAGE = 10


def sign_in(request: HttpRequest) -> HttpResponse:
    """Stand in for Wagtail's own sign-in, which knows no second factor.

    Raises `PermissionDenied` for somebody who is signed in: Wagtail sends here whom it turns away.
    """
    if request.user.is_authenticated:
        raise PermissionDenied("this account does not edit the site")
    target = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )
    return redirect_to_login(target if is_ours else "/")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "cms/robots.txt", content_type="text/plain; charset=utf-8")


@require_safe
def featured(request: HttpRequest) -> HttpResponse:
    """List the featured pairings in the editors' order."""
    page: Page[Any] = Paginator(showcase.shown(), PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = showcase.cards(page.object_list)
    return render(request, "cms/featured.html", {"found": page})


@require_safe
@never_cache
def follow(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Lead from a featured pairing to one of its listings, and count who reads as others do."""
    pairing = get_object_or_404(FeaturedPairing.objects.shown().select_related(kind), pk=pk)
    listing = getattr(pairing, kind)
    if request.method == "GET" and readership.is_reader(request, listing):
        clicks = f"{kind}_clicks"
        FeaturedPairing.objects.filter(pk=pk).update(**{clicks: F(clicks) + 1})
    return redirect(listing)


@require_safe
@cache_control(public=True, max_age=86_400)
def picture(request: HttpRequest, folder: str, path: str) -> HttpResponseBase:
    """Serve a picture of the pages; every other folder of the media store stays closed."""
    return serve(request, path, document_root=str(settings.MEDIA_ROOT / folder))
