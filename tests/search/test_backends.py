"""The contract of every search engine, run on each of them."""

from collections.abc import Mapping
from random import Random

import pytest

from marketplace.taxonomy.codes import INDUSTRY
from search import tokens
from search.backends.base import DEEPEST, Backend, Filters, Tally
from search.documents import Document
from search.facets import Sort
from search.query import K1, B, Query, Reading, Statistics, Term
from tests.search.indexed import ALL, document, keys, put, query


@pytest.fixture
def backend(each_engine: str, engine: Backend) -> Backend:
    return engine


def tallies(
    backend: Backend, asked: Query | None, filters: Filters, *facets: str
) -> Mapping[str, Tally]:
    return backend.retrieve(asked, filters=filters, limit=1, facets=facets).tallies


def test_an_empty_index_answers(backend: Backend) -> None:
    assert backend.statistics(["电池"]).documents == 0
    assert backend.retrieve(None, filters=ALL, limit=10).total == 0
    assert list(backend.fingerprints()) == []
    assert tallies(backend, None, ALL, "kind") == {"kind": Tally(0, {})}


def test_tokens_come_back_exactly(backend: Backend) -> None:
    put(backend, document("a", "锂电池 LED heat-transfer 電池"))
    wanted = ["锂电", "led", "heat_transfer", "池", "電池", "LED"]
    assert backend.statistics(wanted).frequencies == {
        "锂电": 1, "led": 1, "heat_transfer": 1, "池": 1, "電池": 0, "LED": 0,
    }  # fmt: skip


def test_documents_are_counted_without_terms(backend: Backend) -> None:
    put(backend, document("a", "锂电池"), document("b", "x"))
    assert backend.statistics([]) == Statistics(2, {})


def test_the_best_comes_first_with_a_score_between_0_and_1(backend: Backend) -> None:
    put(
        backend,
        document("a", "锂电池回收工艺"),
        document("b", "电池"),
        document("c", "风机叶片"),
    )
    found = backend.retrieve(query(backend, "锂电池回收"), filters=ALL, limit=10)
    assert [hit.key for hit in found.hits] == ["a", "b"]
    assert found.total == 2
    assert 1 >= found.hits[0].score > found.hits[1].score > 0


def test_scores_follow_the_formula(backend: Backend) -> None:
    """Twelve terms each, so that no length is rounded by the engine's one byte."""
    texts = {"a": "x y y y e f g h i j k l", "b": "x b c d e f g h i j k l"}
    backend.rebuild(Document(key, text.split()) for key, text in texts.items())
    statistics = backend.statistics(["y"])
    asked = Query((Reading((Term("y", 0.1, "y"),)),))
    [hit] = backend.retrieve(asked, filters=ALL, limit=10).hits
    expected = 0.1 * statistics.idf("y") * (K1 + 1) * 3 / (3 + K1 * (1 - B + B))
    assert hit.score == pytest.approx(expected, rel=1e-3)


def test_a_pair_scores_the_same_alone_and_among_others(backend: Backend) -> None:
    put(backend, *(document(str(n), "锂电池回收 " * (n % 3 + 1) + f"词{n}") for n in range(30)))
    asked = query(backend, "锂电池回收工艺")
    among = {hit.key: hit.score for hit in backend.retrieve(asked, filters=ALL, limit=30).hits}
    alone = backend.scores([(asked, key) for key in among])
    assert alone == pytest.approx(list(among.values()))
    assert keys(backend, asked, limit=3) == list(among)[:3]


def test_a_pair_scores_the_same_in_batches_of_any_composition(backend: Backend) -> None:
    put(
        backend,
        *(document(str(n), f"锂电池回收 heat transfer 词{n} " * (n % 4)) for n in range(12)),
    )
    asked = [query(backend, text) for text in ("锂电池回收工艺", "heat transfer", "词7", "")]
    pairs = [(one, key) for one in asked for key in [*map(str, range(12)), "gone"]]
    alone = [backend.scores([pair])[0] for pair in pairs]
    draw = Random(4)  # noqa: S311
    for size in (1, 2, 3, 10, 50):
        batch = draw.choices(range(len(pairs)), k=size)
        assert backend.scores([pairs[n] for n in batch]) == [alone[n] for n in batch]


def test_what_a_document_holds_of_a_query_scores_the_same(backend: Backend) -> None:
    documents = [document(str(n), f"锂电池回收 heat transfer 词{n} " * (n % 4)) for n in range(12)]
    put(backend, *documents)
    asked = query(backend, "锂电池回收工艺 heat pump 词7")
    whole = backend.scores([(asked, one.key) for one in documents])
    parts = [asked.within(frozenset(one.terms)) for one in documents]
    narrowed = [(part, one.key) for part, one in zip(parts, documents, strict=True)]
    assert backend.scores(narrowed) == pytest.approx(whole)
    assert max(whole) > min(whole) == 0
    assert all(len(part.readings[0].terms) < len(asked.readings[0].terms) for part in parts)


def test_scores_tell_no_match_from_no_document(backend: Backend) -> None:
    put(backend, document("a", "锂电池"), document("b", "风机"))
    asked = query(backend, "电池")
    assert backend.scores([(asked, "b"), (asked, "gone")]) == [0.0, None]
    put_away(backend, "a")
    assert backend.scores([(asked, "a")]) == [None]


def test_a_query_without_terms_has_no_hits(backend: Backend) -> None:
    put(backend, document("a", "锂电池"))
    for asked in (Query(()), Query((Reading(()), Reading((), (frozenset({"x"}),), 1)))):
        assert backend.retrieve(asked, filters=ALL, limit=10).total == 0
        assert tallies(backend, asked, ALL, "kind") == {"kind": Tally(0, {})}
        assert backend.scores([(asked, "a"), (asked, "gone")]) == [0.0, None]
    assert backend.scores([]) == []


def put_away(backend: Backend, *gone: str) -> None:
    backend.write(gone, lambda: ())


def test_the_better_of_two_readings_counts(backend: Backend) -> None:
    put(backend, document("zh", "锂电池"), document("en", "lithium battery"), document("x", "y"))
    one, other = query(backend, "锂电池"), query(backend, "lithium battery")
    both = Query((*one.readings, *other.readings))
    scores = dict(zip(["zh", "en"], backend.scores([(one, "zh"), (other, "en")]), strict=True))
    found = backend.retrieve(both, filters=ALL, limit=10).hits
    assert {hit.key: hit.score for hit in found} == pytest.approx(scores)


def test_enough_of_the_required_groups_must_be_there(backend: Backend) -> None:
    put(
        backend,
        document("both", "battery recycling"),
        document("one", "battery charger"),
        document("other", "reuse of batteries"),
    )
    groups = (frozenset({"batteri"}), frozenset({"recycl", "reus"}))
    asked = query(backend, "battery recycling reuse", required=groups, minimum=2)
    assert set(keys(backend, asked)) == {"both", "other"}
    asked = query(backend, "battery recycling reuse", required=groups, minimum=1)
    assert len(keys(backend, asked)) == 3


FACETED = [
    document("r1", "电池", facets={"kind": ("result",), "industry": ("C", "C38", "C3841")}, trl=7),
    document("r2", "电池", facets={"kind": ("result",), "mode": ("licence", "equity")}, trl=4),
    document("n1", "电池", facets={"kind": ("need",), "industry": ("C", "C36")}, published=9),
]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters({"kind": ("result",)}), {"r1", "r2"}),
        (Filters({"kind": ("result", "need")}), {"r1", "r2", "n1"}),
        (Filters({"industry": ("C",)}), {"r1", "n1"}),
        (Filters({"industry": ("C38",)}), {"r1"}),
        (Filters({"industry": ("C38",), "kind": ("need",)}), set()),
        (Filters({"mode": ("equity", "service")}), {"r2"}),
        (Filters(trl_min=5), {"r1"}),
        (Filters(trl_min=4), {"r1", "r2"}),
        (Filters(keys=("r1", "n1", "x9")), {"r1", "n1"}),
        (Filters({"kind": ("result",)}, keys=("r1", "n1")), {"r1"}),
        (Filters(keys=()), set()),
        (Filters({"industry": ("no such code",)}), set()),
        (Filters({"mode": tuple(f"value {n}" for n in range(1_000))}), set()),
    ],
)
def test_filters_narrow_with_and_without_words(
    backend: Backend, filters: Filters, expected: set[str]
) -> None:
    put(backend, *FACETED)
    assert set(keys(backend, None, filters)) == expected
    assert set(keys(backend, query(backend, "电池"), filters)) == expected


def test_filters_do_not_change_scores(backend: Backend) -> None:
    put(backend, *FACETED)
    asked = query(backend, "电池")
    every = backend.retrieve(asked, filters=ALL, limit=10).hits
    some = backend.retrieve(asked, filters=Filters({"kind": ("need",)}), limit=10).hits
    assert some[0].score == pytest.approx(every[0].score)


def test_what_holds_all_of_some_terms_is_counted_and_what_was_dropped_is_not(
    backend: Backend,
) -> None:
    put(backend, document("a", "锂电池"), document("b", "电池"), document("c", "锂电池"))
    groups = [["锂电", "池"], ["电池"], ["锂电", "absent"], ["absent"]]
    assert backend.holding(groups) == [2, 3, 0, 0]
    put_away(backend, "a", "c")
    assert backend.holding(groups) == [0, 1, 0, 0]
    assert backend.holding([]) == []


def test_facets_count_the_hits_as_if_they_were_not_set_themselves(backend: Backend) -> None:
    put(backend, *FACETED, document("r3", "风机", facets={"kind": ("result",)}))
    asked = query(backend, "电池")
    counted = tallies(backend, asked, ALL, "kind", "industry", "mode", "ip")
    assert counted == {
        "kind": Tally(3, {"result": 2, "need": 1}),
        "industry": Tally(3, {"C": 2}),
        "mode": Tally(3, {"licence": 1, "equity": 1}),
        "ip": Tally(3, {}),
    }
    chosen = Filters({"kind": ("need",), "mode": ("equity", "service")}, trl_min=4)
    assert tallies(backend, asked, chosen, "kind", "mode", "trl", "region") == {
        "kind": Tally(1, {"result": 1}),
        "mode": Tally(0, {}),
        "trl": Tally(0, {}),
        "region": Tally(0, {}),
    }
    assert tallies(backend, None, Filters({"kind": ("need",)}), "kind") == {
        "kind": Tally(4, {"result": 3, "need": 1})
    }


def test_a_query_knows_itself_what_is_a_hit(backend: Backend) -> None:
    words = ["锂", "电池", "回收", "风机", "heat", "pump"]
    chosen = Random(7)  # noqa: S311
    texts = {str(n): " ".join(chosen.sample(words, chosen.randint(1, 4))) for n in range(30)}
    put(backend, *(document(key, text) for key, text in texts.items()))
    for _ in range(30):
        groups = tuple(frozenset(chosen.sample(words, 2)) for _ in range(chosen.randint(0, 3)))
        minimum = chosen.randint(0, len(groups))
        readings = [
            query(backend, text, required=groups, minimum=minimum).readings[0]
            for text in chosen.sample(["电池 风机", "heat pump", "absent"], 2)
        ]
        asked = Query(tuple(readings))
        hits = {key for key, text in texts.items() if asked.meets(set(tokens.terms(text)))}
        assert set(keys(backend, asked, limit=30)) == hits


def test_hits_and_their_facets_come_together(backend: Backend) -> None:
    put(backend, *FACETED)
    asked, needs = query(backend, "电池"), Filters({"kind": ("need",)})
    plain = backend.retrieve(asked, filters=needs, limit=10)
    found = backend.retrieve(asked, filters=needs, limit=10, facets=["kind"])
    assert found.hits == plain.hits
    assert (len(found.hits), found.total) == (1, 1)
    assert found.tallies["kind"] == Tally(3, {"result": 2, "need": 1})
    assert not plain.tallies


@pytest.mark.parametrize(
    ("chosen", "values"),
    [
        ("C", {"C": 4, "C38": 3, "C36": 1}),
        ("C38", {"C": 4, "C38": 3, "C384": 2, "C385": 1}),
        ("C384", {"C": 4, "C38": 3, "C384": 2, "C3841": 1, "C3849": 1}),
        ("C3841", {"C": 4, "C38": 3, "C384": 2, "C3841": 1}),
        ("no such code", {"C": 4, "D": 1}),
    ],
)
def test_a_tree_is_counted_where_the_reader_stands(
    backend: Backend, chosen: str, values: dict[str, int]
) -> None:
    codes = ["C3841", "C3849", "C3851", "C3610", "D4411"]
    trees = [{"industry": INDUSTRY.path(code)} for code in codes]
    put(backend, *(document(str(n), "电池", facets=tree) for n, tree in enumerate(trees)))
    tally = tallies(backend, None, Filters({"industry": (chosen,)}), "industry")
    assert tally == {"industry": Tally(5, values)}


SORTED = [
    document("a", "锂电池", published=3, trl=4),
    document("b", "电池", published=2, trl=9, deadline=740_000),
    document("c", "锂电池电池", published=2, deadline=739_999),
    document("d", "电池组", published=1, trl=4, deadline=740_000),
    document("e", "电池", published=2_000_000_000),
]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("newest", "eacbd"), ("readiness", "badec"), ("deadline", "cbdea")],
)
def test_hits_are_sorted_with_ties_absent_values_and_pages(
    backend: Backend, sort: Sort, expected: str
) -> None:
    """Written one by one, so that the embedded index has several parts."""
    for one in SORTED:
        put(backend, one)
    for asked in (None, query(backend, "电池")):
        whole = backend.retrieve(asked, filters=ALL, limit=10, sort=sort)
        assert "".join(hit.key for hit in whole.hits) == expected
        pages = [
            backend.retrieve(asked, filters=ALL, limit=2, offset=at, sort=sort) for at in (0, 2, 4)
        ]
        assert "".join(hit.key for page in pages for hit in page.hits) == expected
        assert {page.total for page in pages} == {5}


def test_without_words_the_newest_come_first(backend: Backend) -> None:
    put(backend, *(document(str(n), "电池", published=n) for n in (3, 1, 2)))
    found = backend.retrieve(None, filters=ALL, limit=10)
    assert [(hit.key, hit.score) for hit in found.hits] == [("3", 0), ("2", 0), ("1", 0)]


def test_pages_follow_each_other(backend: Backend) -> None:
    put(backend, *(document(f"{n:02}", "电池", published=n) for n in range(25)))
    pages = [keys(backend, None, offset=at) for at in (0, 10, 20)]
    assert [len(page) for page in pages] == [10, 10, 5]
    assert [key for page in pages for key in page] == [f"{n:02}" for n in reversed(range(25))]
    assert keys(backend, None, offset=9_000) == []


@pytest.mark.parametrize("offset", [-1, DEEPEST, 10**9])
def test_pages_that_cannot_be_reached_are_refused(backend: Backend, offset: int) -> None:
    with pytest.raises(ValueError, match="cannot be reached"):
        backend.retrieve(None, filters=ALL, limit=10, offset=offset)
