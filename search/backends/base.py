"""The contract of a search engine. One test suite holds every backend to it.

A backend stores documents under their keys, scores with BM25 (k1 = 1.2, b = 0.75, with the factor
k1 + 1) over the one field of terms, and gives the same score to a pair whatever else is asked along
with it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from search.documents import Document
from search.facets import Sort
from search.query import Query, Statistics

DEEPEST = 10_000
"""The number of hits that can be reached by paging, and up to which they need be counted."""
MOST_VALUES = 1_000
"""The number of values that are counted for one facet, the most frequent; no place in a tree has
more below it.
"""


class Busy(Exception):
    """Another process is writing to the index; try again later."""


class Unavailable(Exception):
    """The search server does not answer, or refuses to; the message says how."""


class NoIndex(Unavailable):
    """The search server answers, but holds no index yet, see `Backend.rebuild`."""


class Hit(NamedTuple):
    """A document that answers a query; `score` in [0, 1], 0 where nothing was asked."""

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits, the best first, and how many there are in all, where that is up to `DEEPEST`;
    with them the tallies that were asked for.
    """

    hits: tuple[Hit, ...]
    total: int
    tallies: Mapping[str, "Tally"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a document must be: for each facet one of the values, and at least this level of
    readiness.

    A code of a tree (`industry`, `region`) stands for its whole subtree. `keys` leaves these documents
    only.
    """

    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trl_min: int | None = None
    keys: tuple[str, ...] | None = None

    @property
    def names(self) -> list[str]:
        """The facets that are set."""
        return [*self.facets, *(["trl"] if self.trl_min is not None else [])]

    def without(self, name: str) -> "Filters":
        """Return these filters as if the facet `name` were not set."""
        rest = {facet: values for facet, values in self.facets.items() if facet != name}
        return Filters(rest, None if name == "trl" else self.trl_min, self.keys)


NO_FILTERS = Filters()


class Tally(NamedTuple):
    """The hits as if one facet were not set: how many in all, and how many have each value."""

    total: int
    values: Mapping[str, int]


class Index(Protocol):
    """What is asked of an index. Each question may raise `Unavailable`."""

    def statistics(self, terms: Iterable[str]) -> Statistics:
        """Return the number of documents, and of those that hold each of `terms`."""

    def holding(self, groups: Sequence[Collection[str]]) -> list[int]:
        """Return how many documents hold all terms of each of `groups`; what was dropped counts no
        more, as it may for a while in `statistics`.
        """

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
        """Return the hits from `offset` on, as `sort` says or by score; without a query all documents,
        newest first unless `sort` says otherwise, for a query without terms none.

        Each of `facets` is counted in the same question as if it were not set. Values without hits are
        left out; of a tree those that `facets.counted` names are counted.

        Raises ValueError beyond `DEEPEST`.
        """

    def scores(self, pairs: Sequence[tuple[Query, str]]) -> list[float | None]:
        """Return what each query scores on the one document with that key: 0 if it is no hit, None
        if there is no such document.
        """


class Backend(Index, Protocol):
    """An index that is written here, by one engine."""

    def write(self, keys: Collection[str], read: Callable[[], Iterable[Document]]) -> None:
        """Bring the documents under `keys` up to date; whatever it raises, it may be done again.

        `read` gives those that exist, the others are dropped. An older state never overwrites a
        newer one, whoever else writes. When `read` raises, nothing has changed. Raises `Busy` when
        another process is in the way, `NoIndex` or `Unavailable` when the server is.
        """

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Replace the whole index by `documents`; searches see the old one until the new one is
        whole. What is written meanwhile may be lost, see `indexing.rebuild`.
        """

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        """Yield the key and the fingerprint of every document."""


def check_reach(*, offset: int, limit: int) -> None:
    """Raise ValueError where hits from `offset` on cannot be reached by paging."""
    if not 0 <= offset <= offset + limit <= DEEPEST:
        raise ValueError(f"hits {offset} to {offset + limit} cannot be reached")


def bounded(score: float) -> float:
    """Return `score` without what may put it outside [0, 1]: the sum of 32-bit numbers, and words that
    no document held when the question was made.
    """
    return min(max(score, 0.0), 1.0)
