from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from marketplace.listings import lifecycle
from search import indexing, searching, suggesting
from search.backends.base import Filters, Tally
from search.documents import key_of
from search.facets import Sort
from tests import factories
from tests.search import hostile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_engine")]
ANYONE = AnonymousUser()
ALL = Filters()
Work = Callable[..., int]


@pytest.fixture
def listings(work: Work) -> dict[str, Any]:
    made = {
        "battery": factories.make_result(
            title_zh="锂电池正极材料回收方法",
            summary_zh="从废旧锂电池中回收钴和锂。",
            industry=factories.make_industry("C4210"),
            region=factories.make_region("3301"),
            cooperation_modes=["licence"],
            trl=6,
            live=True,
        ),
        "english": factories.make_result(
            title_en="Recycling of spent lithium batteries", summary_en="A <b>plant</b>.", live=True
        ),
        "box": factories.make_result(title_zh="一种电池包装盒", trl=3, live=True),
        "need": factories.make_need(title_zh="废旧锂电池回收", live=True),
        "draft": factories.make_result(title_zh="锂电池草稿"),
    }
    work()
    return made


def found(typed: str, filters: Filters = ALL, **kwargs: Any) -> list[Any]:
    answer = searching.search(typed, filters=filters, viewer=kwargs.pop("viewer", ANYONE), **kwargs)
    return [entry.listing for entry in answer.entries]


def test_words_find_both_kinds_the_best_first(listings: dict[str, Any]) -> None:
    hits = found("锂电池回收")
    assert set(hits) == {listings["need"], listings["battery"], listings["english"]}
    assert hits[-1] == listings["english"]


def test_each_language_finds_the_other(listings: dict[str, Any]) -> None:
    assert listings["english"] in found("锂电池回收")
    assert listings["battery"] in found("lithium battery recycling")
    assert listings["battery"] in found("鋰電池回收")


def test_a_blank_search_lists_everything_the_newest_first(listings: dict[str, Any]) -> None:
    hits = found("  ")
    assert set(hits) == {listings[name] for name in ("battery", "english", "box", "need")}
    dates = [listing.first_published_at for listing in hits]
    assert [d.replace(microsecond=0) for d in dates] == sorted(
        (d.replace(microsecond=0) for d in dates), reverse=True
    )


def test_some_of_the_words_are_better_than_nothing(listings: dict[str, Any]) -> None:
    answer = searching.search("电池 无人机 量子", filters=ALL, viewer=ANYONE)
    assert answer.is_partial
    assert listings["box"] in [entry.listing for entry in answer.entries]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (Filters({"kind": ("need",)}), {"need"}),
        (Filters({"industry": ("C",)}), {"battery"}),
        (Filters({"region": ("33",)}), {"battery"}),
        (Filters({"mode": ("licence", "equity")}), {"battery"}),
        (Filters({"organisation_kind": ("enterprise",)}), set()),
        (Filters(trl_min=4), {"battery"}),
        (Filters(trl_min=3), {"battery", "box"}),
    ],
)
def test_filters_narrow_what_is_found(
    listings: dict[str, Any], filters: Filters, names: set[str]
) -> None:
    assert set(found("", filters)) == {listings[name] for name in names}


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("newest", ["need", "box", "english", "battery"]),
        ("readiness", ["battery", "box", "need", "english"]),
        ("deadline", ["need", "box", "english", "battery"]),
    ],
)
@pytest.mark.parametrize("typed", ["", "电池"])
def test_hits_are_sorted(
    listings: dict[str, Any], work: Work, sort: Sort, names: list[str], typed: str
) -> None:
    """The need is the only one with a deadline; what was published last comes first among equals."""
    moments = dict(zip(["battery", "english", "box", "need"], range(4), strict=True))
    for name, hour in moments.items():
        at = timezone.now() - timedelta(hours=9 - hour)
        type(listings[name]).objects.filter(pk=listings[name].pk).update(first_published_at=at)
    need = listings["need"]
    type(need).objects.filter(pk=need.pk).update(deadline=timezone.localdate())
    indexing.enqueue(map(key_of, listings.values()))
    work()
    assert found(typed, sort=sort) == [listings[name] for name in names]


def test_counts_are_as_if_their_own_filter_were_not_set(listings: dict[str, Any]) -> None:
    chosen = Filters({"kind": ("need",)})
    answer = searching.search("锂电池回收", filters=chosen, viewer=ANYONE)
    assert answer.counts["kind"] == Tally(3, {"result": 2, "need": 1})
    assert answer.counts["mode"] == Tally(1, {})
    assert answer.page.paginator.count == 1


def test_titles_and_snippets_are_marked_and_escaped(listings: dict[str, Any]) -> None:
    answer = searching.search("battery plant", filters=ALL, viewer=ANYONE)
    [entry] = [e for e in answer.entries if e.listing == listings["english"]]
    assert "<mark>batteries</mark>" in entry.title
    assert "&lt;b&gt;<mark>plant</mark>&lt;/b&gt;" in entry.snippet


def test_what_was_withdrawn_is_not_shown_even_while_indexed(listings: dict[str, Any]) -> None:
    lifecycle.withdraw(listings["battery"], author=listings["battery"].author)
    for viewer in (ANYONE, listings["battery"].author, factories.make_administrator()):
        assert listings["battery"] not in found("锂电池回收", viewer=viewer)


def test_the_number_of_queries_does_not_grow(
    listings: dict[str, Any], work: Work, django_assert_max_num_queries: Any
) -> None:
    for n in range(10):
        factories.make_result(title_zh=f"锂电池回收{n}", live=True)
        factories.make_need(title_zh=f"锂电池回收{n}", live=True)
    work()
    with django_assert_max_num_queries(6):
        assert len(found("锂电池回收")) == searching.PER_PAGE


def test_pages_split_and_clamp(listings: dict[str, Any], work: Work) -> None:
    for n in range(searching.PER_PAGE):
        factories.make_result(title_zh=f"换热器{n}", live=True)
    work()
    first, second = found("", page=1), found("", page=2)
    assert (len(first), len(second)) == (20, 4)
    assert not set(first) & set(second)
    for page in ("1000000000", "-1", "0"):
        assert found("", page=page) == second
    assert found("", page="x") == first


@pytest.mark.parametrize("typed", hostile.SEARCHES)
def test_no_search_breaks_the_engine_or_takes_long(listings: dict[str, Any], typed: str) -> None:
    searching.search("电", filters=ALL, viewer=ANYONE)
    with hostile.soon():
        searching.search(typed, filters=ALL, viewer=ANYONE)
        suggesting.suggest(typed)


def test_finding_nothing_says_how_much_there_is_without_a_filter(listings: dict[str, Any]) -> None:
    chosen = Filters({"kind": ("need",), "mode": ("licence",)}, trl_min=6)
    answer = searching.search("锂电池回收", filters=chosen, viewer=ANYONE)
    assert answer.page.paginator.count == 0
    assert {name: answer.counts[name].total for name in chosen.names} == {
        "kind": 1, "mode": 0, "trl": 0,
    }  # fmt: skip
    assert answer.unfiltered == 3
    assert searching.search("锂电池回收", filters=ALL, viewer=ANYONE).unfiltered == 0


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("回受", "回收"),
        ("迴受", "回收"),
        ("huishou", "回收"),
        ("recyclng", "recycling"),
        ("recyclng of batteries", "recycling of batteries"),
        ("锂电池", ""),
        ("xyzzy", ""),
        ("recycling", ""),
        ("12 %", ""),
    ],
)
def test_other_words_are_offered_where_they_find_clearly_more(
    listings: dict[str, Any], work: Work, typed: str, meant: str
) -> None:
    for n in range(2):
        factories.make_result(
            title_zh=f"锂电池{n}", title_en=f"Recycling of batteries {n}", live=True
        )
    work()
    indexing.fit_vocabulary()
    answer = searching.search(typed, filters=ALL, viewer=ANYONE)
    assert answer.did_you_mean == meant
    if meant:
        assert len(found(meant)) > searching.CLEARLY_MORE * (
            0 if answer.is_partial else len(answer.entries)
        )


def test_what_may_be_meant_is_not_offered_for_little_more(
    listings: dict[str, Any], work: Work
) -> None:
    """Two listings say 电磁, and somebody has published one about 电词."""
    for title in ("电词", "电磁 一", "电磁 二"):
        factories.make_result(title_zh=title, live=True)
    work()
    indexing.fit_vocabulary()
    assert searching.search("电词", filters=ALL, viewer=ANYONE).did_you_mean == ""
    assert searching.search("电慈", filters=ALL, viewer=ANYONE).did_you_mean == "电磁"


def test_traditional_characters_find_simplified_ones_and_the_reverse(work: Work) -> None:
    written = {
        "simplified": factories.make_result(title_zh="传感器与电动汽车", live=True),
        "traditional": factories.make_result(title_zh="傳感器與電動汽車", live=True),
    }
    work()
    for typed in ("电动汽车", "電動汽車"):
        answer = searching.search(typed, filters=ALL, viewer=ANYONE)
        assert {e.listing for e in answer.entries} == set(written.values())
        marked = {str(entry.title) for entry in answer.entries}
        assert marked == {
            "传感器与<mark>电动汽车</mark>", "傳感器與<mark>電動汽車</mark>",
        }  # fmt: skip
