"""The mail that tells one notification, or the digest of several: one text for both."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import ngettext

from marketplace.bilingual import site_name
from marketplace.notifications import stopping
from marketplace.notifications.models import Notification
from marketplace.notifications.topics import Topic

IN_DIGEST = 40
"""How many messages a digest holds; the inbox has all."""


def of(reader: Any, notifications: Sequence[Notification]) -> EmailMessage:
    """Return the mail that brings `notifications`, of which there is one at least, to `reader`, in the
    language that is active."""
    topics = [topic for topic in Topic if topic in {n.topic for n in notifications}]
    stop = stopping.address(reader, topics)
    context = {
        "notifications": notifications[:IN_DIGEST],
        "is_digest": len(notifications) > 1,
        "more": max(len(notifications) - IN_DIGEST, 0),
        "topics": " · ".join(str(topic.label) for topic in topics),
        "root": settings.SITE_URL,
        "inbox": reverse("notifications:inbox"),
        "preferences": reverse("notifications:preferences"),
        "stop": stop,
        "site": site_name(),
    }
    text = render_to_string("notifications/mail.txt", context)
    headers = one_click(settings.SITE_URL + stop) if stop else {}
    sender = settings.DEFAULT_FROM_EMAIL
    return EmailMessage(_subject(notifications), text, sender, [reader.email], headers=headers)


def one_click(address: str) -> dict[str, str]:
    """Return the headers by which a mail program offers to end such mail (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _subject(notifications: Sequence[Notification]) -> str:
    first, others = notifications[0].subject, len(notifications) - 1
    if not others:
        return first
    words = ngettext("%(first)s, and %(number)d more", "%(first)s, and %(number)d more", others)
    return words % {"first": first, "number": others}
