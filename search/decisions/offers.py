"""What a page of matches lets its reader decide about each of them."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse

from search.decisions import shown
from search.decisions.forms import DecisionForm
from search.decisions.recording import Verdict
from search.matching import Match
from search.models import MatchDecision
from search.permissions import side_of


def of(listing: Any, matches: Sequence[Match], *, viewer: Any) -> Iterator[dict[str, Any]]:
    """Yield for each of `matches`, shown on the page of `listing`, what stands below it.

    That is the standing decision to keep it as `decision`, or a `form` with the match as it is
    `shown`; nothing for who acts for neither side.
    """
    standing = MatchDecision.objects.standing_of(viewer).filter(**{listing.kind: listing})
    kept = {_pair_of(d): d for d in standing.filter(verdict=Verdict.ACCEPTED)}
    for match in matches:
        pair = (listing, match.listing) if listing.kind == "need" else (match.listing, listing)
        keys = (pair[0].pk, pair[1].pk)
        if side_of(viewer, pair) is None:
            yield {}
        elif keys in kept:
            yield {"decision": kept[keys]}
        else:
            yield {
                "form": DecisionForm(pair=pair, user=viewer),
                "shown": shown.sign(match, pair, viewer),
                "url": reverse("search:decide", args=keys),
            }


def _pair_of(decision: MatchDecision) -> tuple[int, int]:
    return decision.need_id, decision.result_id
