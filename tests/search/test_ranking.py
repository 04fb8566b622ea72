"""The score is exactly the reasons shown, whatever weights and priors are in force."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from search import criteria, matching, ranking
from search.criteria import Facts, Judgement
from search.query import Query
from search.ranking import DEFAULTS, WHOLE, Scales
from search.weighting import versions
from tests.search.random_pairs import (
    cosines,
    facts,
    judged,
    reasons,
    scales,
    scored,
    text_scores,
)


@given(facts(), facts(), text_scores, scales(), cosines)
def test_the_contributions_sum_to_the_score(
    need: Facts, result: Facts, text: float | None, scales: Scales, cosine: float | None
) -> None:
    terms = reasons(need, result, text, scales, cosine)
    score = ranking.score(terms)
    assert sum((reason.points for reason in terms), Decimal(0)) == score
    assert 0 <= score <= 100
    assert [(r.criterion, r.most) for r in terms] == [(n, s.weight) for n, s in scales.items()]
    assert all(0 <= reason.tenths <= reason.most for reason in terms)


@given(facts(), facts(), text_scores, scales(), cosines)
def test_every_share_lies_between_nothing_and_everything(
    need: Facts, result: Facts, text: float | None, scales: Scales, cosine: float | None
) -> None:
    judgements = judged(need, result, text, scales, cosine)
    assert judgements.keys() == ranking.LABELS.keys()
    assert all(j.share is None or 0 <= j.share <= 1 for j in judgements.values())


@given(facts(), facts(), text_scores, scales(), cosines, st.data())
def test_a_criterion_set_to_zero_lowers_the_score_by_what_it_showed(
    need: Facts,
    result: Facts,
    text: float | None,
    scales: Scales,
    cosine: float | None,
    data: st.DataObject,
) -> None:
    gone = data.draw(st.sampled_from(sorted(scales)))
    judgements = judged(need, result, text, scales, cosine)
    terms = ranking.reasons(judgements, scales)
    shown = next(reason.points for reason in terms if reason.criterion == gone)
    without = ranking.reasons({**judgements, gone: Judgement(0.0)}, scales)
    assert ranking.score(terms) - ranking.score(without) == shown


@given(facts(), scales())
def test_what_is_not_stated_is_said_so_and_takes_the_prior(need: Facts, scales: Scales) -> None:
    for reason in reasons(need, Facts(), None, scales):
        scale = scales[reason.criterion]
        if reason.criterion != "freshness":
            assert not reason.is_stated
        if not reason.is_stated:
            assert reason.tenths == round(scale.weight * scale.prior / 100)


def test_the_defaults_may_be_in_force() -> None:
    versions.check(DEFAULTS)
    assert sum(scale.weight for scale in DEFAULTS.values()) == WHOLE
    assert ranking.with_meaning(DEFAULTS).keys() == ranking.LABELS.keys()


@given(st.floats(-1, 1), st.floats(-1, 1), scales())
def test_a_closer_meaning_never_lowers_the_score(one: float, other: float, scales: Scales) -> None:
    further, closer = sorted((one, other))
    scores = [
        ranking.score(reasons(Facts(), Facts(), 0.2, scales, cosine))
        for cosine in (further, closer)
    ]
    assert scores == sorted(scores)


@given(scales())
def test_the_meaning_takes_its_points_from_the_text_alone(scales: Scales) -> None:
    if "meaning" not in scales:
        divided = ranking.with_meaning(scales)
        assert sum(scale.weight for scale in divided.values()) == WHOLE
        assert divided["text"].weight + divided["meaning"].weight == scales["text"].weight
        assert {name: divided[name] for name in scales if name != "text"} == {
            name: scale for name, scale in scales.items() if name != "text"
        }


def _pair(need: int, result: int, text: float | None, offered: Facts, scales: Scales) -> Any:
    asking: Any = SimpleNamespace(facts=Facts(trl=5), listing=SimpleNamespace(pk=need))
    offering: Any = SimpleNamespace(facts=offered, listing=SimpleNamespace(pk=result))
    return matching._Pair(asking, offering, Query(()), text, None, scales)


@given(
    st.lists(st.tuples(st.sampled_from([None, 0.2, 0.3]), facts()), max_size=6),
    scales(),
    st.randoms(),
)
def test_the_order_does_not_depend_on_the_order_of_finding(
    offered: list[tuple[float | None, Facts]], scales: Scales, random: Any
) -> None:
    """Equal scores and texts are told apart by the listing, so the order is total."""
    pairs = [_pair(1, pk, text, one, scales) for pk, (text, one) in enumerate(offered)]
    ranked = matching._ranked(pairs)
    shuffled = random.sample(pairs, len(pairs))
    assert [p.result.listing.pk for p in matching._ranked(shuffled)] == [
        p.result.listing.pk for p in ranked
    ]
    scores = [ranking.score(pair.judge()) for pair in ranked]
    assert scores == sorted(scores, reverse=True)


@given(facts(), facts(), text_scores, scales(), st.lists(st.tuples(text_scores, facts())))
def test_other_candidates_have_no_say_in_a_score(
    need: Facts,
    result: Facts,
    text: float | None,
    scales: Scales,
    others: list[tuple[float | None, Facts]],
) -> None:
    alone = scored(need, result, text, scales)
    pairs = [_pair(1, pk, other, one, scales) for pk, (other, one) in enumerate(others)]
    own = _pair(1, -1, text, result, scales)
    own.need.facts = need
    (found,) = [p for p in matching._ranked([*pairs, own]) if p.result.listing.pk == -1]
    assert ranking.score(found.judge()) == alone


def test_the_text_goes_from_nothing_to_everything() -> None:
    assert criteria.text(0.0).share == 0
    assert criteria.text(1.0).share == pytest.approx(1)


def test_reasons_are_told_in_the_readers_language_and_frozen_in_all() -> None:
    need, result = Facts(trl=5), Facts(trl=6)
    reason = next(r for r in reasons(need, result, 0.1) if r.criterion == "maturity")
    with translation.override("en"):
        assert reason.contribution.detail == "TRL 6 ≥ required 5"
    frozen = reason.frozen()
    assert frozen["detail"]["en"] == "TRL 6 ≥ required 5"
    assert set(frozen["detail"]) == {"zh-hans", "en"}
    assert (frozen["points"], frozen["maximum"], frozen["is_stated"]) == (1.5, 1.5, True)
