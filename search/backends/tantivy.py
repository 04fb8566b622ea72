"""The embedded engine: tantivy in an index folder below `SEARCH_INDEX_DIR`, nothing to install.

One writer at a time, held by a file lock that dies with its process; any number of readers, each of
which sees every committed write and every new generation on its next search.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import tantivy

from search.backends.base import (
    MOST_VALUES,
    NO_FILTERS,
    Busy,
    Filters,
    Found,
    Hit,
    Tally,
    bounded,
    check_reach,
)
from search.backends.generations import Generations
from search.documents import Document
from search.facets import FACETS, SORTS, Sort, counted
from search.query import Query, Reading, Statistics

HEAP = 256_000_000
"""Bytes that a writer fills before it starts another segment: every segment is asked for each term."""
POLL = 0.02
"""Seconds between two attempts to get hold of the writer."""
COUNTED = 50_000
"""Terms of which the number of documents is remembered."""
_BUSY = "LockBusy"

_Must, _Should = tantivy.Occur.Must, tantivy.Occur.Should
_T = tantivy.Query


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("key", "fingerprint"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    for name in FACETS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("trl_level", indexed=True, fast=True)
    for name in SORTS:
        builder.add_text_field(f"by_{name}", fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


SCHEMA = _schema()


class TantivyBackend:
    """See `search.backends.base.Backend`; `folder` is where all of the state lies.

    A write waits up to `patience` seconds for another one to end before the index counts as busy.
    """

    def __init__(self, folder: Path, *, patience: float = 10.0) -> None:
        self._generations = Generations(folder / "tantivy")
        self._patience = patience
        self._lock = threading.Lock()
        self._opened_folder: Path | None = None
        self._index: Any = None
        self._seen: int | None = None
        self._view: _View

    def statistics(self, terms: Iterable[str]) -> Statistics:
        searcher, frequency = self._newest()
        return Statistics(searcher.num_docs, {term: frequency(term) for term in terms})

    def holding(self, groups: Sequence[Collection[str]]) -> list[int]:
        searcher: Any = self._searcher()
        return [searcher.search(_all(group), limit=1).count for group in groups]

    def retrieve(
        self,
        query: Query | None,
        *,
        filters: Filters,
        limit: int,
        offset: int = 0,
        sort: Sort | None = None,
        facets: Collection[str] = (),
    ) -> Found:
        check_reach(offset=offset, limit=limit)
        searcher = self._searcher()
        order = sort or (None if query else "newest")
        found: Any = searcher.search(
            _compile(query, filters),
            limit=max(limit, 1),
            offset=offset,
            order_by_field=f"by_{order}" if order else None,
        )
        hits = [
            Hit(searcher.doc(address)["key"][0], 0.0 if order else bounded(score))
            for score, address in found.hits[:limit]
        ]
        tallies = _counted(searcher, query, filters, facets, found.count) if facets else {}
        return Found(tuple(hits), found.count, tallies)

    def scores(self, pairs: Sequence[tuple[Query, str]]) -> list[float | None]:
        searcher = self._searcher()
        return [_score(searcher, query, key) for query, key in pairs]

    def write(self, keys: Collection[str], read: Callable[[], Iterable[Document]]) -> None:
        generation = self._folder()
        index = tantivy.Index.open(str(generation))
        with _writer(index, patience=self._patience) as writer:
            for key in keys:
                writer.delete_documents_by_term("key", key)
            for document in read():
                writer.add_document(_stored(document))
        if self._generations.current() != generation:
            raise Busy("the index was rebuilt meanwhile")

    def rebuild(self, documents: Iterable[Document]) -> None:
        with (
            self._generations.next() as folder,
            _writer(tantivy.Index(SCHEMA, str(folder))) as writer,
        ):
            for document in documents:
                writer.add_document(_stored(document))

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        searcher = self._searcher()
        for _, address in searcher.search(_T.all_query(), limit=max(searcher.num_docs, 1)).hits:
            document = searcher.doc(address)
            yield document["key"][0], document["fingerprint"][0]

    def _folder(self) -> Path:
        """Return the folder of the current generation, an empty one before the first."""
        folder = self._generations.current()
        if folder is None:
            self.rebuild([])
            return self._folder()
        return folder

    def _searcher(self) -> tantivy.Searcher:
        return self._newest().searcher

    def _newest(self) -> "_View":
        """Return the newest commit of the current generation."""
        with self._lock:
            folder = self._folder()
            if folder != self._opened_folder:
                self._index = tantivy.Index.open(str(folder))
                self._index.config_reader("manual")
                self._opened_folder, self._seen = folder, None
            committed = (folder / "meta.json").stat().st_mtime_ns
            if committed != self._seen:
                self._index.reload()
                self._seen = committed
                self._view = _view(self._index.searcher())
            return self._view


class _View(NamedTuple):
    """One commit of the index, and in how many of its documents a term occurs."""

    searcher: tantivy.Searcher
    frequency: Callable[[str], int]


def _view(searcher: tantivy.Searcher) -> _View:
    return _View(searcher, lru_cache(COUNTED)(partial(searcher.doc_freq, "terms")))


@contextlib.contextmanager
def _writer(index: tantivy.Index, *, patience: float = 0.0) -> Iterator[tantivy.IndexWriter]:
    """Give the only writer of `index`; commit when the block ends well, else leave the index as it
    was.
    """
    writer = _locked(index, until=time.monotonic() + patience)
    try:
        yield writer
        writer.commit()
    finally:
        writer.wait_merging_threads()


def _locked(index: tantivy.Index, *, until: float) -> tantivy.IndexWriter:
    while True:
        try:
            return index.writer(heap_size=HEAP, num_threads=1)
        except ValueError as error:
            if _BUSY not in str(error):
                raise
            if time.monotonic() >= until:
                raise Busy(str(error)) from error
        time.sleep(POLL)


def _stored(document: Document) -> tantivy.Document:
    stored = tantivy.Document()
    stored.add_text("key", document.key)
    stored.add_text("fingerprint", document.fingerprint)
    stored.add_text("terms", " ".join(document.terms))
    for name, place in document.places.items():
        stored.add_text(f"by_{name}", place)
    for name, values in document.facets.items():
        for value in values:
            stored.add_text(name, value)
    if document.trl is not None:
        stored.add_unsigned("trl_level", document.trl)
    return stored


def _compile(query: Query | None, filters: Filters) -> tantivy.Query:
    must = [_T.const_score_query(clause, 0.0) for clause in _filtering(filters)]
    must.append(_T.all_query() if query is None else _text(query))
    return _T.boolean_query([(_Must, clause) for clause in must])


def _filtering(filters: Filters) -> Iterator[tantivy.Query]:
    for name, values in filters.facets.items():
        yield _T.term_set_query(SCHEMA, name, list(values))
    if filters.trl_min is not None:
        yield _T.range_query(
            SCHEMA, "trl_level", tantivy.FieldType.Unsigned, lower_bound=filters.trl_min
        )
    if filters.keys is not None:
        yield _T.term_set_query(SCHEMA, "key", list(filters.keys))


def _text(query: Query) -> tantivy.Query:
    return _T.disjunction_max_query([_reading(r) for r in query.readings if r.terms], 0.0)


def _reading(reading: Reading) -> tantivy.Query:
    scoring = _T.boolean_query(
        [(_Should, _T.boost_query(_one("terms", term.text), term.weight)) for term in reading.terms]
    )
    if not reading.minimum:
        return scoring
    groups = [
        (_Should, _T.term_set_query(SCHEMA, "terms", sorted(group))) for group in reading.required
    ]
    required = _T.boolean_query(groups, minimum_number_should_match=reading.minimum)
    return _T.boolean_query([(_Must, scoring), (_Must, _T.const_score_query(required, 0.0))])


def _counted(
    searcher: tantivy.Searcher,
    query: Query | None,
    filters: Filters,
    facets: Collection[str],
    total: int,
) -> dict[str, Tally]:
    """Return the tallies of `facets`; `total` is what all `filters` leave."""
    free = [name for name in facets if name not in filters.names]
    tallies = _tallies(searcher, _compile(query, filters), free, total)
    for name in set(facets).difference(free):
        rest = _compile(query, filters.without(name))
        found: Any = searcher.search(_T.const_score_query(rest, 0.0), limit=1)
        tallies |= _tallies(searcher, rest, [name], found.count, filters)
    return tallies


def _tallies(
    searcher: tantivy.Searcher,
    compiled: tantivy.Query,
    facets: Collection[str],
    total: int,
    chosen: Filters = NO_FILTERS,
) -> dict[str, Tally]:
    """Return the tallies of `facets` among the `total` hits, of a tree where `chosen` stands."""
    if not facets:
        return {}
    wanted = {name: {"terms": _terms(name, chosen)} for name in facets}
    found = searcher.aggregate(compiled, wanted)
    return {
        name: Tally(total, {one["key"]: one["doc_count"] for one in found[name]["buckets"]})
        for name in facets
    }


def _terms(facet: str, chosen: Filters) -> dict[str, Any]:
    values = counted(facet, chosen.facets.get(facet, ()))
    only = {} if values is None else {"include": values}
    return {"field": facet, "size": MOST_VALUES, **only}


def _all(terms: Iterable[str]) -> tantivy.Query:
    return _T.boolean_query([(_Must, _one("terms", term)) for term in terms])


def _one(field: str, value: str) -> tantivy.Query:
    return _T.term_query(SCHEMA, field, value, index_option="freq")


def _score(searcher: tantivy.Searcher, query: Query, key: str) -> float | None:
    only = _T.const_score_query(_one("key", key), 0.0)
    clauses = [(_Must, only), *([(_Should, _text(query))] if query else [])]
    hits = searcher.search(_T.boolean_query(clauses), limit=1, count=False).hits
    return bounded(hits[0][0]) if hits else None
