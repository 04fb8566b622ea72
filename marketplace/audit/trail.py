"""The one door to the audit log.

Each app registers its actions in `wagtail_hooks.py` (`register_log_actions`); an unknown action is a
programming error and raises. Confidential values are never logged, only which fields changed.
"""

from typing import Any

from django.db.models import Model, QuerySet
from wagtail.log_actions import log, registry
from wagtail.models import ModelLogEntry


def record(*, actor: Any, action: str, target: Model, **details: Any) -> None:
    """Log that `actor` (a user, or None for the system) did `action` to `target`.

    Raises `LookupError` when nobody registered `action`.
    """
    if not registry.action_exists(action):
        raise LookupError(f"audit action {action!r} is not registered")
    log(instance=target, action=action, user=actor, data=details or None, content_changed=False)


def history(target: Model) -> QuerySet[ModelLogEntry]:
    """Return the log entries of `target`, newest first."""
    return (
        registry.get_logs_for_instance(target).select_related("user").order_by("-timestamp", "-pk")
    )
