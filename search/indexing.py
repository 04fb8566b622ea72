"""The indices as the image of what is published: written, built anew, checked and mended.

Every engine has its own effects, so one that is out of order does not hold up the other. Every
write puts down the current state of a listing, read anew, so doing it twice or out of order does no
harm; whatever is lost on the way shows up as drift.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import chain

from marketplace.listings.kinds import KINDS
from marketplace.listings.models import Listing, TechnologyNeed
from marketplace.outbox import effects
from search import backends, demand, eligibility, vocabulary
from search.backends.base import Backend, NoIndex, Unavailable
from search.documents import document_of, fingerprint_of, key_of, texts_of

FITTED = 20_000
"""How many listings of a kind the tables are fitted to: more say little that is new."""

Progress = Callable[[Iterable[Listing]], Iterable[Listing]]


@dataclass(frozen=True, slots=True)
class Drift:
    """Where an index differs from the database, by key: lacking, out of date, and not to be there."""

    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        return (*self.missing, *self.stale, *self.surplus)


def effect_of(engine: str) -> str:
    """Return the kind of effect that writes to the engine of that name."""
    return f"search.index.{engine}"


def enqueue(keys: Iterable[str], *, is_published: bool = False) -> None:
    """Have the listings under `keys` written to every index once the current transaction commits.

    Those that are just being published are shown to the watches once they are in the index.
    """
    payloads = [{"key": key, "is_published": is_published} for key in keys]
    for engine in backends.written():
        effects.enqueue_many(effect_of(engine), payloads)


def write(engine: str, keys: Collection[str]) -> None:
    """Bring what the index of `engine` has under `keys` up to date; one that has none is built.

    Nothing happens where the settings name the engine no longer. Raises `Busy` and `Unavailable` of
    `backends.base`.
    """
    backend = backends.written().get(engine)
    if backend is None:
        return
    wanted = set(keys)
    try:
        backend.write(wanted, lambda: map(document_of, eligibility.by_key(wanted).values()))
    except NoIndex:
        _rebuild(engine, backend)


def rebuild(progress: Progress = iter, *, only: str | None = None) -> None:
    """Build new indices of everything published, put them in use, and catch up with what changed
    since; of all engines, or `only` of one. Raises `Unavailable` of `backends.base`.
    """
    engines = backends.written()
    if only and only not in engines:
        raise Unavailable(f"the settings name no {only}")
    for engine, backend in engines.items():
        if only in (None, engine):
            _rebuild(engine, backend, progress)


def _rebuild(engine: str, backend: Backend, progress: Progress = iter) -> None:
    backend.rebuild(map(document_of, progress(eligibility.all_eligible())))
    mend(engine, drift_of(backend))


def drift_of(backend: Backend) -> Drift:
    """Compare the index of `backend` with the database. Raises `Unavailable` of `backends.base`."""
    indexed = _fingerprints(backend)
    missing, stale = [], []
    for listing in eligibility.all_eligible():
        key = key_of(listing)
        held = indexed.pop(key, None)
        if held is None:
            missing.append(key)
        elif held != fingerprint_of(listing):
            stale.append(key)
    return Drift(tuple(missing), tuple(stale), tuple(indexed))


def _fingerprints(backend: Backend) -> dict[str, str]:
    try:
        return dict(backend.fingerprints())
    except NoIndex:
        return {}


def mend(engine: str, drift: Drift) -> None:
    """Have what differs in the index of `engine` written to it."""
    effects.enqueue_many(effect_of(engine), [{"key": key} for key in drift.keys])


def fit_demand() -> demand.Demand:
    """Fit the table of what every need says to the latest needs, and save it."""
    table = demand.fit(
        "\n".join(part for text in texts_of(need) for part in text)
        for need in eligibility.latest(TechnologyNeed, FITTED)
    )
    demand.save(table)
    return table


def fit_vocabulary() -> None:
    """Fit the vocabulary to the public texts of the latest listings of each kind, and save it."""
    listings = chain.from_iterable(eligibility.latest(kind, FITTED) for kind in KINDS.values())
    vocabulary.save(vocabulary.fit(map(texts_of, listings)))
