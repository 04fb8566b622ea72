"""The search box over results and needs: hits as one reader may see them, with marks, pages and
counts.

The index holds public text only, and every hit is asked for anew in the database before it is
shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.safestring import SafeString

from marketplace.listings.cards import RELATED
from marketplace.listings.kinds import KINDS
from marketplace.listings.visibility import live_for
from search import backends, highlights, lexicon, questions
from search.backends.base import DEEPEST, Filters, Hit
from search.documents import FACETS, parse_key, texts_of
from search.query import Query

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One listing that was found: `title` and `snippet` escaped, with what met the search in
    `<mark>`.
    """

    listing: Any
    title: SafeString
    snippet: SafeString


@dataclass(frozen=True, slots=True)
class Answer:
    """`page` is of entries; `is_partial` says that no listing held enough of the words, and those
    shown hold some. `counts` has for each facet the number of hits by value, as if that facet were
    not set. `is_limited` says that the search server is gone and the embedded index answered.
    """

    page: Page[Any]
    entries: Sequence[Entry]
    counts: Mapping[str, Mapping[str, int]]
    is_partial: bool = False
    is_limited: bool = False


class _Hits:
    """The hits of a query as `Paginator` wants them: counted at once, read a page at a time."""

    def __init__(self, query: Query | None, filters: Filters) -> None:
        self.query = query
        self.filters = filters

    def count(self) -> int:
        if self.query is not None and not self.query:
            return 0
        found = backends.current().retrieve(self.query, filters=self.filters, limit=1)
        return min(found.total, DEEPEST)

    def __getitem__(self, part: slice) -> Sequence[Hit]:
        limit = part.stop - part.start
        found = backends.current().retrieve(
            self.query, filters=self.filters, limit=limit, offset=part.start
        )
        return found.hits


def search(typed: str, *, filters: Filters, viewer: Any, page: str | int = 1) -> Answer:
    """Return the listings that hold what was `typed`, or all of them where that is blank.

    `page` is any text; what is no page leads to the first or the last one.
    """
    query = _query(typed)
    hits = _paginated(query, filters)
    is_partial = False
    if query and not hits.count:
        query = questions.relaxed(query)
        hits = _paginated(query, filters)
        is_partial = hits.count > 0
    found = hits.get_page(page)
    return Answer(
        page=found,
        entries=_entries(list(found) if hits.count else [], query, viewer),
        counts=_counts(query, filters),
        is_partial=is_partial,
        is_limited=backends.is_limited(),
    )


def _paginated(query: Query | None, filters: Filters) -> Paginator[Hit]:
    return Paginator(_Hits(query, filters), PER_PAGE)  # type: ignore[arg-type]


def _query(typed: str) -> Query | None:
    if not typed.strip():
        return None
    return questions.of_search(
        typed, lexicon=lexicon.current(), count=backends.current().statistics
    )


def _entries(hits: Sequence[Hit], query: Query | None, viewer: Any) -> list[Entry]:
    wanted: dict[str, list[int]] = {}
    for hit in hits:
        kind, pk = parse_key(hit.key)
        wanted.setdefault(kind, []).append(pk)
    visible = {
        (kind, listing.pk): listing
        for kind, pks in wanted.items()
        for listing in _listings(kind, pks, viewer)
    }
    ranks = highlights.telling(query) if query else {}
    keys = (parse_key(hit.key) for hit in hits)
    return [_entry(visible[key], ranks) for key in keys if key in visible]


def _listings(kind: str, pks: list[int], viewer: Any) -> Any:
    children = "metrics" if kind == "need" else "ip_rights"
    listings = KINDS[kind]._default_manager.filter(pk__in=pks).select_related(*RELATED)
    return live_for(listings, viewer).prefetch_related(children)


def _entry(listing: Any, ranks: highlights.Ranks) -> Entry:
    """Return the entry in the reader's language, its snippet in whichever language met the search."""
    bodies = [listing.summary, *(text.body for text in texts_of(listing))]
    meeting = (body for body in bodies if ranks and highlights.spans(body, ranks))
    return Entry(
        listing=listing,
        title=highlights.mark(listing.title, ranks),
        snippet=highlights.snippet(next(meeting, listing.summary), ranks),
    )


def _counts(query: Query | None, filters: Filters) -> dict[str, dict[str, int]]:
    if query is not None and not query:
        return {}
    backend = backends.current()
    free = [name for name in FACETS if name not in filters.facets]
    counts = backend.count(query, filters=filters, facets=free)
    for name in filters.facets:
        others = {facet: v for facet, v in filters.facets.items() if facet != name}
        wider = Filters(others, filters.trl_min)
        counts |= backend.count(query, filters=wider, facets=[name])
    return counts
