"""Tell somebody something, and take what has left."""

from typing import Any

from django.core import mail

from marketplace.notifications.notify import notify
from marketplace.notifications.topics import Topic
from marketplace.outbox import effects


def tell(*users: Any, title: str = "A", topic: Topic = Topic.LISTINGS, **fields: Any) -> Any:
    """Tell `users` that a listing called `title` has been approved; return the last notification."""
    context = {"listing": {"title": title}}
    fields = {"template": "listing_approved", "url": "/desk/", "context": context, **fields}
    return notify(users, topic=topic, **fields)[-1]


def delivered() -> list[Any]:
    """Return the mail that leaves now."""
    mail.outbox.clear()
    effects.process_due()
    return list(mail.outbox)
