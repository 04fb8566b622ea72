from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from marketplace.listings import lifecycle
from marketplace.listings.models import NeedMetric
from search import decisions, matching
from search.backends.base import Backend
from search.models import MatchDecision, Term, Weighting
from search.ranking import DEFAULTS, Scale
from search.weighting import versions
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_engine")]
ANYONE = AnonymousUser()
Work = Callable[..., int]


def make_need(**fields: Any) -> Any:
    return factories.make_need(**{"summary_en": "", **fields})


def make_result(**fields: Any) -> Any:
    return factories.make_result(**{"summary_en": "", **fields})


@pytest.fixture
def battery(work: Work) -> Any:
    """A need for battery recycling among results that fit it more, less and not at all."""
    needs = {
        "battery": make_need(
            title_zh="废旧锂电池回收工艺",
            summary_zh="需要锂电池正极材料的回收技术，回收率不低于95%。",
            industry=factories.make_industry("C421"),
            min_trl=5,
            budget_max=100_000_00,
            cooperation_modes=["licence"],
            live=True,
        ),
        "fan": make_need(title_zh="风机叶片降噪", live=True),
    }
    results = {
        "close": make_result(
            title_zh="锂电池正极材料回收方法",
            summary_zh="从废旧锂电池中回收钴和锂。",
            industry=factories.make_industry("C4210"),
            trl=6,
            price_min=80_000_00,
            cooperation_modes=["licence", "service"],
            live=True,
        ),
        "far": make_result(title_zh="一种电池包装盒", live=True),
        "english": make_result(title_en="Recycling of spent lithium batteries", live=True),
        "other": make_result(title_zh="小麦育种", live=True),
    }
    work()
    return {**needs, **results, "need": needs["battery"]}


def adopt_weights(**changed: Scale) -> Weighting:
    return versions.adopt(
        scales={**DEFAULTS, **changed}, note="Tried.", by=factories.make_administrator(), after=0
    )


def by_listing(matches: list[matching.Match]) -> dict[Any, matching.Match]:
    return {match.listing: match for match in matches}


def test_the_best_result_comes_first_with_reasons(battery: Any) -> None:
    matches = matching.best_results(battery["need"], viewer=ANYONE)
    assert matches[0].listing == battery["close"]
    assert [match.rank for match in matches] == list(range(1, len(matches) + 1))
    assert battery["other"] not in by_listing(matches)
    scores = [match.score for match in matches]
    assert scores == sorted(scores, reverse=True)
    for match in matches:
        assert sum((reason.points for reason in match.reasons), Decimal(0)) == match.score


def test_reasons_say_the_facts_in_plain_words(battery: Any) -> None:
    best = matching.best_results(battery["need"], viewer=ANYONE)[0]
    with translation.override("en"):
        details = {r.criterion: r.contribution.detail for r in best.reasons}
        stated = {r.criterion for r in best.reasons if r.is_stated}
    assert details["maturity"] == "TRL 6 ≥ required 5"
    assert details["price"] == "80,000 CNY ≤ budget 100,000 CNY"
    assert details["cooperation"] == "licence"
    assert "锂电池" in str(details["text"])
    assert "region" not in stated
    assert {"text", "industry", "function", "maturity", "price", "cooperation"} <= stated


def test_a_chinese_need_meets_an_english_result(battery: Any) -> None:
    match = by_listing(matching.best_results(battery["need"], viewer=ANYONE))[battery["english"]]
    words = {str(word) for word in match.words}
    assert any(word.startswith(("Recycling", "lithium", "batteries")) for word in words)
    assert any("(" in word for word in words), "says which Chinese word was met"


def test_an_english_need_meets_a_chinese_result(battery: Any) -> None:
    need = make_need(title_en="Recycling of lithium batteries", live=True)
    best = matching.best_results(need, viewer=ANYONE)[0]
    assert best.listing in (battery["close"], battery["english"])
    assert battery["close"] in by_listing(matching.best_results(need, viewer=ANYONE))


def test_a_pair_has_one_score_from_both_sides(battery: Any) -> None:
    need, result = battery["need"], battery["close"]
    forward = by_listing(matching.best_results(need, viewer=ANYONE))[result]
    backward = by_listing(matching.best_needs(result, viewer=ANYONE))[need]
    pair = matching.pair(need=need, result=result, viewer=ANYONE)
    assert forward.score == backward.score == pair.score
    assert pair.rank == 1
    assert [r.tenths for r in forward.reasons] == [r.tenths for r in pair.reasons]


def test_the_score_of_a_pair_does_not_depend_on_other_candidates(battery: Any) -> None:
    need = battery["need"]
    ten = matching.best_results(need, viewer=ANYONE)
    one = matching.best_results(need, viewer=ANYONE, limit=1)
    assert one[0].score == ten[0].score
    for match in ten:
        alone = matching.pair(need=need, result=match.listing, viewer=ANYONE)
        assert (alone.score, alone.rank) == (match.score, match.rank)


def test_a_result_that_is_not_in_the_index_yet_has_no_text_to_judge(battery: Any) -> None:
    result = make_result(title_zh="锂电池", live=True)
    pair = matching.pair(need=battery["need"], result=result, viewer=ANYONE)
    text = next(reason for reason in pair.reasons if reason.criterion == "text")
    assert (text.is_stated, text.tenths, pair.rank) == (False, 0, None)


def test_hits_are_asked_for_anew(battery: Any) -> None:
    """The index still holds them, the database says no."""
    lifecycle.withdraw(battery["close"], author=battery["close"].author)
    lifecycle.withdraw(battery["need"], author=battery["need"].author)
    found = by_listing(matching.best_results(battery["need"], viewer=ANYONE))
    assert found
    assert battery["close"] not in found
    administrator = factories.make_administrator()
    found = by_listing(matching.best_needs(battery["close"], viewer=administrator))
    assert battery["need"] not in found


def test_closed_facts_change_no_score(battery: Any) -> None:
    open_score = matching.best_results(battery["need"], viewer=ANYONE)[0]
    price = next(r for r in open_score.reasons if r.criterion == "price")
    assert price.is_stated
    type(battery["close"]).objects.filter(pk=battery["close"].pk).update(tiers={"price": 2})
    for viewer in (ANYONE, battery["close"].author, factories.make_administrator()):
        match = by_listing(matching.best_results(battery["need"], viewer=viewer))[battery["close"]]
        price = next(r for r in match.reasons if r.criterion == "price")
        assert not price.is_stated


def test_the_number_of_queries_does_not_grow(battery: Any, work: Work) -> None:
    def count(find: Any, listing: Any) -> int:
        with CaptureQueriesContext(connection) as queries:
            find(type(listing).objects.get(pk=listing.pk), viewer=ANYONE)
        return len(queries)

    before = (
        count(matching.best_results, battery["need"]),
        count(matching.best_needs, battery["close"]),
    )
    for n in range(8):
        make_result(title_zh=f"锂电池回收工艺{n}", live=True)
        make_need(
            title_zh=f"锂电池回收工艺{n}",
            metrics=[NeedMetric(name_zh="回收率", value="95%")],
            live=True,
        )
    work()
    after = (
        count(matching.best_results, battery["need"]),
        count(matching.best_needs, battery["close"]),
    )
    assert len(matching.best_results(battery["need"], viewer=ANYONE)) == 10
    assert after == before
    assert max(before) <= 10


def test_weights_in_force_cost_one_query(battery: Any) -> None:
    """Without a version the same one finds that there is none."""

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            matching.best_results(battery["need"], viewer=ANYONE)
        return len(queries)

    count()  # what is read once by each process
    before = count()
    assert adopt_weights(text=Scale(920, 0), industry=Scale(10, 30)).number == 1
    assert count() == before


def test_a_pair_has_one_score_under_other_weights(battery: Any) -> None:
    need, result = battery["need"], battery["close"]
    adopt_weights(text=Scale(500, 0), price=Scale(410, 50))
    forward = by_listing(matching.best_results(need, viewer=ANYONE))[result]
    backward = by_listing(matching.best_needs(result, viewer=ANYONE))[need]
    pair = matching.pair(need=need, result=result, viewer=ANYONE)
    assert [(r.tenths, r.most) for r in forward.reasons] == [
        (r.tenths, r.most) for r in pair.reasons
    ]
    assert backward.score == forward.score == pair.score
    price = next(r for r in pair.reasons if r.criterion == "price")
    assert (price.tenths, price.most) == (410, 410)


def test_similar_listings_are_of_the_same_kind(battery: Any) -> None:
    found = matching.similar(battery["close"], viewer=ANYONE)
    assert battery["close"] not in found
    assert {type(listing) for listing in found} == {type(battery["close"])}
    assert battery["english"] in found


@pytest.mark.parametrize("title", ["?", "🔋", "的"])
def test_a_text_without_words_matches_nothing(engine: Backend, title: str) -> None:
    need = make_need(title_zh=title, summary_zh="。", live=True)
    assert matching.best_results(need, viewer=ANYONE) == []


def test_own_terms_take_effect_without_a_rebuild(work: Work) -> None:
    result = make_result(title_en="Neuromorphic hardware", live=True)
    need = make_need(title_zh="类脑", live=True)
    work()
    assert result not in by_listing(matching.best_results(need, viewer=ANYONE))
    term = Term.objects.create(zh="类脑", en="neuromorphic")
    match = by_listing(matching.best_results(need, viewer=ANYONE))[result]
    assert "Neuromorphic (类脑)" in map(str, match.words)
    term.en = "photonic"
    term.save()
    assert result not in by_listing(matching.best_results(need, viewer=ANYONE))
    term.delete()
    assert result not in by_listing(matching.best_results(need, viewer=ANYONE))


def test_a_decision_keeps_the_match_as_it_was_shown(battery: Any, work: Work) -> None:
    need, result = battery["need"], battery["close"]
    person = factories.make_user()
    match = matching.best_results(need, viewer=person)[0]
    decision = decisions.record(
        need=need,
        result=result,
        verdict=decisions.Verdict.INTRODUCED,
        decided_by=person,
        match=match.frozen(),
    )
    make_result(title_zh="废旧锂电池回收工艺", live=True)
    work()
    kept = MatchDecision.objects.get(pk=decision.pk)
    assert kept.match["score"] == float(match.score)
    assert kept.match["rank"] == 1
    assert kept.match["listing"] == f"result:{result.pk}"
    assert sum(round(r["points"] * 10) for r in kept.match["reasons"]) == match.score * 10
    assert (kept.decided_by, kept.decided_at.date()) == (person, decision.decided_at.date())
    assert any("锂电池" in word for word in kept.match["words"])


@pytest.mark.parametrize(
    ("verdict", "reason", "field"),
    [
        ("declined", "", "reason"),
        ("declined", "no such reason", "reason"),
        ("accepted", "too_far", "reason"),
        ("maybe", "", "verdict"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    battery: Any, verdict: str, reason: str, field: str
) -> None:
    need, result = battery["need"], battery["close"]
    with pytest.raises(ValidationError) as refused:
        decisions.record(
            need=need,
            result=result,
            verdict=verdict,
            reason=reason,
            decided_by=need.author,
            match=matching.pair(need=need, result=result, viewer=need.author).frozen(),
        )
    assert set(refused.value.message_dict) == {field}
    assert not MatchDecision.objects.exists()
