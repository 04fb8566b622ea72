"""What authors learn of the readers who declined their listings."""

from collections.abc import Iterable
from typing import Any

from django import template

from search.decisions import feedback, interest
from search.decisions.feedback import Feedback

register = template.Library()


@register.simple_tag
def feedback_on(listings: Iterable[Any]) -> dict[int, list[Feedback]]:
    """Return why readers declined `listings` of one kind, for `declined_because`; one query."""
    return feedback.on(listings)


@register.inclusion_tag("search/decisions/feedback.html")
def declined_because(listing: Any, told: dict[int, list[Feedback]] | None = None) -> dict[str, Any]:
    """Say why readers declined `listing`, for its own people only; `told` is of `feedback_on`."""
    found = feedback.on([listing]) if told is None else told
    return {"listing": listing, "reasons": found.get(listing.pk)}


@register.inclusion_tag("search/decisions/interest.html")
def interest_in(listing: Any) -> dict[str, Any]:
    """Say what readers have done about `listing`, in numbers, for its own people only."""
    return {"interest": interest.of(listing)}
