"""The search box over results and needs: hits as one reader may see them, with marks, pages and
counts.

The index holds public text only, and every hit is asked for anew in the database before it is
shown.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import prefetch_related_objects
from django.utils.safestring import SafeString

from marketplace.listings.cards import RELATED
from marketplace.listings.kinds import KINDS
from marketplace.listings.visibility import live_for
from search import backends, correction, highlights, lexicon, questions, vocabulary
from search.backends.base import DEEPEST, NO_FILTERS, Filters, Found, Hit, Tally
from search.documents import TEXT_CHILDREN, parse_key, texts_of
from search.facets import FACETS, Sort
from search.query import Query
from search.questions import Lexicon

PER_PAGE = 20
CLEARLY_MORE = 2
"""How many times as many listings other words must find to be offered."""


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
    shown hold some. `counts` has the tally of each facet. `is_limited` says that the search server is
    gone and the embedded index answered.

    `did_you_mean` are words that find clearly more, or "". Where nothing held all that was asked,
    `unfiltered` says how many listings do without any filter.
    """

    page: Page[Any]
    entries: Sequence[Entry]
    counts: Mapping[str, Tally]
    is_partial: bool = False
    is_limited: bool = False
    did_you_mean: str = ""
    unfiltered: int = 0


class _Hits:
    """The hits of a query as `Paginator` wants them: counted with the first page, read by the page."""

    def __init__(self, query: Query | None, filters: Filters, sort: Sort | None) -> None:
        self.query = query
        self.filters = filters
        self.sort = sort
        self.first = Found((), 0)

    def count(self) -> int:
        if self.query is not None and not self.query:
            return 0
        self.first = self._found(0, PER_PAGE, FACETS)
        return min(self.first.total, DEEPEST)

    def __getitem__(self, part: slice) -> Sequence[Hit]:
        if not part.start:
            return self.first.hits
        return self._found(part.start, part.stop - part.start).hits

    def _found(self, offset: int, limit: int, facets: Collection[str] = ()) -> Found:
        return backends.current().retrieve(
            self.query,
            filters=self.filters,
            limit=limit,
            offset=offset,
            sort=self.sort,
            facets=facets,
        )


def search(
    typed: str, *, filters: Filters, viewer: Any, page: str | int = 1, sort: Sort | None = None
) -> Answer:
    """Return the listings that hold what was `typed`, or all of them where that is blank, the best
    first or as `sort` says.

    `page` is any text; what is no page leads to the first or the last one.
    """
    known = lexicon.current() if typed.strip() else None
    query = _query(typed, known) if known else None
    strict = hits = _paginated(query, filters, sort)
    if query and not strict.count:
        hits = _paginated(questions.relaxed(query), filters, sort)
    is_partial = hits is not strict and hits.count > 0
    shown: Any = hits.object_list
    found = hits.get_page(page)
    unfiltered = 0 if strict.count else _unfiltered(query, filters)
    narrowed = filters if strict.count else NO_FILTERS
    return Answer(
        page=found,
        entries=_entries(list(found) if hits.count else [], shown.query, viewer),
        counts=shown.first.tallies,
        is_partial=is_partial,
        did_you_mean=_better(typed, narrowed, known, strict.count or unfiltered) if known else "",
        unfiltered=unfiltered,
        is_limited=backends.is_limited(),
    )


def _paginated(query: Query | None, filters: Filters, sort: Sort | None) -> Paginator[Hit]:
    return Paginator(_Hits(query, filters, sort), PER_PAGE)  # type: ignore[arg-type]


def _query(typed: str, known: Lexicon) -> Query:
    return questions.of_search(typed, lexicon=known, count=backends.current().statistics)


def _better(typed: str, filters: Filters, known: Lexicon, found: int) -> str:
    """Return what may have been meant if, with the same filters, it finds clearly more, else ""."""
    count = backends.current().statistics
    meant = correction.corrected(typed, known=vocabulary.current(), count=count)
    if not meant:
        return ""
    return meant if _total(_query(meant, known), filters) > CLEARLY_MORE * found else ""


def _unfiltered(query: Query | None, filters: Filters) -> int:
    return _total(query, NO_FILTERS) if filters.names else 0


def _total(query: Query | None, filters: Filters) -> int:
    if query is not None and not query:
        return 0
    return min(backends.current().retrieve(query, filters=filters, limit=1).total, DEEPEST)


def visible(keys: Iterable[str], viewer: Any, *, only: Collection[str] = ()) -> list[Any]:
    """Return the listings under `keys` that `viewer` may see and that are still published, in order:
    with all that cards show, or with `only` some of their own fields.
    """
    wanted: dict[str, list[int]] = {}
    parsed = [parse_key(key) for key in keys]
    for kind, pk in parsed:
        wanted.setdefault(kind, []).append(pk)
    found = {
        (kind, listing.pk): listing
        for kind, pks in wanted.items()
        for listing in _live(kind, pks, viewer, only)
    }
    return [found[key] for key in parsed if key in found]


def _live(kind: str, pks: Sequence[int], viewer: Any, only: Collection[str]) -> Any:
    listings = live_for(KINDS[kind]._default_manager.filter(pk__in=pks).order_by(), viewer)
    return listings.only(*only) if only else listings.select_related(*RELATED)


def readable(keys: Iterable[str], viewer: Any) -> list[Any]:
    """Return the `visible` listings with what their texts are read from."""
    listings = visible(keys, viewer)
    for kind, children in TEXT_CHILDREN.items():
        prefetch_related_objects([one for one in listings if one.kind == kind], *children)
    return listings


def _entries(hits: Sequence[Hit], query: Query | None, viewer: Any) -> list[Entry]:
    ranks = highlights.telling(query) if query else {}
    listings = (readable if ranks else visible)((hit.key for hit in hits), viewer)
    return [_entry(listing, ranks) for listing in listings]


def _entry(listing: Any, ranks: highlights.Ranks) -> Entry:
    """Return the entry in the reader's language, its snippet in whichever language met the search."""
    return Entry(
        listing=listing,
        title=highlights.mark(listing.title, ranks),
        snippet=highlights.snippet(_bodies(listing), ranks),
    )


def _bodies(listing: Any) -> Iterator[str]:
    yield listing.summary
    yield from (text.body for text in texts_of(listing))
