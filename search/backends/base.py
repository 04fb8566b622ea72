"""The contract of a search engine. One test suite holds every backend to it.

A backend stores documents under their keys, scores with BM25 (k1 = 1.2, b = 0.75, with the factor
k1 + 1) over the one field of terms, and gives the same score to a pair whatever else is asked along
with it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from search.documents import Document
from search.query import Query, Statistics

DEEPEST = 10_000
"""The number of hits that can be reached by paging."""


class Busy(Exception):
    """Another process is writing to the index; try again later."""


class Hit(NamedTuple):
    """A document that answers a query; `score` in [0, 1], 0 where nothing was asked."""

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits, the best first, and how many there are in all."""

    hits: tuple[Hit, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What a document must be: for each facet one of the values, and at least this level of
    readiness.

    A code of a tree (`industry`, `region`) stands for its whole subtree.
    """

    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trl_min: int | None = None


class Backend(Protocol):
    def statistics(self, terms: Iterable[str]) -> Statistics:
        """Return the number of documents, and of those that hold each of `terms`."""

    def retrieve(
        self, query: Query | None, *, filters: Filters, limit: int, offset: int = 0
    ) -> Found:
        """Return the hits from `offset` on, by score; without a query all documents, newest first.

        Raises ValueError beyond `DEEPEST`.
        """

    def scores(self, pairs: Sequence[tuple[Query, str]]) -> list[float | None]:
        """Return what each query scores on the one document with that key: 0 if it is no hit, None
        if there is no such document.
        """

    def count(
        self, query: Query | None, *, filters: Filters, facets: Collection[str]
    ) -> dict[str, dict[str, int]]:
        """Return for each facet how many hits have each value; values without hits are left out."""

    def write(self, keys: Collection[str], read: Callable[[], Iterable[Document]]) -> None:
        """Bring the documents under `keys` up to date, all of them or none.

        `read` gives those that exist, the others are dropped; it is called while nobody else can
        write, so an older state never overwrites a newer one. Raises `Busy` when another process
        writes.
        """

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Replace the whole index by `documents`; searches see the old one until the new one is
        whole.
        """

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        """Yield the key and the fingerprint of every document."""
