"""The questions of listings, each made once while its texts, the known words and the index stay as
they are.

They hold public text only and are the same for every reader.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence

from search import backends, questions
from search.query import Query
from search.questions import Lexicon
from search.shaping import Text

REMEMBERED = 500
"""Questions that a process keeps, of some 40 kB each."""

Texts = tuple[Text, ...]


class _Made:
    """The questions of one state of index and words, those that were made last."""

    def __init__(self, state: object) -> None:
        self.state = state
        self._queries: dict[Texts, Query] = {}
        self._lock = threading.Lock()

    def among(self, wanted: Iterable[Texts]) -> dict[Texts, Query]:
        with self._lock:
            return {texts: self._queries[texts] for texts in wanted if texts in self._queries}

    def keep(self, queries: Mapping[Texts, Query]) -> None:
        with self._lock:
            self._queries.update(queries)
            for oldest in list(self._queries)[:-REMEMBERED]:
                del self._queries[oldest]


_made = _Made(None)


def of(texts: Sequence[Text], known: Lexicon) -> Query:
    """Return the question of a listing with these `texts`, see `questions.of_listing`."""
    return of_all([texts], known)[0]


def of_all(listings: Iterable[Sequence[Text]], known: Lexicon) -> list[Query]:
    """Return the question of each of `listings`; those that are new are made together."""
    index = backends.current()
    made = _latest((index.state(), known))
    wanted = [tuple(texts) for texts in listings]
    found = made.among(wanted)
    new = [texts for texts in dict.fromkeys(wanted) if texts not in found]
    if new:
        asked = questions.of_listings(new, lexicon=known, count=index.statistics)
        made.keep(dict(zip(new, asked, strict=True)))
        found.update(zip(new, asked, strict=True))
    return [found[texts] for texts in wanted]


def _latest(state: object) -> _Made:
    global _made  # noqa: PLW0603  what was made of another state is of no use to anybody
    if _made.state != state:
        _made = _Made(state)
    return _made
