"""When a watch's findings are due: at once, each morning, or on Monday morning, where its person is."""

from datetime import datetime

from django.db.models import Min, Q
from django.utils import timezone

from marketplace.notifications.frequency import latest
from marketplace.outbox import effects
from marketplace.outbox.models import Effect
from search.alerts.looking import TELL
from search.models import Watch

_WAITING = (Effect.State.PENDING, Effect.State.RUNNING)


def enqueue_due(*, now: datetime | None = None) -> int:
    """Hand to the outbox every watch that has something due to tell; return how many.

    Those that were to be told at once and have been forgotten are among them.
    """
    now = now or timezone.now()
    waiting = (
        Watch.objects.filter(findings__isnull=False, findings__told_at=None)
        .select_related("user")
        .annotate(oldest=Min("findings__found_at", filter=Q(findings__told_at=None)))
    )
    carried = set(
        Effect.objects.filter(kind=TELL, state__in=_WAITING).values_list(
            "payload__watch", flat=True
        )
    )
    due = [
        {"watch": watch.pk}
        for watch in waiting.iterator()
        if watch.pk not in carried
        and watch.oldest < latest(watch.frequency, now, watch.user.own_time_zone)
    ]
    effects.enqueue_many(TELL, due)
    return len(due)
