from typing import Any

import pytest

from marketplace.listings.completeness import CRITERIA, NEED, RESULT, completeness
from marketplace.listings.forms import FORMS
from marketplace.listings.models import ResearchResult, TechnologyNeed
from tests import factories
from tests.listings.test_live_page import live_need, live_result

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("criteria", [RESULT, NEED])
def test_the_weights_sum_to_a_hundred(criteria: Any) -> None:
    assert sum(criterion.weight for criterion in criteria) == 100


@pytest.mark.parametrize("kind", CRITERIA)
def test_each_criterion_leads_to_a_part_of_the_form(kind: str) -> None:
    parts = {part.name for part in FORMS[kind].layout}
    assert {criterion.part for criterion in CRITERIA[kind]} <= parts


@pytest.mark.parametrize("model", [ResearchResult, TechnologyNeed])
def test_an_empty_listing_misses_everything(model: Any) -> None:
    found = completeness(model())
    assert found.score == 0
    weights = [criterion.weight for criterion in found.missing]
    assert weights == sorted(weights, reverse=True)
    assert set(found.missing) == set(CRITERIA[model.kind])


@pytest.mark.parametrize("make", [live_result, live_need])
def test_a_full_listing_misses_nothing(make: Any) -> None:
    listing = make()
    listing.details_en = "long " * 50
    listing.advantage_en = "20 % faster"
    assert completeness(listing).score == 100
    assert completeness(listing).missing == ()


def test_a_fact_counts_whoever_may_read_it() -> None:
    fields = {"price_min": 5, "problem_en": "A problem."}
    public = factories.make_result(**fields, tiers={"price": 0, "problem": 0})
    private = factories.make_result(**fields, tiers={"price": 3, "problem": 3})
    assert completeness(public).score == completeness(private).score


def test_adding_a_fact_never_lowers_the_score() -> None:
    listing, scores = ResearchResult(), []
    for field, value in {
        "title_en": "t",
        "summary_en": "s",
        "advantage_zh": "better",
        "trl": 1,
        "details_zh": "d" * 199,
        "details_en": "d" * 200,
        "price_max": 0,
    }.items():
        setattr(listing, field, value)
        scores.append(completeness(listing).score)
    assert scores == sorted(scores)
    assert scores[-1] == 12 + 8 + 8 + 8 + 4
