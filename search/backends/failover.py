"""The index that answers while the search server does not.

One question finds out that the server is gone; for `PAUSE` seconds all others go to the stand-in at
once, then one question tries the server again. So a page never waits for more than one time-out.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar

from search.backends.base import Filters, Found, Index, Unavailable
from search.facets import Sort
from search.query import Query, Statistics

logger = logging.getLogger(__name__)

PAUSE = 15.0
"""Seconds."""
T = TypeVar("T")


class Failover:
    """The `Index` of `server`, or of `embedded` while that is not available."""

    def __init__(self, server: Index, embedded: Index) -> None:
        self._server = server
        self._embedded = embedded
        self._lock = threading.Lock()
        self._open_until: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether the server did not answer the last question that it was asked."""
        return self._open_until is not None

    def statistics(self, terms: Iterable[str]) -> Statistics:
        wanted = list(terms)
        return self._ask(lambda index: index.statistics(wanted))

    def holding(self, groups: Sequence[Collection[str]]) -> list[int]:
        return self._ask(lambda index: index.holding(groups))

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
        return self._ask(
            lambda index: index.retrieve(
                query, filters=filters, limit=limit, offset=offset, sort=sort, facets=facets
            )
        )

    def scores(self, pairs: Sequence[tuple[Query, str]]) -> list[float | None]:
        return self._ask(lambda index: index.scores(pairs))

    def _ask(self, question: Callable[[Index], T]) -> T:
        if self._may_try():
            try:
                answer = question(self._server)
            except Unavailable as error:
                logger.warning("the embedded index stands in: %s", error)
                self._open_until = time.monotonic() + PAUSE
            else:
                self._open_until = None
                return answer
        return question(self._embedded)

    def _may_try(self) -> bool:
        """Whether this question goes to the server; after a pause it is one question that does."""
        with self._lock:
            if self._open_until is None:
                return True
            if time.monotonic() < self._open_until:
                return False
            self._open_until = time.monotonic() + PAUSE
            return True
