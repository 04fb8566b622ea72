"""The score of one pair and the reasons for it. Pure.

score = 100 · Σ wᵢ·sᵢ with Σ wᵢ = 1. Each term is rounded to tenths of a point and the score is the
sum of the rounded terms, so what is shown adds up exactly, a criterion set to zero lowers the score
by what it showed, and no other candidate has a say. A fact that is not stated takes the prior of
its criterion. Weights and priors are passed in: nothing here knows which are in force.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.figures import Contribution
from search.criteria import Judgement


class Scale(NamedTuple):
    """The weight of a criterion, in tenths of a point of a score of 100, and its prior in per cent
    of that weight.
    """

    weight: int
    prior: int

    @property
    def points(self) -> Decimal:
        return Decimal(self.weight) / 10


Scales = Mapping[str, Scale]
"""What each criterion is worth, in the order in which reasons are shown; the weights sum to `WHOLE`."""

WHOLE = 1000
DEFAULTS: Scales = {
    "text": Scale(900, 0),
    "industry": Scale(30, 30),
    "function": Scale(20, 30),
    "maturity": Scale(15, 50),
    "cooperation": Scale(10, 50),
    "price": Scale(10, 50),
    "region": Scale(10, 30),
    "freshness": Scale(5, 50),
}
"""Hold until administrators set others, see `search.weighting`. The text decides and the others break
near-ties: together they are worth 10 points of 100.
"""
MEANING = 0.3
"""The part of the text's points that the meaning gets where there are vectors, see `with_meaning`: what
cross-validation chooses on the judged set that bears least of it.
"""
UNKNOWN_MEANING = 50
"""The prior of the meaning, in per cent: about what a listing among the best scores, so that one whose
vector is on its way neither rises nor falls much.
"""
LABELS: Mapping[str, Promise] = {
    "text": _("Text"),
    "meaning": _("Meaning of the text"),
    "industry": _("Industry"),
    "function": _("Function"),
    "maturity": _("Maturity"),
    "cooperation": _("Way of working together"),
    "price": _("Price against budget"),
    "region": _("Region"),
    "freshness": _("Freshness"),
}


def with_meaning(scales: Scales, part: float = MEANING) -> Scales:
    """Return `scales` with `part` of the text's points for how close both texts are in meaning."""
    words = scales["text"]
    points = round(words.weight * part)
    divided = {
        "text": words._replace(weight=words.weight - points),
        "meaning": Scale(points, UNKNOWN_MEANING),
    }
    return {**divided, **{name: scale for name, scale in scales.items() if name != "text"}}


@dataclass(frozen=True, slots=True)
class Reason:
    """One term of a score: `tenths` of a point out of `most`."""

    criterion: str
    tenths: int
    most: int
    is_stated: bool
    detail: Callable[[], str]

    @property
    def points(self) -> Decimal:
        return Decimal(self.tenths) / 10

    @property
    def contribution(self) -> Contribution:
        """The reason as pages draw it, in the reader's language."""
        return Contribution(
            label=LABELS[self.criterion],
            points=self.tenths / 10,
            maximum=self.most / 10,
            detail=self.detail(),
            is_stated=self.is_stated,
        )

    def frozen(self) -> dict[str, Any]:
        """Return the reason as plain JSON, with its detail in every language of the site."""
        details = {}
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                details[code] = self.detail()
        return {
            "criterion": self.criterion,
            "points": self.tenths / 10,
            "maximum": self.most / 10,
            "is_stated": self.is_stated,
            "detail": details,
        }


def reasons(judgements: Mapping[str, Judgement], scales: Scales) -> tuple[Reason, ...]:
    """Return the terms of the score in the order of `scales`; every criterion must be judged."""
    return tuple(_reason(name, scale, judgements[name]) for name, scale in scales.items())


def _reason(name: str, scale: Scale, judgement: Judgement) -> Reason:
    return Reason(
        criterion=name,
        tenths=_tenths(scale, judgement),
        most=scale.weight,
        is_stated=judgement.share is not None,
        detail=judgement.detail,
    )


def _tenths(scale: Scale, judgement: Judgement) -> int:
    share = scale.prior / 100 if judgement.share is None else judgement.share
    return round(scale.weight * share)


def tenths(judgements: Mapping[str, Judgement], scales: Scales) -> int:
    """Return the score in tenths of a point, for who does not need the `reasons` for it."""
    return sum(_tenths(scale, judgements[name]) for name, scale in scales.items())


def score(terms: Iterable[Reason]) -> Decimal:
    """Return the score, 0 to 100 in tenths: exactly the sum of the points of its reasons."""
    return Decimal(sum(reason.tenths for reason in terms)) / 10
