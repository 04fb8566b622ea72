"""How the reader of a listing gets in touch: by an introduction to one of the own listings."""

from dataclasses import dataclass
from typing import Any

from brokers.profiles.permissions import is_broker
from marketplace.accounts.permissions import is_finance, is_moderator, roles_of
from marketplace.bilingual import shown_language
from marketplace.listings.models import Listing, ResearchResult, TechnologyNeed

OFFERED = 20
"""Of many listings the latest."""


@dataclass(frozen=True)
class Answer:
    """What the reader can do: sign in, introduce one of the `own` live listings, each with the language
    of its title, or publish one.
    """

    is_signed_in: bool
    own: list[tuple[Any, str]]


def of(user: Any, listing: Listing) -> Answer | None:
    """Return how `user` gets in touch about `listing`: None for its own people, for brokers and staff
    who have nothing to offer themselves, and once a need takes no answers any more.
    """
    if isinstance(listing, TechnologyNeed) and listing.is_past_deadline:
        return None
    if not user.is_authenticated:
        return Answer(is_signed_in=False, own=[])
    roles = roles_of(user)
    if listing.organisation_id in roles:
        return None
    model: Any = ResearchResult if listing.kind == "need" else TechnologyNeed
    own = list(model._default_manager.filter(live=True, organisation__in=roles)[:OFFERED])
    acts_for_others = is_broker(user) or is_moderator(user) or is_finance(user)
    if acts_for_others and not own:
        return None
    return Answer(is_signed_in=True, own=[(one, shown_language(one, "title")) for one in own])
