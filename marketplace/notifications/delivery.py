"""The way out: mail that leaves now, from a handler of the outbox."""

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection


def send(message: EmailMessage, *, key: UUID) -> None:
    """Send `message` now; its Message-ID is the `key`'s, so a repeated delivery can be recognised.

    Raises what the mail server or the way to it raises.
    """
    host = settings.SITE_URL.split("//")[-1].split(":")[0]
    message.extra_headers = {"Message-ID": f"<{key}@{host}>", **message.extra_headers}
    message.connection = get_connection(settings.EMAIL_DELIVERY_BACKEND)
    message.send()
