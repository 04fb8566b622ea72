from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import demand, questions, shaping, tokens
from search.query import K1, Query, Reading, Statistics, Term, compose
from search.questions import Lexicon
from search.shaping import Text
from search.translation import NO_TERMS, Translator


def everywhere(terms: Iterable[str]) -> Statistics:
    """Count as if each term were in three of a hundred documents."""
    return Statistics(100, dict.fromkeys(terms, 3))


def weights(reading: Reading) -> dict[str, float]:
    return {term.text: term.weight for term in reading.terms}


def test_the_title_counts_far_more_than_the_text(small_lexicon: Lexicon) -> None:
    query = questions.of_listing([Text("电池", "设备。")], lexicon=small_lexicon, count=everywhere)
    found = weights(query.readings[0])
    assert found["电池"] == pytest.approx(shaping.TITLE_WEIGHT * found["设备"])


def test_in_chinese_what_comes_late_counts_less(small_lexicon: Lexicon) -> None:
    text = Text("题", "甲乙。" + "好。" * 600 + "丙丁。")
    found = weights(
        questions.of_listing([text], lexicon=small_lexicon, count=everywhere).readings[0]
    )
    assert found["甲乙"] > 5 * found["丙丁"] > 0


def test_what_every_need_says_is_pushed_down(small_lexicon: Lexicon) -> None:
    table = demand.fit(["研发电池"] * 10 + ["研发灯"] * 90)
    told = Lexicon(small_lexicon.translator, table)
    found = weights(
        questions.of_listing([Text("研发电池")], lexicon=told, count=everywhere).readings[0]
    )
    assert found["电池"] > 1.5 * found["研发"] > 0


def test_without_needs_nothing_is_pushed_down() -> None:
    assert demand.Demand().telling(["研发"], 0.5) == 1.0


def test_particles_are_not_looked_for(small_lexicon: Lexicon) -> None:
    query = questions.of_listing(
        [Text("the use of batteries")], lexicon=small_lexicon, count=everywhere
    )
    assert {"the", "of"}.isdisjoint(weights(query.readings[0]))


def test_a_text_is_read_in_the_other_language_too(small_lexicon: Lexicon) -> None:
    written, translated = questions.of_listing(
        [Text("锂电池")], lexicon=small_lexicon, count=everywhere
    ).readings
    assert "电池" in weights(written)
    assert weights(translated).keys() == {"lithium", "batteri", "lithium_batteri"}
    assert translated.terms[0].source == "锂电池"


def test_where_translations_meet_counts_as_far_as_documents_hold_it(
    small_lexicon: Lexicon,
) -> None:
    def asked(held: set[str]) -> dict[str, float]:
        def count(terms: Iterable[str]) -> Statistics:
            return Statistics(100, {term: 3 * (term in held) for term in terms})

        query = questions.of_listing([Text("锂电池回收")], lexicon=small_lexicon, count=count)
        return weights(query.readings[1])

    single, unseen = {"lithium", "batteri", "recycl"}, {"lithium_batteri", "recov"}
    assert asked(single).keys() == {*single, *unseen}
    with_pair = asked(single | {"batteri_recycl"})
    assert with_pair.keys() == {*single, *unseen, "batteri_recycl"}
    assert 0 < with_pair["batteri_recycl"] < with_pair["recycl"]


def test_what_the_author_wrote_in_both_is_not_translated(small_lexicon: Lexicon) -> None:
    texts = [Text("锂电池"), Text("Accumulators with lithium")]
    query = questions.of_listing(texts, lexicon=small_lexicon, count=everywhere)
    assert len(query.readings) == 2
    assert "batteri" not in weights(query.readings[1])


def test_a_search_demands_all_of_two_words_and_most_of_more(small_lexicon: Lexicon) -> None:
    def minimum(typed: str) -> int:
        return (
            questions.of_search(typed, lexicon=small_lexicon, count=everywhere).readings[0].minimum
        )

    assert minimum("battery") == 1
    assert minimum("battery recycling") == 2
    assert minimum("battery recycling plant for cars") == 3
    assert minimum("锂电池") == 2
    assert minimum("锂电池回收") == 2, "a pair across two words is no word"
    assert minimum("泵") == 1


def test_a_relaxed_search_demands_one_word(small_lexicon: Lexicon) -> None:
    query = questions.of_search("battery recycling", lexicon=small_lexicon, count=everywhere)
    assert [r.minimum for r in questions.relaxed(query).readings] == [1, 1]


@pytest.mark.parametrize("typed", ["", "   ", "?!。", "\x00", "🔋" * 500, "*" * 100_000])
def test_a_search_without_words_asks_nothing(small_lexicon: Lexicon, typed: str) -> None:
    assert not questions.of_search(typed, lexicon=small_lexicon, count=everywhere)


def test_a_page_of_text_is_looked_for_like_a_need(small_lexicon: Lexicon) -> None:
    query = questions.of_search("锂电池回收设备" * 20, lexicon=small_lexicon, count=everywhere)
    assert query.readings[0].minimum == 0


terms = st.lists(
    st.builds(Term, st.text("ab", min_size=1, max_size=4), st.floats(0.01, 100), st.just("")),
    min_size=1,
    max_size=30,
    unique_by=lambda term: term.text,
)


@given(terms, st.dictionaries(st.text("ab", min_size=1, max_size=4), st.integers(0, 50)))
def test_no_document_scores_above_one(wanted: list[Term], known: dict[str, int]) -> None:
    statistics = Statistics(50, known)
    reading = compose(wanted, statistics, most=8)
    present = [term for term in reading.terms if known.get(term.text)]
    highest = sum(t.weight * statistics.idf(t.text) * (K1 + 1) for t in present)
    assert highest <= 1 + 1e-9
    assert len(present) <= 8
    assert len(reading.terms) - len(present) <= 8


def test_unseen_words_count_in_the_bound_and_wait_for_a_document_in_no_terms_place() -> None:
    statistics = Statistics(100, {"common": 50})
    reading = compose([Term("common", 1, ""), Term("unseen", 1, "")], statistics, most=1)
    assert [term.text for term in reading.terms] == ["common", "unseen"]
    highest = reading.terms[0].weight * statistics.idf("common") * (K1 + 1)
    assert highest < 0.2


def test_a_query_without_terms_is_false() -> None:
    assert not Query((Reading(()), Reading(())))


@given(st.text(st.sampled_from("锂电池的 battery,.。"), max_size=80))
def test_any_text_makes_a_query(text: str) -> None:
    lexicon = Lexicon(Translator(NO_TERMS))
    for term in questions.of_search(text, lexicon=lexicon, count=everywhere).readings[0].terms:
        assert term.weight > 0
        assert term.text in tokens.terms(text)
