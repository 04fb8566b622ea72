"""What a page showed of a match, to be handed back with the decision.

The page carries the frozen match itself, signed: a decision is about what its maker read, and to
compute the match anew would record a score, a place or a reason that nobody saw once a listing, the
index or a weight has changed. The signature binds it to one person and one pair, for half a day.
"""

from datetime import datetime, timedelta
from typing import Any

from django.core import signing

from marketplace.accounts.models import User
from marketplace.listings.models import Listing
from search.matching import Match
from search.models import MatchDecision
from search.permissions import Pair

VALID_FOR = timedelta(hours=12)
_SALT = "search.decisions.shown"


def sign(match: Match, pair: Pair, user: User) -> str:
    """Return `match` of `pair`, as it is being shown to `user`, as text that only this site writes."""
    return signing.dumps([*_bound_to(pair, user), match.frozen()], salt=_SALT, compress=True)


def read(text: str, pair: Pair, user: User) -> dict[str, Any] | None:
    """Return the frozen match that was shown to `user`; None for anything else or older."""
    try:
        *bound_to, match = signing.loads(text, salt=_SALT, max_age=VALID_FOR)
    except signing.BadSignature:
        return None
    return match if bound_to == _bound_to(pair, user) else None


def has_changed(listing: Listing, decision: MatchDecision) -> bool:
    """Whether a newer version of `listing` has been published since the match was shown."""
    shown_at = datetime.fromisoformat(decision.match["at"])
    return bool(listing.last_published_at and listing.last_published_at > shown_at)


def _bound_to(pair: Pair, user: User) -> list[int]:
    return [user.pk, *(listing.pk for listing in pair)]
