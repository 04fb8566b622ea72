"""Each criterion on its own: a better fact never gives less, a favourable one never less than none."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.listings.models.publishing import FRESH_FOR
from marketplace.money import Money
from marketplace.taxonomy.codes import INDUSTRY, REGION, CodeScheme
from search import criteria
from search.criteria import Facts
from search.ranking import DEFAULTS, Scale, Scales
from search.weighting import versions
from tests.search.random_pairs import (
    INDUSTRIES,
    REGIONS,
    Node,
    facts,
    scales,
    scored,
    text_scores,
)

Draw = Callable[[Any], Any]
Sides = tuple[Facts, Facts]
"""What one side states, without and with the fact."""
PRICE = 10**9


def _in_tree(field: str, scheme: CodeScheme, codes: list[str]) -> Any:
    """State a code that the other side's shares at least the topmost level with."""

    def state(draw: Draw, own: Facts, other: Facts) -> Sides:
        asked = getattr(other, field) or Node(draw(st.sampled_from(codes)))
        near = [code for code in codes if scheme.common(code, asked.code)]
        without = replace(own, **{field: None})
        return without, replace(own, **{field: Node(draw(st.sampled_from(near)))})

    return state


def _functions(draw: Draw, own: Facts, other: Facts) -> Sides:
    """State functions more that the other side states as well."""
    more = draw(st.frozensets(st.sampled_from(sorted(other.functions)))) if other.functions else ()
    return own, replace(own, functions=own.functions.union(more))


def _modes(draw: Draw, own: Facts, other: Facts) -> Sides:
    """Accept ways of working together more, one of which the other side accepts."""
    more = draw(st.frozensets(st.sampled_from(sorted(other.modes)))) if other.modes else ()
    return own, replace(own, modes=own.modes.union(more))


def _reached(draw: Draw, own: Facts, other: Facts) -> Sides:
    """State the level that is asked or a higher one, or rise."""
    least = own.trl or other.trl or 1
    return own, replace(own, trl=draw(st.integers(least, 9)))


def _required(draw: Draw, own: Facts, other: Facts) -> Sides:
    """Ask for no more than has been reached."""
    return replace(own, trl=None), replace(own, trl=draw(st.integers(1, other.trl or 9)))


def _first(*amounts: Money | None) -> Money:
    """Return the first amount that is stated, be it nothing."""
    return next(amount for amount in amounts if amount is not None)


def _price(draw: Draw, own: Facts, other: Facts) -> Sides:
    """State a lowest price: within the budget, or below what was stated."""
    budget = other.lowest if other.highest is None else other.highest
    most = _first(own.highest, budget, Money(PRICE, "CNY"))
    lowest = Money(draw(st.integers(0, most.amount)), most.currency)
    return replace(own, lowest=None), replace(own, lowest=lowest)


def _budget(draw: Draw, own: Facts, other: Facts) -> Sides:
    """State how much there is at most: the price or more, or more than was stated."""
    price = other.highest if other.lowest is None else other.lowest
    least = _first(own.lowest, price, Money(0, "CNY"))
    highest = Money(draw(st.integers(least.amount, least.amount + PRICE)), least.currency)
    return replace(own, highest=None), replace(own, highest=highest)


def _confirmed(draw: Draw, own: Facts, other: Facts) -> Sides:
    """Confirm, as long ago as the site allows, or anew."""
    most = FRESH_FOR.days if own.confirmed_days is None else own.confirmed_days
    return own, replace(own, confirmed_days=draw(st.integers(0, most)))


FAVOURABLE: dict[tuple[str, str], Any] = {
    ("industry", "need"): _in_tree("industry", INDUSTRY, INDUSTRIES),
    ("industry", "result"): _in_tree("industry", INDUSTRY, INDUSTRIES),
    ("region", "need"): _in_tree("region", REGION, REGIONS),
    ("region", "result"): _in_tree("region", REGION, REGIONS),
    ("function", "need"): _functions,
    ("function", "result"): _functions,
    ("cooperation", "need"): _modes,
    ("cooperation", "result"): _modes,
    ("maturity", "need"): _required,
    ("maturity", "result"): _reached,
    ("price", "need"): _budget,
    ("price", "result"): _price,
    ("freshness", "need"): _confirmed,
    ("freshness", "result"): _confirmed,
}


def test_every_criterion_is_tried_from_both_sides() -> None:
    names = {(name, side) for name in DEFAULTS for side in ("need", "result") if name != "text"}
    assert FAVOURABLE.keys() == names


@pytest.mark.parametrize(("criterion", "side"), FAVOURABLE)
@given(need=facts(), result=facts(), text=text_scores, scales=scales(), data=st.data())
def test_a_true_favourable_fact_never_lowers_the_score(
    criterion: str,
    side: str,
    need: Facts,
    result: Facts,
    text: float | None,
    scales: Scales,
    data: st.DataObject,
) -> None:
    own, other = (need, result) if side == "need" else (result, need)

    def score(one: Facts) -> Decimal:
        pair = (one, other) if side == "need" else (other, one)
        return scored(*pair, text, scales)

    unstated, stated = FAVOURABLE[criterion, side](data.draw, own, other)
    assert score(stated) >= score(unstated)


@given(facts(), facts(), st.floats(0, 1), st.floats(0, 1), scales())
def test_a_better_text_never_lowers_the_score(
    need: Facts, result: Facts, one: float, other: float, scales: Scales
) -> None:
    low, high = sorted((one, other))
    unknown = scored(need, result, None, scales)
    assert unknown <= scored(need, result, low, scales) <= scored(need, result, high, scales)


@pytest.mark.parametrize(
    ("criterion", "need", "result"),
    [
        ("industry", Facts(industry=Node("C384")), Facts(industry=Node("C361"))),
        ("region", Facts(region=Node("3301")), Facts(region=Node("3302"))),
        ("freshness", Facts(confirmed_days=FRESH_FOR.days), Facts(confirmed_days=0)),
    ],
)
def test_no_lower_bound_of_the_priors_would_do(criterion: str, need: Facts, result: Facts) -> None:
    """One per cent more, and stating the fact lowers the score."""

    def gained(prior: int) -> Any:
        scales = {**DEFAULTS, criterion: Scale(500, prior)}
        return scored(need, result, 0.2, scales) - scored(Facts(), result, 0.2, scales)

    most = versions.highest_prior(criterion)
    assert gained(most) >= 0
    assert gained(most + 1) < 0


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


def test_one_confirmed_listing_counts_as_long_as_it_is_staler_than_usual() -> None:
    stale, fresh = Facts(confirmed_days=300), Facts(confirmed_days=10)
    assert criteria.freshness(stale, Facts(), prior=0.5).share == pytest.approx(65 / 365)
    assert criteria.freshness(Facts(), fresh, prior=0.5).share is None
    assert criteria.freshness(stale, fresh, prior=0.5).share == pytest.approx(65 / 365)
