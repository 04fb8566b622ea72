from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from marketplace.listings import lifecycle
from search import indexing, suggesting, vocabulary
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_engine")]
Work = Callable[..., int]


@pytest.fixture
def listings(work: Work) -> dict[str, Any]:
    made = {
        "battery": factories.make_result(
            title_zh="废旧锂电池回收方法",
            title_en="Recycling of spent lithium batteries",
            live=True,
        ),
        "need": factories.make_need(title_zh="废旧锂电池回收", anonymous=True, live=True),
        "sensor": factories.make_result(title_zh="锂离子传感器", live=True),
        "english": factories.make_result(title_en="Lithium battery sensors", live=True),
        "exchanger": factories.make_result(title_en="Heat exchangers, and a sensor", live=True),
        "pump": factories.make_result(title_en="Heat exchangers for pumps", live=True),
    }
    work()
    indexing.fit_vocabulary()
    return made


def titles(typed: str) -> set[str]:
    return {title.url for title in suggesting.suggest(typed).titles}


def urls(listings: dict[str, Any], *names: str) -> set[str]:
    return {listings[name].get_absolute_url() for name in names}


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("锂电", ["锂电池"]),
        ("废旧锂", ["废旧锂电池"]),
        ("回收锂", []),
        ("廢舊鋰", ["废旧锂电池"]),
        ("Lith", ["lithium"]),
        ("heat ex", ["heat exchangers"]),
        ("lithium ex", []),
        ("lidian", ["锂电池"]),
        ("l", []),
        ("xyz", []),
        ("传感", []),
    ],
)
def test_terms_finish_what_was_typed_as_listings_have_it(
    listings: dict[str, Any], typed: str, terms: list[str]
) -> None:
    assert list(suggesting.suggest(typed).terms)[:1] == terms


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("锂电", ["battery", "need"]),
        ("鋰電", ["battery", "need"]),
        ("lidianchi", ["battery", "need"]),
        ("回收 锂电", ["battery", "need"]),
        ("heat exch", ["exchanger", "pump"]),
        ("pumps heat exch", ["pump"]),
        ("recycling of spent", ["battery"]),
        ("传感器 锂", ["sensor"]),
        ("xyz", []),
        ("", []),
        ("?!", []),
    ],
)
def test_titles_hold_what_was_typed(listings: dict[str, Any], typed: str, names: list[str]) -> None:
    assert titles(typed) == urls(listings, *names)


def test_of_words_that_find_the_same_one_is_suggested(listings: dict[str, Any], work: Work) -> None:
    for title in ("Sensors for arrays", "A sensor array"):
        factories.make_result(title_en=title, live=True)
    work()
    indexing.fit_vocabulary()
    assert {"sensor", "sensors"} <= vocabulary.current().words.keys()
    assert suggesting.suggest("sens").terms == ["sensor"]


def test_a_title_is_shown_in_the_language_that_met(listings: dict[str, Any]) -> None:
    shown = [str(title.text) for title in suggesting.suggest("spent lith").titles]
    assert shown == ["Recycling of <mark>spent</mark> <mark>lithium</mark> batteries"]


def test_what_was_withdrawn_is_not_suggested(listings: dict[str, Any], work: Work) -> None:
    """The title at once, the term as soon as the index has lost it; the vocabulary lags a day."""
    for name in ("battery", "need"):
        lifecycle.withdraw(listings[name], author=listings[name].author)
    assert not titles("锂电")
    work()
    assert suggesting.suggest("锂电") == suggesting.Suggestions([], [])
    assert "锂电池" in vocabulary.current().words


def test_the_number_of_database_queries_does_not_grow(
    listings: dict[str, Any], work: Work, django_assert_num_queries: Any
) -> None:
    for n in range(5):
        factories.make_result(title_zh=f"锂电池{n}", live=True)
        factories.make_need(title_zh=f"锂电池{n}", live=True)
    work()
    with django_assert_num_queries(2):
        assert len(suggesting.suggest("锂电").titles) == suggesting.MOST_TITLES


def test_the_answer_is_a_list_of_options(client: Client, listings: dict[str, Any]) -> None:
    factories.make_result(title_zh="<b>锂电池</b>", live=True)
    response = client.get(reverse("search:suggest"), {"q": "锂电"})
    html = BeautifulSoup(response.content, "html.parser")
    assert {o["data-url"] for o in html.select("[role=option][data-url]")} == urls(
        listings, "battery", "need"
    )
    assert next(o["data-term"] for o in html.select("[role=option][data-term]")) == "锂电池"
    assert set(response["Cache-Control"].split(", ")) == {"max-age=30", "private"}
    assert client.post(reverse("search:suggest")).status_code == 405


def test_before_there_is_a_vocabulary_titles_are_found_all_the_same(work: Work) -> None:
    need = factories.make_need(title_zh="废旧锂电池回收", live=True)
    work()
    assert suggesting.suggest("锂电池").terms == []
    assert titles("锂电池") == {need.get_absolute_url()}
