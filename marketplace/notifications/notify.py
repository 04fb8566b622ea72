"""Tell people what happened: a row in the inbox, and mail as each has chosen, in the reader's language.

All of it commits or rolls back with the change it reports. Texts hold no confidential value: they name
the object by its public title and link to a page that checks anew who may read.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation

from marketplace.bilingual import one_line
from marketplace.notifications import mail, preferences
from marketplace.notifications.frequency import GATHERED, Frequency
from marketplace.notifications.models import Notification
from marketplace.notifications.topics import Topic


@transaction.atomic
def notify(
    recipients: Iterable[Any],
    *,
    topic: Topic,
    template: str,
    url: str,
    about: tuple[str, Any] = ("", None),
    context: dict[str, Any] | None = None,
    in_reader_language: bool = True,
    once: str = "",
) -> list[Notification]:
    """Notify each active user once: this is the one place that leaves out who may not sign in any more.

    `template` names `notifications/<template>.txt`: its first line is the subject, the rest the body.
    `url` is a path on this site, without the language prefix, which each reader's language gets
    unless `in_reader_language` says that the path has none. `about` is a permission and the object
    for which a reader needs it: a digest leaves out what its reader may not see any more. `once` names
    what is told (at most 100 characters): who was told it before is not told again.
    """
    told = set(_told(once)) if once else set()
    people = {u.pk: u for u in recipients if u.is_active and u.pk not in told}
    chosen = preferences.frequencies(people.keys(), topic)
    permission, thing = about
    made = []
    for pk, user in people.items():
        with translation.override(user.language):
            subject, body = _text(template, {**(context or {}), "recipient": user})
            notification = Notification(
                recipient=user,
                topic=topic,
                subject=subject,
                body=body,
                url=f"/{user.language}{url}" if in_reader_language else url,
                once=once,
                permission=permission,
                about=thing,
            )
            _deliver(notification, user, chosen.get(pk, Frequency.AT_ONCE))
        made.append(notification)
    return made


def _deliver(notification: Notification, user: Any, frequency: str) -> None:
    """Put it into the inbox, and send the mail, or let it wait for a digest."""
    notification.mail_waits = frequency in GATHERED
    notification.save()
    if frequency == Frequency.AT_ONCE:
        mail.of(user, [notification]).send()


def _told(once: str) -> QuerySet[Notification, int]:
    return Notification.objects.filter(once=once).values_list("recipient", flat=True)


def _text(template: str, context: dict[str, Any]) -> tuple[str, str]:
    """Return subject and body in the language that is active."""
    text = render_to_string(f"notifications/{template}.txt", context)
    subject, _newline, body = text.strip().partition("\n")
    return one_line(subject)[:200], body.strip()


def unread_count(user: Any) -> int:
    """Return how many notifications `user` has not read."""
    return Notification.objects.filter(recipient=user, read_at=None).count()


def mark_read(notifications: QuerySet[Notification]) -> None:
    """Mark the unread ones of `notifications` as read now: no digest brings them any more."""
    notifications.filter(read_at=None).update(read_at=timezone.now(), mail_waits=False)
