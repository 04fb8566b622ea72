"""Deliver queued e-mail through the configured delivery backend."""

from django.conf import settings
from django.core.mail import get_connection

from marketplace.notifications.email_backend import message_from
from marketplace.outbox import effects
from marketplace.outbox.models import Effect


@effects.handler("notifications.email")
def deliver(effect: Effect) -> None:
    """Send one message; its Message-ID is the effect's, so a repeated delivery can be recognised."""
    payload = effect.payload
    headers = {"Message-ID": f"<{effect.pk}@{settings.SITE_URL.split('//')[-1].split(':')[0]}>"}
    payload = {**payload, "headers": {**headers, **payload["headers"]}}
    message_from(payload, connection=get_connection(settings.EMAIL_DELIVERY_BACKEND)).send()
