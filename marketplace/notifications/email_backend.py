"""The e-mail backend that writes outbox rows: mail leaves only after the change it reports commits.

A subject is one line, and the language in which a mail was written goes with it.
"""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import get_language

from marketplace.bilingual import one_line
from marketplace.outbox import effects


class OutboxEmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Enqueue one effect for each message; return their number."""
        return len(
            effects.enqueue_many("notifications.email", [_payload(m) for m in email_messages])
        )


def _payload(message: EmailMessage) -> dict[str, Any]:
    if message.attachments:
        raise ValueError("mail carries links, not attachments: files keep their tier")
    alternatives = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    return {
        "subject": one_line(str(message.subject)),
        "body": str(message.body),
        "from": message.from_email,
        "to": list(message.to),
        "cc": list(message.cc),
        "bcc": list(message.bcc),
        "reply_to": list(message.reply_to),
        "headers": {"Content-Language": get_language(), **message.extra_headers},
        "alternatives": [[str(content), str(mimetype)] for content, mimetype in alternatives],
    }


def message_from(payload: dict[str, Any]) -> EmailMultiAlternatives:
    """Build the message that `payload` was made from."""
    return EmailMultiAlternatives(
        subject=payload["subject"],
        body=payload["body"],
        from_email=payload["from"],
        to=payload["to"],
        cc=payload["cc"],
        bcc=payload["bcc"],
        reply_to=payload["reply_to"],
        headers=payload["headers"],
        alternatives=[(content, mimetype) for content, mimetype in payload["alternatives"]],
    )
