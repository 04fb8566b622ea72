"""Deliver queued e-mail through the configured backend, write digests, forget what was delivered."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.notifications import delivery, digests
from marketplace.notifications.email_backend import message_from
from marketplace.outbox import effects, periodic
from marketplace.outbox.models import Effect

KEPT_FOR = timedelta(days=30)


@effects.handler("notifications.email", _("Send a mail"))
def deliver(effect: Effect) -> None:
    """Send one message as it was written."""
    delivery.send(message_from(effect.payload), key=effect.pk)


@periodic.every(timedelta(minutes=5))
def send_digests() -> None:
    digests.send_due()


@periodic.every(timedelta(days=1))
def forget_delivered() -> int:
    """Delete mail delivered longer than `KEPT_FOR` ago, which names people; return how many."""
    delivered = Effect.objects.filter(
        kind="notifications.email",
        state=Effect.State.DONE,
        finished_at__lt=timezone.now() - KEPT_FOR,
    )
    return delivered.delete()[0]
