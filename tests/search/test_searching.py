from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import translation

from marketplace.listings import lifecycle
from search import backends, searching
from search.backends.base import Filters
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_engine")]
ANYONE = AnonymousUser()
ALL = Filters()
Work = Callable[..., int]
on_embedded = pytest.mark.parametrize("each_engine", [backends.EMBEDDED], indirect=True)
"""For what the page settles before any engine is asked, or what the engines were asked already."""


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


def test_counts_are_as_if_their_own_filter_were_not_set(listings: dict[str, Any]) -> None:
    chosen = Filters({"kind": ("need",)})
    answer = searching.search("锂电池回收", filters=chosen, viewer=ANYONE)
    assert answer.counts["kind"] == {"result": 2, "need": 1}
    assert answer.counts["mode"] == {}
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


HOSTILE = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "电" * 100_000,
    "battery " * 12_500,
    "!@#$%^&*()_+-=[]{};':\"\\|,.<>/?~`",
    '"unclosed AND (battery OR NOT *:* title:x^2 ~3 [a TO b]',
    "🔋🔋🔋",
    "\ud83d",
    "的",
    "the of and",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "../../etc/passwd",
    "%00%ff",
    "ﷺ" * 200,
    "é́́́" * 200,
    "\u202e\u200b\ufeff",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_no_search_breaks_the_engine(listings: dict[str, Any], typed: str) -> None:
    searching.search(typed, filters=ALL, viewer=ANYONE)


def get(client: Client, **parameters: Any) -> Any:
    with translation.override("en"):
        return client.get(reverse("search:results"), parameters)


@on_embedded
@pytest.mark.parametrize("typed", [typed for typed in HOSTILE if typed != "\ud83d"])
def test_no_search_breaks_the_page(client: Client, listings: dict[str, Any], typed: str) -> None:
    response = get(client, q=typed)
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


def test_the_page_shows_hits_marks_filters_and_counts(
    client: Client, listings: dict[str, Any]
) -> None:
    html = get(client, q="锂电池回收", kind="result").content.decode()
    assert "<mark>锂电池</mark>" in html
    assert listings["battery"].get_absolute_url() in html
    assert "2 listings, the best first" in html
    assert "Research results (2)" in html
    assert "Technology needs (1)" in html
    assert 'href="?q=%E9%94%82%E7%94%B5%E6%B1%A0%E5%9B%9E%E6%94%B6"' in html, "drops the filter"
    assert "锂电池草稿" not in html


def test_a_long_search_says_that_it_was_cut(client: Client, listings: dict[str, Any]) -> None:
    html = get(client, q="电池" * 1_000).content.decode()
    assert "Only the first 1,000 characters" in html or "Only the first 1000 characters" in html


@on_embedded
@pytest.mark.parametrize(
    "parameters",
    [
        {"kind": "person"},
        {"industry": "Z99"},
        {"industry": "C\x00"},
        {"region": "99"},
        {"trl": "10"},
        {"trl": "x"},
        {"mode": ["licence", "barter"]},
        {"organisation_kind": "club"},
        {"ip": ["x"] * 1_000},
    ],
)
def test_a_filter_that_does_not_exist_is_refused_at_its_field(
    client: Client, listings: dict[str, Any], parameters: dict[str, Any]
) -> None:
    response = get(client, q="电池", **parameters)
    assert response.status_code == 400
    html = response.content.decode()
    assert "There is a problem" in html
    assert listings["battery"].get_absolute_url() not in html


def test_unknown_parameters_are_ignored(client: Client, listings: dict[str, Any]) -> None:
    assert get(client, q="电池", colour="red", page="10**9").status_code == 200


@on_embedded
@pytest.mark.parametrize("page", ["0", "-1", "x", "1000000000", "9" * 5_000, "\x00", "1.5"])
def test_any_page_number_answers(client: Client, listings: dict[str, Any], page: str) -> None:
    assert get(client, q="电池", page=page).status_code == 200


def test_finding_nothing_says_what_to_do(client: Client, listings: dict[str, Any]) -> None:
    html = get(client, q="xyzzy", kind="need").content.decode()
    assert "Nothing was found" in html
    assert "Remove a filter" in html


def test_the_page_only_reads(client: Client) -> None:
    assert client.post(reverse("search:results")).status_code == 405
