"""End mail about some topics from one of its mails, see `one_click`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.notifications import stopping
from marketplace.notifications.one_click import one_click


@one_click
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Say which mail would end; a POST ends it, as often as it comes."""
    try:
        user, topics = stopping.parse(token)
    except stopping.BadSignature:
        return render(request, "notifications/stop.html", {"is_invalid": True}, status=404)
    is_stopped = request.method == "POST"
    if is_stopped and user is not None:
        stopping.stop(user, topics)
    labels = " · ".join(str(topic.label) for topic in topics)
    return render(request, "notifications/stop.html", {"topics": labels, "is_stopped": is_stopped})
