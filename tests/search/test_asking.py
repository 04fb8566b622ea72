"""Questions are made once, and made anew as soon as anything that they depend on changes."""

from typing import Any

import pytest

from search import asking, backends, questions
from search.backends.base import Backend
from search.documents import Document
from search.questions import Lexicon
from search.shaping import Text
from search.translation import Translator

TEXTS = [Text("锂电池回收", "从废旧电池中提取锂。")]


def put(engine: Backend, key: str) -> None:
    engine.write([key], lambda: [Document(key, ["锂电", "电池", key])])


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many questions were made, each time that some were."""
    numbers: list[int] = []
    make = questions.of_listings

    def counting(listings: Any, **known: Any) -> Any:
        numbers.append(len(listings))
        return make(listings, **known)

    monkeypatch.setattr(questions, "of_listings", counting)
    return numbers


def test_a_question_is_made_once(
    each_engine: str, engine: Backend, small_lexicon: Lexicon, made: list[int]
) -> None:
    put(engine, "a")
    first = asking.of(TEXTS, small_lexicon)
    other = [Text("风机")]
    again, new, twice = asking.of_all([TEXTS, other, list(TEXTS)], small_lexicon)
    assert made == [1, 1]
    assert again is twice is first
    count = backends.current().statistics
    assert new == questions.of_listing(other, lexicon=small_lexicon, count=count)


def test_a_write_to_the_index_makes_it_anew(
    each_engine: str, engine: Backend, small_lexicon: Lexicon, made: list[int]
) -> None:
    put(engine, "a")
    before = asking.of(TEXTS, small_lexicon)
    put(engine, "b")
    after = asking.of(TEXTS, small_lexicon)
    assert made == [1, 1]
    assert after != before


def test_other_words_make_it_anew(engine: Backend, small_lexicon: Lexicon, made: list[int]) -> None:
    put(engine, "a")
    asking.of(TEXTS, small_lexicon)
    asking.of(TEXTS, Lexicon(Translator(small_lexicon.translator.common)))
    assert made == [1, 1]


def test_a_process_keeps_the_last_ones_only(
    engine: Backend, small_lexicon: Lexicon, made: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "REMEMBERED", 2)
    put(engine, "a")
    several = [[Text(title)] for title in ("电池", "风机", "水泵")]
    asking.of_all(several, small_lexicon)
    asking.of_all(several[1:], small_lexicon)
    assert made == [3]
    asking.of(several[0], small_lexicon)
    assert made == [3, 1]


def test_a_need_asks_for_statistics_twice_whatever_it_says(small_lexicon: Lexicon) -> None:
    asked = 0

    def count(terms: Any) -> Any:
        nonlocal asked
        asked += 1
        return questions.Statistics(10, dict.fromkeys(terms, 1))

    questions.of_listing(TEXTS, lexicon=small_lexicon, count=count)
    assert asked == 2
    questions.of_search("锂电池 回收", lexicon=small_lexicon, count=count)
    assert asked == 4
