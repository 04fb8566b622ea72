"""Stop a watch from its mail, see `marketplace.notifications.one_click`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.notifications.one_click import one_click
from search.alerts import stopping, watches


@one_click
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Say which watch would be stopped; a POST stops it, as often as it comes."""
    try:
        watch = stopping.watch_of(token)
    except stopping.BadSignature:
        return render(request, "search/alerts/stop_invalid.html", status=404)
    if request.method == "POST" and watch is not None:
        watches.stop(watch)
    return render(request, "search/alerts/stop.html", {"watch": watch})
