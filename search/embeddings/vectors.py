"""The vectors of published listings: fetched for their public text, kept, and compared.

A vector counts only while the text that it was made of is the published one; an unchanged text is
never sent twice.
"""

import hashlib
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

import numpy as np
from django.conf import settings
from django.db import transaction

from marketplace.listings.kinds import KINDS
from marketplace.listings.models import Listing
from marketplace.outbox import effects
from search import eligibility
from search.documents import parse_key, texts_of
from search.embeddings import endpoint
from search.embeddings.endpoint import Vector
from search.models import Embedding
from search.shaping import Text

logger = logging.getLogger(__name__)

KIND = "search.embed"
BATCH = 64
"""Texts in one request."""
LONGEST = 6_000
"""Characters of a text that are sent; models read a few hundred words."""
MOST_AT_ONCE = 10_000
"""Listings that one sweep hands to the outbox."""
_STORED = np.dtype("<f2")


def enqueue(keys: Collection[str]) -> None:
    """Let the vectors under `keys` count no more, and have them fetched once the current transaction
    commits; nothing where no endpoint is named.
    """
    Embedding.objects.filter(key__in=keys).update(is_current=False)
    if endpoint.is_on():
        effects.enqueue_many(KIND, [{"key": key} for key in keys])


def refresh(keys: Collection[str]) -> None:
    """Bring the vectors under `keys` up to date. Raises `endpoint.Unanswered`."""
    if not endpoint.is_on():
        return
    listings = eligibility.by_key(keys)
    Embedding.objects.filter(key__in=set(keys) - listings.keys()).delete()
    texts = {key: text_of(listing) for key, listing in listings.items()}
    known = dict(Embedding.objects.filter(key__in=texts).values_list("key", "digest"))
    new = {key: text for key, text in texts.items() if known.get(key) != _digest(text)}
    _store(texts, fetch(new) if new else {})


def fetch(texts: Mapping[str, str]) -> dict[str, Vector]:
    """Return the vectors of `texts`, without those that the endpoint will not take."""
    try:
        return dict(zip(texts, endpoint.embed(list(texts.values())), strict=True))
    except endpoint.Refused as error:
        if len(texts) == 1:
            logger.warning("no vector for %s: %s", *texts, error)
            return {}
    keys = list(texts)
    halves = keys[::2], keys[1::2]
    return {
        key: vector
        for half in halves
        for key, vector in fetch({key: texts[key] for key in half}).items()
    }


def _store(texts: Mapping[str, str], vectors: Mapping[str, Vector]) -> None:
    """Keep what holds for the text that is published now, which must not change meanwhile."""
    with transaction.atomic():
        _lock(texts)
        now = {key: text_of(listing) for key, listing in eligibility.by_key(texts).items()}
        same = {key for key, text in texts.items() if now.get(key) == text}
        held = Embedding.objects.filter(key__in=same, digest__in=[_digest(texts[k]) for k in same])
        held.update(is_current=True)
        for key in same & vectors.keys():
            stored = {
                "model": settings.EMBEDDINGS_MODEL,
                "digest": _digest(texts[key]),
                "vector": vectors[key].astype(_STORED).tobytes(),
                "is_current": True,
            }
            Embedding.objects.update_or_create(key=key, defaults=stored)


def _lock(keys: Iterable[str]) -> None:
    for kind, pk in sorted(map(parse_key, keys)):
        KINDS[kind]._default_manager.select_for_update().filter(pk=pk).values_list("pk").first()


def text_of(listing: Listing) -> str:
    """Return the public text of `listing` that is sent."""
    return written(texts_of(listing))


def written(texts: Iterable[Text]) -> str:
    """Return `texts` as one, each with its title first."""
    return "\n".join(f"{text.title}\n{text.body}" for text in texts)[:LONGEST]


def _digest(text: str) -> str:
    named = f"{settings.EMBEDDINGS_MODEL}\0{text}"
    return hashlib.blake2b(named.encode(errors="replace"), digest_size=16).hexdigest()


def closeness(key: str, others: Iterable[str]) -> dict[str, float]:
    """Return the cosine, −1 to 1, of the vector under `key` with those under `others` that there
    are; one query, or none where no endpoint is named.

    Each pair is computed by itself, so that no other has a say in its last digit.
    """
    if not endpoint.is_on():
        return {}
    wanted = {key, *others}
    rows = Embedding.objects.filter(
        key__in=wanted, is_current=True, model=settings.EMBEDDINGS_MODEL
    ).values_list("key", "vector")
    found = {name: np.frombuffer(vector, _STORED).astype(np.float64) for name, vector in rows}
    own = found.get(key)
    if own is None:
        return {}
    return {
        name: cosine(own, vector) for name, vector in found.items() if vector.shape == own.shape
    }


def cosine(one: Vector, other: Vector) -> float:
    """Return the cosine of the angle between two vectors other than 0."""
    return float(np.dot(one, other) / np.sqrt(np.dot(one, one) * np.dot(other, other)))


def enqueue_missing() -> int:
    """Have vectors fetched that lack, unless some are on their way already; return how many."""
    if not endpoint.is_on() or effects.is_under_way(KIND):
        return 0
    payloads = [{"key": key} for key in islice(missing(), MOST_AT_ONCE)]
    return len(effects.enqueue_many(KIND, payloads))


def missing() -> Iterator[str]:
    """Return the keys of the published listings without a vector that counts."""
    held = Embedding.objects.filter(is_current=True, model=settings.EMBEDDINGS_MODEL)
    return eligibility.keys_without(set(held.values_list("key", flat=True)))
