"""Keeps the best unexplored pair of each published need, for who curates the market.

To match all needs takes minutes, so it is done need by need, the one longest not looked at first. A
pair is what everybody may see; that somebody decided about it meanwhile is asked when it is shown.
"""

from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.utils import timezone

from marketplace.listings.models import TechnologyNeed
from search import eligibility, matching
from search.models import BestPair, MatchDecision

MOST = 500
"""Needs that are matched in one go: some twenty seconds of work."""


def refresh(most: int = MOST) -> int:
    """Match up to `most` published needs anew; return how many."""
    needs = eligibility.eligible(TechnologyNeed).order_by(
        F("best_pair__found_at").asc(nulls_first=True), "pk"
    )[:most]
    for need in needs:
        _find(need)
    return len(needs)


def _find(need: TechnologyNeed) -> None:
    decided = set(MatchDecision.objects.filter(need=need).values_list("result_id", flat=True))
    found = matching.best_results(need, viewer=AnonymousUser())
    best = next((match for match in found if match.listing.pk not in decided), None)
    BestPair.objects.update_or_create(
        need=need,
        defaults={
            "result": best.listing if best else None,
            "tenths": int(best.score * 10) if best else 0,
            "found_at": timezone.now(),
        },
    )
