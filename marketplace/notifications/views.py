"""The inbox."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from marketplace.notifications.models import Notification
from marketplace.notifications.notify import mark_read


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    mine = Notification.objects.filter(recipient_id=request.user.pk)
    page = Paginator(mine, 30).get_page(request.GET.get("page"))
    return render(request, "notifications/inbox.html", {"page": page})


@login_required
@require_safe
def open_notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one of the reader's notifications as read and go to what it is about."""
    mine = Notification.objects.filter(recipient_id=request.user.pk)
    notification = get_object_or_404(mine, pk=pk)
    mark_read(mine.filter(pk=pk))
    return redirect(notification.url or "notifications:inbox")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    mark_read(Notification.objects.filter(recipient_id=request.user.pk))
    return redirect("notifications:inbox")
