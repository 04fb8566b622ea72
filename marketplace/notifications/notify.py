"""Tell people what happened: one row in the inbox and one e-mail, in the reader's language.

Both commit or roll back with the change they report. Texts hold no confidential value: they name the
object by its public title and link to a page that checks anew who may read.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation

from marketplace.bilingual import site_name
from marketplace.notifications.models import Notification


@transaction.atomic
def notify(
    recipients: Iterable[Any],
    *,
    template: str,
    url: str,
    context: dict[str, Any] | None = None,
    in_reader_language: bool = True,
    once: str = "",
) -> list[Notification]:
    """Notify each active user once: this is the one place that leaves out who may not sign in any more.

    `template` names `notifications/<template>.txt`: its first line is the subject, the rest the body.
    `url` is a path on this site, without the language prefix, which each reader's language gets
    unless `in_reader_language` says that the path has none. `once` names what is told (at most 100
    characters): who was told it before is not told again.
    """
    told = set(_told(once)) if once else set()
    return [
        _notify_one(
            user,
            template,
            f"/{user.language}{url}" if in_reader_language else url,
            context or {},
            once,
        )
        for user in {u.pk: u for u in recipients}.values()
        if user.is_active and user.pk not in told
    ]


def _told(once: str) -> QuerySet[Notification, int]:
    return Notification.objects.filter(once=once).values_list("recipient", flat=True)


def _notify_one(
    user: Any, template: str, path: str, context: dict[str, Any], once: str
) -> Notification:
    with translation.override(user.language):
        text = render_to_string(f"notifications/{template}.txt", {**context, "recipient": user})
        site = site_name()
    subject, _, body = text.strip().partition("\n")
    notification = Notification.objects.create(
        recipient=user, subject=subject.strip()[:200], body=body.strip(), url=path, once=once
    )
    mail = f"{notification.body}\n\n{settings.SITE_URL}{path}\n\n— {site}\n"
    send_mail(notification.subject, mail, settings.DEFAULT_FROM_EMAIL, [user.email])
    return notification


def unread_count(user: Any) -> int:
    """Return how many notifications `user` has not read."""
    return Notification.objects.filter(recipient=user, read_at=None).count()


def mark_read(notifications: QuerySet[Notification]) -> None:
    """Mark the unread ones of `notifications` as read now."""
    notifications.filter(read_at=None).update(read_at=timezone.now())
