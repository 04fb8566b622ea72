"""The match score beside a featured pairing, and what it is made of.

It is the engine's score of this pair, no other. Working it out costs a search, so it is kept for
some minutes; a newly approved version of either listing asks anew. A pair that the index does not
know yet has no score rather than half of one.
"""

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.cache import cache
from django.utils.translation import get_language

from cms.models.pairings import FeaturedPairing
from marketplace.figures import Contribution
from search import matching

KEPT_FOR = 600
ASKED_AGAIN_AFTER = 30
"""Seconds: for how long a score is kept, and that there is none."""


class Scored(NamedTuple):
    """A score from 0 to 100 and the contributions that sum to it, in the reader's language."""

    score: Decimal
    contributions: list[Contribution]


def scores(pairings: Collection[FeaturedPairing], *, viewer: Any) -> dict[int, Scored]:
    """Return what is known of the match of each of `pairings`, by its primary key."""
    keys = {pairing.pk: _key(pairing) for pairing in pairings}
    known = cache.get_many(keys.values())
    for pairing in pairings:
        key = keys[pairing.pk]
        if key not in known:
            known[key] = scored = _scored(pairing, viewer)
            cache.set(key, scored, KEPT_FOR if scored else ASKED_AGAIN_AFTER)
    return {pk: known[key] for pk, key in keys.items() if known[key] is not None}


def _key(pairing: FeaturedPairing) -> str:
    versions = f"{pairing.result.live_revision_id}.{pairing.need.live_revision_id}"
    return f"pairing.{pairing.result_id}.{pairing.need_id}.{versions}.{get_language()}"


def _scored(pairing: FeaturedPairing, viewer: Any) -> Scored | None:
    match = matching.pair(need=pairing.need, result=pairing.result, viewer=viewer)
    if not all(reason.is_stated for reason in match.reasons if reason.criterion == "text"):
        return None
    contributions = [
        replace(contribution, label=str(contribution.label), detail=str(contribution.detail))
        for contribution in match.contributions
    ]
    return Scored(match.score, contributions)
