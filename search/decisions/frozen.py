"""The match of a decision as it was shown, for pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from marketplace.figures import Contribution
from search.models import MatchDecision
from search.ranking import LABELS


@dataclass(frozen=True)
class FrozenMatch:
    """Score from 0 to 100, place among the results for the need (None: beyond those ranked)."""

    score: float
    rank: int | None
    contributions: list[Contribution]
    words: list[str]
    at: datetime


def frozen_match(decision: MatchDecision) -> FrozenMatch:
    """Return the match that `decision` froze, in the reader's language."""
    match: Mapping[str, Any] = decision.match
    return FrozenMatch(
        score=match.get("score", 0),
        rank=match.get("rank"),
        contributions=[_contribution(reason) for reason in match.get("reasons", [])],
        words=match.get("words", []),
        at=decision.decided_at,
    )


def _contribution(reason: Mapping[str, Any]) -> Contribution:
    criterion = reason["criterion"]
    return Contribution(
        label=LABELS.get(criterion, criterion),
        points=reason["points"],
        maximum=reason["maximum"],
        detail=reason["detail"].get(get_language() or "", ""),
        is_stated=reason["is_stated"],
    )
