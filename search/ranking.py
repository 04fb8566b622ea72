"""The score of one pair and the reasons for it. Pure.

score = 100 · Σ wᵢ·sᵢ with Σ wᵢ = 1. Each term is rounded to tenths of a point and the score is the
sum of the rounded terms, so what is shown adds up exactly, a criterion set to zero lowers the score
by what it showed, and no other candidate has a say. A fact that is not stated takes the prior of
its criterion.
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
    """The weight of a criterion, in tenths of a point of a score of 100, and its prior in [0, 1]."""

    weight: int
    prior: float
    label: Promise


SCALES: Mapping[str, Scale] = {
    "text": Scale(800, 0.0, _("Text")),
    "industry": Scale(60, 0.3, _("Industry")),
    "function": Scale(40, 0.3, _("Function")),
    "maturity": Scale(30, 0.5, _("Maturity")),
    "cooperation": Scale(20, 0.5, _("Way of working together")),
    "price": Scale(20, 0.5, _("Price against budget")),
    "region": Scale(20, 0.3, _("Region")),
    "freshness": Scale(10, 0.5, _("Freshness")),
}
"""The text decides and the others break near-ties: together they are worth 20 points of 100."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One term of a score, in tenths of a point."""

    criterion: str
    tenths: int
    is_stated: bool
    detail: Callable[[], str]

    @property
    def points(self) -> Decimal:
        return Decimal(self.tenths) / 10

    @property
    def contribution(self) -> Contribution:
        """The reason as pages draw it, in the reader's language."""
        scale = SCALES[self.criterion]
        return Contribution(
            label=scale.label,
            points=self.tenths / 10,
            maximum=scale.weight / 10,
            detail=self.detail(),
            is_stated=self.is_stated,
        )

    def frozen(self) -> dict[str, Any]:
        """Return the reason as plain JSON, with its detail in every language of the site."""
        scale = SCALES[self.criterion]
        details = {}
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                details[code] = self.detail()
        return {
            "criterion": self.criterion,
            "points": self.tenths / 10,
            "maximum": scale.weight / 10,
            "is_stated": self.is_stated,
            "detail": details,
        }


def reasons(judgements: Mapping[str, Judgement]) -> tuple[Reason, ...]:
    """Return the terms of the score in the order of `SCALES`; every criterion must be judged."""
    return tuple(_reason(name, scale, judgements[name]) for name, scale in SCALES.items())


def _reason(name: str, scale: Scale, judgement: Judgement) -> Reason:
    share = scale.prior if judgement.share is None else judgement.share
    return Reason(
        criterion=name,
        tenths=round(scale.weight * share),
        is_stated=judgement.share is not None,
        detail=judgement.detail,
    )


def score(terms: Iterable[Reason]) -> Decimal:
    """Return the score, 0 to 100 in tenths: exactly the sum of the points of its reasons."""
    return Decimal(sum(reason.tenths for reason in terms)) / 10
