"""Tell the person of a watch what it has found: one row in the inbox, one mail.

A finding is marked as told in one transaction with the inbox row and before any mail, so nobody is
told twice. Nothing of a listing is kept on the way: the outbox row names the watch, the inbox row the
watch and a number, and the mail is written from what its reader may see at the moment it leaves.

A mail is sent at most once. Where the mail server refuses or is away the outbox tries again, under the
same Message-ID; where the worker dies while it sends, nobody knows, and the inbox row has to do.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from marketplace.accounts.models import User
from marketplace.bilingual import one_line, site_name
from marketplace.notifications import delivery
from marketplace.notifications.mail import one_click
from marketplace.notifications.models import Notification
from marketplace.notifications.topics import Topic
from search.alerts import stopping
from search.alerts.entries import worth_telling
from search.models import Alert, Finding, Watch

IN_MAIL = 20
"""How many listings a mail describes; the page that it leads to has all."""


def tell(*, watch: int, effect: UUID) -> None:
    """Tell what the watch with this primary key has found and not told; `effect` carries it."""
    if _put_in_inbox(watch, effect):
        _mail(effect)


def _put_in_inbox(watch_pk: int, effect: UUID) -> bool:
    """Mark as told what may be told now; return whether `effect` tells anything, now or before."""
    watch = Watch.objects.select_related("user", "need", "result").filter(pk=watch_pk).first()
    if watch is None or Alert.objects.filter(effect=effect).exists():
        return watch is not None
    waiting = watch.findings.filter(told_at=None)
    seen = list(waiting.values_list("key", flat=True))
    worth = {entry.key for entry in worth_telling(watch, seen)} if seen else set()
    with transaction.atomic(), translation.override(watch.user.language):
        User.objects.select_for_update().get(pk=watch.user_id)
        told = Finding.objects.filter(user=watch.user_id, told_at__isnull=False, key__in=seen)
        worth -= set(told.values_list("key", flat=True))
        waiting.filter(key__in=set(seen) - worth).delete()
        if not (number := waiting.filter(key__in=worth).count()):
            return False
        alert = Alert.objects.create(user=watch.user, watch=watch, effect=effect)
        waiting.filter(key__in=worth).update(told_at=timezone.now(), alert=alert)
        Notification.objects.create(
            recipient=watch.user,
            topic=Topic.MATCHES,
            subject=subject(watch, number),
            url=_page(alert),
        )
    return True


def _mail(effect: UUID) -> None:
    """Send the mail of `effect` unless that has been tried, with what its reader may see now."""
    related = ("watch__user", "watch__need", "watch__result")
    alert = Alert.objects.select_related(*related).get(effect=effect)
    if (watch := alert.watch) is None:
        return
    keys = list(alert.findings.values_list("key", flat=True))
    with translation.override(watch.user.language):
        entries = worth_telling(watch, keys)
        message = _message(watch, alert, entries)
    untried = Alert.objects.filter(pk=alert.pk, mailed_at=None)
    if not entries or not untried.update(mailed_at=timezone.now()):
        return
    try:
        with translation.override(watch.user.language):
            delivery.send(message, key=effect)
    except Exception:
        Alert.objects.filter(pk=alert.pk).update(mailed_at=None)
        raise


def subject(watch: Watch, number: int) -> str:
    """Return in one line that `watch` has found so many listings."""
    words = ngettext(
        "%(number)d new listing for “%(title)s”", "%(number)d new listings for “%(title)s”", number
    )
    return one_line(words % {"number": number, "title": watch.title})[:200]


def _message(watch: Watch, alert: Alert, entries: Collection[Any]) -> EmailMultiAlternatives:
    stop = settings.SITE_URL + stopping.address(watch)
    context = {
        "watch": watch,
        "entries": list(entries)[:IN_MAIL],
        "more": max(len(entries) - IN_MAIL, 0),
        "root": settings.SITE_URL,
        "page": _page(alert),
        "stop": stop,
        "site": site_name(),
    }
    return EmailMultiAlternatives(
        subject(watch, len(entries)),
        render_to_string("search/alerts/mail.txt", context),
        settings.DEFAULT_FROM_EMAIL,
        [watch.user.email],
        headers=one_click(stop),
    )


def _page(alert: Alert) -> str:
    return reverse("search:alert", args=[alert.pk])
