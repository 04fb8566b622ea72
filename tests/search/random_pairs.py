"""Random needs, results and weights, as property tests draw them."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from marketplace.listings.models.listing import CooperationMode
from marketplace.money import Money
from search import matching, ranking
from search.criteria import Facts, Judgement
from search.functions import Function
from search.ranking import WHOLE, Reason, Scale, Scales
from search.weighting import versions


class Node:
    """A node of a reference tree without a database."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.name = f"<{code}>"

    def __repr__(self) -> str:
        return self.name


INDUSTRIES = ["A", "A01", "C", "C38", "C384", "C3841", "C3842", "C36", "C361"]
REGIONS = ["33", "3301", "330106", "3302", "42", "4201"]
CURRENCIES = ["CNY", "USD"]


@st.composite
def _ranges(draw: st.DrawFn) -> dict[str, Money | None]:
    """A price or budget in one currency, either end of which may lack."""
    currency = draw(st.sampled_from(CURRENCIES))
    low, high = sorted(draw(st.tuples(*[st.integers(0, 10**9)] * 2)))
    return {
        "lowest": draw(st.sampled_from([None, Money(low, currency)])),
        "highest": draw(st.sampled_from([None, Money(high, currency)])),
    }


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    stated: Any = draw(
        st.fixed_dictionaries(
            {
                "industry": st.none() | st.sampled_from(INDUSTRIES).map(Node),
                "region": st.none() | st.sampled_from(REGIONS).map(Node),
                "functions": st.frozensets(st.sampled_from(Function), max_size=4),
                "trl": st.none() | st.integers(1, 9),
                "modes": st.frozensets(st.sampled_from(CooperationMode.values)),
                "confirmed_days": st.none() | st.integers(0, 1000),
            }
        )
    )
    return Facts(**stated, **draw(_ranges()))


@st.composite
def scales(draw: st.DrawFn) -> Scales:
    """Weights and priors that may be in force."""
    text = draw(st.integers(versions.LEAST_TEXT, WHOLE))
    others = [name for name in ranking.DEFAULTS if name != "text"]
    within = st.integers(0, WHOLE - text)
    cuts = sorted(draw(st.tuples(*[within] * (len(others) - 1))))
    weights = [end - start for start, end in zip([0, *cuts], [*cuts, WHOLE - text], strict=True)]
    by_name = dict(zip(["text", *others], [text, *weights], strict=True))
    drawn = {
        name: Scale(weight, draw(st.integers(0, versions.highest_prior(name))))
        for name, weight in by_name.items()
    }
    return draw(st.sampled_from([drawn, ranking.with_meaning(drawn)]))


text_scores = st.none() | st.floats(0, 1)
cosines = st.none() | st.floats(-1, 1) | st.just(1 + 1e-12)


def judged(
    need: Facts,
    result: Facts,
    text: float | None,
    scales: Scales = ranking.DEFAULTS,
    cosine: float | None = None,
) -> dict[str, Judgement]:
    return matching._judgements(need, result, (text, cosine), (), scales)


def reasons(
    need: Facts,
    result: Facts,
    text: float | None,
    scales: Scales = ranking.DEFAULTS,
    cosine: float | None = None,
) -> tuple[Reason, ...]:
    return ranking.reasons(judged(need, result, text, scales, cosine), scales)


def scored(need: Facts, result: Facts, text: float | None, scales: Scales) -> Decimal:
    return ranking.score(reasons(need, result, text, scales))
