"""Turns hand-made addresses of the editors' site into "bad request".

Some of Wagtail's views hand what an address says to the database as it is: a number that is none or
that no column holds, a page beyond the last. Such a request is not a fault of the site.
"""

import logging
from collections.abc import Callable

from django.core.paginator import InvalidPage
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.views.defaults import bad_request

logger = logging.getLogger(__name__)

UNREADABLE = (ValueError, OverflowError, InvalidPage, DataError)


class WagtailAddressMiddleware:
    """Answers 400 where a view of Wagtail could not read the address of a GET request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        match = request.resolver_match
        of_wagtail = match is not None and match.func.__module__.startswith("wagtail.")
        if request.method != "GET" or not of_wagtail or not isinstance(error, UNREADABLE):
            return None
        logger.warning("unreadable address %s", request.path, exc_info=error)
        return bad_request(request, error)
