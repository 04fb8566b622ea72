"""Questions are made beforehand, kept for every process, and count while what made them holds."""

from collections.abc import Callable
from typing import Any

import pytest

from marketplace.listings import lifecycle
from marketplace.outbox.models import Effect
from search import asking, lexicon, matching, questions
from search.backends.base import Backend
from search.documents import Document, key_of, texts_of
from search.models import Question, Term
from search.query import Query
from search.questions import Lexicon
from search.shaping import Text
from tests import factories

pytestmark = pytest.mark.django_db

TEXTS = [Text("锂电池回收", "从废旧电池中提取锂。")]


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


@pytest.fixture
def need(db: None, each_engine: str, work: Callable[[], int]) -> Any:
    """A published need, in the index and with its question kept."""
    need = factories.make_need(
        title_zh="锂电池回收", summary_zh="从废旧电池中提取锂。", summary_en=""
    )
    factories.publish(need)
    work()
    return need


def asked(need: Any) -> Query:
    return asking.of(key_of(need), texts_of(need), lexicon.current())


def test_what_is_published_has_its_question_kept(need: Any, engine: Backend) -> None:
    count = engine.statistics
    expected = questions.of_listing(texts_of(need), lexicon=lexicon.current(), count=count)
    assert [Question.objects.get().key] == [key_of(need)]
    assert asked(need) == expected
    assert expected.readings


def test_no_process_makes_it_again(need: Any, made: list[int]) -> None:
    matching.best_results(need, viewer=need.author)
    assert asked(need)
    assert made == []


def test_another_text_has_another_question(need: Any, made: list[int]) -> None:
    before = asked(need)
    need.title_zh = "风机叶片检测"
    assert asked(need) != before
    assert made == [1]
    assert Question.objects.count() == 1


def test_other_words_make_another_question(
    need: Any, made: list[int], work: Callable[[], int]
) -> None:
    before = asked(need)
    Term.objects.create(zh="锂电池", en="li-ion cell")
    after = asked(need)
    assert after != before
    assert made == [1]
    assert asking.enqueue_outdated() == 1
    work()
    assert made == [1, 1]
    assert asked(need) == after
    assert made == [1, 1]


def test_a_draft_changes_nothing_that_is_kept(need: Any, work: Callable[[], int]) -> None:
    kept = Question.objects.values().get()
    draft = factories.make_need(title_zh="绝密项目")
    assert asked(draft)
    work()
    assert Question.objects.values().get() == kept


def test_what_is_withdrawn_is_dropped(need: Any, work: Callable[[], int]) -> None:
    lifecycle.withdraw(need, author=need.author)
    work()
    assert not Question.objects.exists()


def test_questions_are_made_anew_as_the_index_grows(
    need: Any, engine: Backend, work: Callable[[], int]
) -> None:
    engine.write(["result:1"], lambda: [Document("result:1", ["回收"])])
    others = [Document(f"result:{number}", ["电池"]) for number in range(2, 12)]
    before = asked(need)
    assert asking.enqueue_outdated() == 1
    assert asking.enqueue_outdated() == 0
    work()
    assert asked(need) != before
    assert asking.enqueue_outdated() == 0
    engine.write([other.key for other in others], lambda: others)
    assert asking.enqueue_outdated() == 1
    work()
    assert Question.objects.get().documents == 12


def test_a_word_that_no_document_held_finds_the_first_that_does(
    need: Any, work: Callable[[], int]
) -> None:
    result = factories.make_result(title_en="Recycling of lithium", summary_en="From batteries.")
    factories.publish(result)
    kept = Question.objects.get(key=key_of(need)).readings
    work()
    [match] = matching.best_results(need, viewer=need.author)
    assert (match.listing, match.words != ()) == (result, True)
    assert Question.objects.get(key=key_of(need)).readings == kept


def test_what_lacks_is_made_by_the_sweep_unless_it_is_on_its_way(need: Any) -> None:
    Question.objects.all().delete()
    assert asking.enqueue_outdated() == 1
    assert asking.enqueue_outdated() == 0
    assert Effect.objects.filter(kind=asking.KIND, state="pending").count() == 1


def test_many_are_made_together(engine: Backend, made: list[int], small_lexicon: Lexicon) -> None:
    other = [Text("风机")]
    found = asking.of_all({"need:1": TEXTS, "need:2": other}, small_lexicon)
    assert made == [2]
    assert list(found) == ["need:1", "need:2"]
    assert found["need:2"] == questions.of_listing(
        other, lexicon=small_lexicon, count=engine.statistics
    )


def test_a_need_asks_for_statistics_twice_whatever_it_says(small_lexicon: Lexicon) -> None:
    count = 0

    def counting(terms: Any) -> Any:
        nonlocal count
        count += 1
        return questions.Statistics(10, dict.fromkeys(terms, 1))

    questions.of_listing(TEXTS, lexicon=small_lexicon, count=counting)
    assert count == 2
    questions.of_search("锂电池 回收", lexicon=small_lexicon, count=counting)
    assert count == 4
