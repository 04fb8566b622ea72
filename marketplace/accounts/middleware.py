"""Leads people who lack a second factor to the page where they set it up, and reads once for a page in
which organisations its reader is.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marketplace.accounts import second_factor

ACCOUNT_PAGES = ("account_", "mfa_")
"""How allauth names its views: signing in and out, re-authentication, the factors themselves."""


class SecondFactorMiddleware:
    """Asks `second_factor` before every view but the account pages, and answers where a view asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        is_account_page = match is not None and match.view_name.startswith(ACCOUNT_PAGES)
        if is_account_page or request.session.session_key is None:
            return None  # who has no session is nobody, and what they get stays cacheable
        try:
            second_factor.demand_of_staff(request.user)
        except second_factor.SecondFactorMissing as missing:
            return self.process_exception(request, missing)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, second_factor.SecondFactorMissing):
            return None
        messages.warning(
            request, _("Set up two-factor authentication first: what you want to open needs it.")
        )
        return redirect("mfa_activate_totp")


class MembershipsMiddleware:
    """Has the memberships of who reads a page at hand for all that asks about them.

    Who changes something is asked anew each time, under the locks of what is changed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        is_reading = request.method in {"GET", "HEAD"} and request.session.session_key
        if is_reading and request.user.is_authenticated:
            prefetch_related_objects([request.user], "memberships")
