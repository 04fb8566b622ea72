"""The inbox, and the choice of what is mailed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from marketplace.notifications import preferences
from marketplace.notifications.forms import MailForm
from marketplace.notifications.models import Notification
from marketplace.notifications.notify import mark_read
from marketplace.notifications.topics import Topic

PER_PAGE = 30
UNREAD = "unread"


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """List what the reader was told: of all topics or the chosen one, all or what is unread."""
    page = Paginator(_chosen(request), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "tabs": _tabs(request),
        "unread_only": request.GET.get("show") == UNREAD,
        "has_unread": _chosen(request).filter(read_at=None).exists(),
    }
    return render(request, "notifications/inbox.html", context)


@login_required
@require_safe
def open_notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one of the reader's notifications as read and go to what it is about."""
    notification = get_object_or_404(_own(request), pk=pk)
    mark_read(_own(request).filter(pk=pk))
    return redirect(notification.url or "notifications:inbox")


@login_required
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one of the reader's notifications as read."""
    get_object_or_404(_own(request), pk=pk)
    mark_read(_own(request).filter(pk=pk))
    return _back(request)


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark as read what the inbox shows, on all its pages."""
    mark_read(_chosen(request))
    return _back(request)


@login_required
def choose_mail(request: HttpRequest) -> HttpResponse:
    """Choose how often to get mail about each topic."""
    form = MailForm(request.POST if request.method == "POST" else None, reader=request.user)
    if form.is_bound and form.is_valid():
        preferences.choose(user=request.user, mail=form.mail)
        messages.success(request, _("Your choice has been saved."))
        return redirect("notifications:preferences")
    status = 422 if form.is_bound else 200
    return render(request, "notifications/preferences.html", {"form": form}, status=status)


def _own(request: HttpRequest) -> QuerySet[Notification]:
    return Notification.objects.filter(recipient_id=request.user.pk)


def _chosen(request: HttpRequest) -> QuerySet[Notification]:
    own, topic = _own(request), request.GET.get("topic")
    if topic in Topic.values:
        own = own.filter(topic=topic)
    return own.filter(read_at=None) if request.GET.get("show") == UNREAD else own


def _back(request: HttpRequest) -> HttpResponse:
    """Return to the part of the inbox that the address names."""
    return redirect(reverse("notifications:inbox", query=request.GET))


def _tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the topics of which there is something, each with how much of it is unread."""
    counted = _own(request).order_by().values("topic").annotate(n=Count("pk", Q(read_at=None)))
    unread = dict(counted.values_list("topic", "n"))
    chosen = request.GET.get("topic", "")
    show = f"&show={UNREAD}" if request.GET.get("show") == UNREAD else ""
    topics = [("", _("All"), sum(unread.values()))]
    topics += [(t.value, str(t.label), unread[t]) for t in Topic if t in unread]
    return [
        {
            "url": f"?topic={value}{show}",
            "title": title,
            "count": count or None,
            "is_current": value == chosen,
        }
        for value, title, count in topics
    ]
