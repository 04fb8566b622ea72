"""End mail about some topics from one of its mails, without signing in.

Opening the address changes nothing, since mail scanners open it too; the button on the page and the
mail program's own button (RFC 8058) send a POST, which needs no cookie and so no CSRF token.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from marketplace.notifications import stopping


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
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
