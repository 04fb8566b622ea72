"""Gather what waits since the last digest into one mail for each reader, in the reader's morning.

The rows that wait are the truth: they are marked in the transaction that puts the mail into the outbox,
so a job that dies, fails or runs twice neither loses nor repeats anything. What a reader has read
meanwhile, or may not see any more, is left out.
"""

import logging
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone, translation

from marketplace.notifications import mail, preferences
from marketplace.notifications.frequency import latest
from marketplace.notifications.models import Notification

logger = logging.getLogger(__name__)


def send_due(*, now: datetime | None = None) -> int:
    """Write the digests that are due; return how many. One that fails is logged and tried again."""
    now = now or timezone.now()
    waiting = Notification.objects.filter(mail_waits=True).values("recipient")
    readers = get_user_model().objects.filter(pk__in=waiting)
    return sum(_try(reader.pk, now) for reader in readers)


def _try(reader: int, now: datetime) -> bool:
    try:
        return _send(reader, now)
    except Exception:
        logger.exception("the digest of account %s failed", reader)
        return False


@transaction.atomic
def _send(pk: int, now: datetime) -> bool:
    """Write the digest of one reader; return whether there was anything to tell."""
    reader: Any = get_user_model().objects.select_for_update().get(pk=pk)
    often, zone = preferences.of(reader), reader.own_time_zone
    waiting = Notification.objects.filter(recipient=reader, mail_waits=True)
    due = [n for n in waiting if n.created_at < latest(often[n.topic], now, zone)]
    Notification.objects.filter(pk__in=[n.pk for n in due]).update(mail_waits=False)
    seen = [n for n in due if n.is_open_to(reader)] if reader.is_active else []
    if seen:
        with translation.override(reader.language):
            mail.of(reader, seen).send()
    return bool(seen)
