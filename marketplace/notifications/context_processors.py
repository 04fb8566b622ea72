from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from marketplace.notifications.notify import unread_count


def unread(request: HttpRequest) -> dict[str, Any]:
    """Give templates `unread_count`, counted only where a page shows it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"unread_count": SimpleLazyObject(lambda: unread_count(user))}
