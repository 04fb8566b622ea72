"""Deliver queued e-mail through the configured delivery backend, and forget what was delivered."""

from datetime import timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.utils import timezone

from marketplace.notifications.email_backend import message_from
from marketplace.outbox import effects, periodic
from marketplace.outbox.models import Effect

KEPT_FOR = timedelta(days=30)


@effects.handler("notifications.email")
def deliver(effect: Effect) -> None:
    """Send one message; its Message-ID is the effect's, so a repeated delivery can be recognised."""
    payload = effect.payload
    headers = {"Message-ID": f"<{effect.pk}@{settings.SITE_URL.split('//')[-1].split(':')[0]}>"}
    payload = {**payload, "headers": {**headers, **payload["headers"]}}
    message_from(payload, connection=get_connection(settings.EMAIL_DELIVERY_BACKEND)).send()


@periodic.every(timedelta(days=1))
def forget_delivered() -> int:
    """Delete mail delivered longer than `KEPT_FOR` ago, which names people; return how many."""
    delivered = Effect.objects.filter(
        kind="notifications.email",
        state=Effect.State.DONE,
        finished_at__lt=timezone.now() - KEPT_FOR,
    )
    return delivered.delete()[0]
