"""Keep what a form has written, on the version that its author has seen.

A form carries the mark of the version it started from, and the number of the revision that it has made
by saving itself. Who saves over another version says so by `over`, the mark of that one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.listings import lifecycle
from marketplace.listings.forms import FORMS
from marketplace.listings.views.lookup import signed_in


@dataclass(frozen=True)
class Conflict:
    """The version that stands in the way: its mark, by whom, and when it was saved."""

    version: str
    by: User | None
    at: datetime


def keep(request: HttpRequest, draft: Any) -> int:
    """Keep `draft` for the person at the form; return the number of its revision.

    Raises `PermissionDenied`, `IntegrityError` when the same form has just made a listing, and what
    `lifecycle.save_draft` raises.
    """
    author = signed_in(request)
    if draft.pk is None:
        require(author, "listing:create", draft.organisation)
    own = request.POST.get("autosaved", "")
    revision = lifecycle.save_draft(
        draft,
        author=author,
        based_on=_based_on(request, draft, author),
        rewriting=int(own) if own.isdecimal() and len(own) < 19 else None,
    )
    return int(revision.pk)


def _based_on(request: HttpRequest, draft: Any, author: User) -> str | None:
    """Return the mark of the version that the form goes over.

    The form of a new listing knows none: sent again, it goes over what its author has made by it.
    """
    base = request.POST.get("over") or request.POST.get("base", "")
    newest = draft.latest_revision
    return None if not base and newest and newest.user_id == author.pk else base


def state(request: HttpRequest, draft: Any) -> dict[str, Any]:
    """Return what a form says of the version that it stands on, when nothing has been saved by it."""
    if request.method == "POST":
        return {name: request.POST.get(name, "") for name in ("base", "autosaved")}
    newest = draft.latest_revision
    return {"base": lifecycle.version(draft), "saved_at": newest and newest.created_at}


def conflict(draft: Any) -> Conflict:
    """Return the version that somebody has saved since the form was opened."""
    row = type(draft)._default_manager.select_related("latest_revision__user").get(pk=draft.pk)
    newest = row.latest_revision
    return Conflict(lifecycle.version(row), newest.user, newest.created_at)


def address(draft: Any, part: str = "") -> str:
    """Return the address of the step of the form that has `part`, at that part unless it comes first."""
    steps = FORMS[draft.kind].steps
    found = next((step for step in steps if step.has(part)), steps[0])
    return reverse(
        "listings:edit",
        args=[draft.kind, draft.pk],
        query=None if found is steps[0] else {"part": found.name},
        fragment=f"part-{part}" if found.has(part) and part != found.name else None,
    )
