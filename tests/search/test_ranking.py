from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from marketplace.listings.models.listing import CooperationMode
from marketplace.money import Money
from search import criteria, matching, ranking
from search.criteria import Facts, Judgement
from search.functions import Function
from search.ranking import SCALES


class Node:
    """A node of a reference tree without a database."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.name = f"<{code}>"

    def __repr__(self) -> str:
        return self.name


INDUSTRIES = ["A", "C", "C38", "C384", "C3841", "C36", "C361"]
REGIONS = ["33", "3301", "330106", "3302", "42"]
money = st.builds(Money, st.integers(0, 10**9), st.sampled_from(["CNY", "USD"]))
facts = st.builds(
    Facts,
    industry=st.none() | st.sampled_from(INDUSTRIES).map(Node),
    region=st.none() | st.sampled_from(REGIONS).map(Node),
    functions=st.frozensets(st.sampled_from(Function), max_size=4),
    trl=st.none() | st.integers(1, 9),
    modes=st.frozensets(st.sampled_from(CooperationMode.values)),
    lowest=st.none() | money,
    highest=st.none() | money,
    confirmed_days=st.none() | st.integers(0, 1000),
)
text_scores = st.none() | st.floats(0, 1)


def judged(need: Facts, result: Facts, text: float | None) -> dict[str, Judgement]:
    return matching._judgements(need, result, text, ())


def scored(need: Facts, result: Facts, text: float | None) -> Decimal:
    return ranking.score(ranking.reasons(judged(need, result, text)))


def test_the_weights_sum_to_one_hundred_points() -> None:
    assert sum(scale.weight for scale in SCALES.values()) == 1000


@given(facts, facts, text_scores)
def test_the_contributions_sum_to_the_score(need: Facts, result: Facts, text: float | None) -> None:
    reasons = ranking.reasons(judged(need, result, text))
    score = ranking.score(reasons)
    assert sum((reason.points for reason in reasons), Decimal(0)) == score
    assert 0 <= score <= 100
    assert all(0 <= r.tenths <= SCALES[r.criterion].weight for r in reasons)


@given(facts, facts, text_scores, st.sampled_from(sorted(SCALES)))
def test_a_criterion_set_to_zero_lowers_the_score_by_what_it_showed(
    need: Facts, result: Facts, text: float | None, gone: str
) -> None:
    judgements = judged(need, result, text)
    reasons = ranking.reasons(judgements)
    shown = next(reason.points for reason in reasons if reason.criterion == gone)
    without = ranking.reasons({**judgements, gone: Judgement(0.0)})
    assert ranking.score(reasons) - ranking.score(without) == shown


def favourable(need: Facts) -> list[dict[str, Any]]:
    """Return the facts of a result that suit `need` as well as any can."""
    facts: list[dict[str, Any]] = [{"trl": 9}, {"confirmed_days": 0}]
    if need.industry:
        facts.append({"industry": need.industry})
    if need.region:
        facts.append({"region": need.region})
    if need.modes:
        facts.append({"modes": need.modes})
    if need.functions:
        facts.append({"functions": need.functions})
    available = need.lowest if need.highest is None else need.highest
    if available is not None:
        facts.append({"lowest": Money(0, available.currency)})
    return facts


@given(facts, facts, text_scores, st.data())
def test_a_true_favourable_fact_never_lowers_the_score(
    need: Facts, result: Facts, text: float | None, data: st.DataObject
) -> None:
    fact = data.draw(st.sampled_from(favourable(need)))
    assert scored(need, replace(result, **fact), text) >= scored(need, result, text)


@given(facts, facts, text_scores, st.data())
def test_one_more_of_what_is_asked_never_lowers_the_score(
    need: Facts, result: Facts, text: float | None, data: st.DataObject
) -> None:
    """Each function or way of working together that the need asks for, one at a time."""
    asked = st.sampled_from(sorted(need.functions)) if need.functions else st.nothing()
    more = replace(result, functions=result.functions | data.draw(st.frozensets(asked)))
    if result.functions & need.functions or not result.functions:
        assert scored(need, more, text) >= scored(need, result, text)
    assert scored(need, replace(result, modes=result.modes | need.modes), text) >= scored(
        need, result, text
    )


@given(facts, facts, st.floats(0, 1), st.floats(0, 1))
def test_a_better_text_never_lowers_the_score(
    need: Facts, result: Facts, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert scored(need, result, low) <= scored(need, result, high)


def test_the_text_goes_from_nothing_to_everything() -> None:
    assert criteria.text(0.0).share == 0
    assert criteria.text(1.0).share == pytest.approx(1)


@given(facts, facts)
def test_what_is_not_stated_is_said_so_and_takes_the_prior(need: Facts, result: Facts) -> None:
    unstated = Facts()
    for reason in ranking.reasons(judged(need, unstated, None)):
        scale = SCALES[reason.criterion]
        if reason.criterion != "freshness" or need.confirmed_days is None:
            assert not reason.is_stated
            assert reason.tenths == round(scale.weight * scale.prior)


@pytest.mark.parametrize(
    ("asked", "offered", "share"),
    [
        ("C3841", "C3841", 1.0),
        ("C3841", "C3849", 0.9),
        ("C3841", "C361", 0.4),
        ("C3841", "A", 0.0),
        ("C", "C3841", 0.4),
        ("C38", "C3841", 0.7),
    ],
)
def test_industries_compare_by_their_common_ancestor(
    asked: str, offered: str, share: float
) -> None:
    need, result = Facts(industry=Node(asked)), Facts(industry=Node(offered))
    assert criteria.industry(need, result).share == share


@pytest.mark.parametrize(
    ("reached", "required", "share"), [(6, 5, 1.0), (5, 5, 1.0), (4, 5, 0.75), (1, 9, 0.0)]
)
def test_maturity_below_what_is_asked_loses_by_the_level(
    reached: int, required: int, share: float
) -> None:
    assert criteria.maturity(Facts(trl=required), Facts(trl=reached)).share == share


def test_prices_compare_in_one_currency_only() -> None:
    need = Facts(highest=Money(100, "CNY"))
    assert criteria.price(need, Facts(lowest=Money(100, "CNY"))).share == 1
    assert criteria.price(need, Facts(lowest=Money(200, "CNY"))).share == 0.5
    assert criteria.price(need, Facts(lowest=Money(1, "USD"))).share is None
    free = Facts(lowest=Money(0, "CNY"), highest=Money(500, "CNY"))
    assert criteria.price(need, free).share == 1


def test_reasons_are_told_in_the_readers_language_and_frozen_in_all() -> None:
    need, result = Facts(trl=5), Facts(trl=6)
    reason = next(
        r for r in ranking.reasons(judged(need, result, 0.1)) if r.criterion == "maturity"
    )
    with translation.override("en"):
        assert reason.contribution.detail == "TRL 6 ≥ required 5"
    frozen = reason.frozen()
    assert frozen["detail"]["en"] == "TRL 6 ≥ required 5"
    assert set(frozen["detail"]) == {"zh-hans", "en"}
    assert (frozen["points"], frozen["maximum"], frozen["is_stated"]) == (3.0, 3.0, True)
