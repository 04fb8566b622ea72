"""The index as the image of what is published: written, built anew, checked and mended.

Every write puts down the current state of a listing, read anew, so doing it twice or out of order
does no harm; whatever is lost on the way shows up as drift.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from marketplace.listings.models import Listing
from marketplace.outbox import effects
from search import backends, demand, eligibility
from search.documents import document_of, fingerprint_of, key_of, texts_of

EFFECT = "search.index"
Progress = Callable[[Iterable[Listing]], Iterable[Listing]]


@dataclass(frozen=True, slots=True)
class Drift:
    """Where the index differs from the database, by key: lacking, out of date, and not to be there."""

    missing: tuple[str, ...]
    stale: tuple[str, ...]
    surplus: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return (*self.missing, *self.stale, *self.surplus)


def enqueue(keys: Iterable[str]) -> None:
    """Have the listings under `keys` written to the index once the current transaction commits."""
    effects.enqueue_many(EFFECT, [{"key": key} for key in keys])


def write(keys: Collection[str]) -> None:
    """Bring what the index has under `keys` up to date. Raises `backends.base.Busy`."""
    wanted = set(keys)
    backends.current().write(wanted, lambda: map(document_of, eligibility.by_key(wanted).values()))


def rebuild(progress: Progress = iter) -> None:
    """Build a new index of everything published, put it in use, and catch up with what changed
    since.
    """
    backends.current().rebuild(map(document_of, progress(eligibility.all_eligible())))
    enqueue(drift().keys)


def drift() -> Drift:
    """Compare the index with the database."""
    indexed = dict(backends.current().fingerprints())
    missing, stale = [], []
    for listing in eligibility.all_eligible():
        key = key_of(listing)
        held = indexed.pop(key, None)
        if held is None:
            missing.append(key)
        elif held != fingerprint_of(listing):
            stale.append(key)
    return Drift(tuple(missing), tuple(stale), tuple(indexed))


def fit_demand() -> demand.Demand:
    """Fit the table of what every need says to the published needs, and save it."""
    table = demand.fit(
        "\n".join(part for text in texts_of(need) for part in text)
        for need in eligibility.all_eligible()
        if need.kind == "need"
    )
    demand.save(table)
    return table
