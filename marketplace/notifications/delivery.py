"""The way out: mail that leaves now, from a handler of the outbox. Here it gets its HTML part."""

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import translation

from marketplace.notifications import html


def send(message: EmailMultiAlternatives, *, key: UUID) -> None:
    """Send `message` now; its Message-ID is the `key`'s, so a repeated delivery can be recognised.

    Raises what the mail server or the way to it raises.
    """
    host = settings.SITE_URL.split("//")[-1].split(":")[0]
    message.extra_headers = {
        "Message-ID": f"<{key}@{host}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": translation.get_language() or settings.LANGUAGE_CODE,
        **message.extra_headers,
    }
    if not message.alternatives:
        with translation.override(message.extra_headers["Content-Language"]):
            page = html.part(subject=str(message.subject), text=str(message.body))
        message.attach_alternative(page, "text/html")
    message.connection = get_connection(settings.EMAIL_DELIVERY_BACKEND)
    message.send()
