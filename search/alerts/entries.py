"""What of a watch's findings its person may see at this moment, with the reasons for each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from search import backends, highlights, lexicon, matching, questions, searching
from search.alerts.looking import THRESHOLD
from search.alerts.searches import filters_of
from search.documents import key_of, parse_key, texts_of
from search.highlights import Word
from search.matching import Match
from search.models import Watch
from search.shaping import Text

TOP_REASONS = 3


@dataclass(frozen=True)
class Entry:
    """A listing with the person's `access` to it; its `match` with what is watched, for a search None;
    the `words` that met.
    """

    key: str
    listing: Any
    match: Match | None
    words: tuple[Word, ...]

    @property
    def top_reasons(self) -> list[Any]:
        """The stated contributions that gave most points, as pages draw them."""
        stated = [r for r in (self.match.reasons if self.match else ()) if r.is_stated and r.tenths]
        best = sorted(stated, key=lambda reason: -reason.tenths)[:TOP_REASONS]
        return [reason.contribution for reason in best]


def is_theirs(watch: Watch) -> bool:
    """Whether what is watched is on the site and still a matter of the person of `watch`."""
    listing = watch.listing
    return listing is None or (listing.live and watch.user.has_perm("listing:watch", listing))


def worth_telling(watch: Watch, keys: Collection[str]) -> list[Entry]:
    """Return what of `keys` is to be told now, the best first: seen by the person, and still a match."""
    if not (watch.user.is_active and watch.is_on and is_theirs(watch)):
        return []
    return [e for e in of(watch, keys) if e.match is None or e.match.score >= THRESHOLD]


def of(watch: Watch, keys: Collection[str]) -> list[Entry]:
    """Return those listings under `keys` that the person of `watch` may see now, the best first."""
    if watch.listing is None:
        return _found_by_search(watch, keys)
    others = [parse_key(key)[1] for key in keys]
    return [
        Entry(key_of(match.listing), match.listing, match, match.words)
        for match in matching.between(watch.listing, others, viewer=watch.user)
    ]


def _found_by_search(watch: Watch, keys: Collection[str]) -> list[Entry]:
    index, query, asked = backends.current(), None, [Text("", watch.typed)]
    if watch.typed:
        query = questions.of_search(watch.typed, lexicon=lexicon.current(), count=index.statistics)
    filters = replace(filters_of(watch.filters), keys=tuple(keys))
    hits = index.retrieve(query, filters=filters, limit=len(keys)).hits
    return [
        Entry(
            key_of(listing),
            listing,
            None,
            highlights.words(asked, texts_of(listing), query) if query else (),
        )
        for listing in searching.readable((hit.key for hit in hits), watch.user)
    ]


def without_reasons(keys: Sequence[str], viewer: Any) -> list[Entry]:
    """Return the listings under `keys` that `viewer` may see, where nothing is watched any more."""
    found = searching.visible(keys, viewer)
    return [Entry(key_of(listing), listing, None, ()) for listing in found]
