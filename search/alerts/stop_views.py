"""Stop a watch from its mail, without signing in.

Opening the address changes nothing, since mail scanners open it too; the button on the page and the
mail program's own button (RFC 8058) send a POST, which needs no cookie and so no CSRF token.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from search.alerts import stopping, watches


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Say which watch would be stopped; a POST stops it, as often as it comes."""
    try:
        watch = stopping.watch_of(token)
    except stopping.BadSignature:
        return render(request, "search/alerts/stop_invalid.html", status=404)
    if request.method == "POST" and watch is not None:
        watches.stop(watch)
    return render(request, "search/alerts/stop.html", {"watch": watch})
