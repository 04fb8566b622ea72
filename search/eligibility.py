"""Which listings an index may hold: the published ones, and nothing else.

What of them it may hold, their public tier, is the matter of `documents`.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from marketplace.listings.kinds import KINDS
from marketplace.listings.models import Listing
from search.documents import CHILDREN, parse_key

CHUNK = 500


def eligible(model: type[Listing]) -> QuerySet[Any]:
    """Return the listings of `model` that belong in the index, with all that a document needs."""
    listings = model._default_manager.filter(live=True).select_related("organisation")
    return listings.prefetch_related(*CHILDREN[model.kind])


def all_eligible() -> Iterator[Listing]:
    """Yield every listing that belongs in the index, holding a part of them at a time."""
    for model in KINDS.values():
        yield from eligible(model).order_by("pk").iterator(chunk_size=CHUNK)


def latest(model: type[Listing], most: int) -> Iterator[Any]:
    """Yield the `most` listings of `model` that came last, holding a part of them at a time."""
    listings = eligible(model).order_by("-first_published_at", "-pk")
    yield from listings[:most].iterator(chunk_size=CHUNK)


def count_eligible() -> int:
    """Return how many listings belong in the index."""
    return sum(model._default_manager.filter(live=True).count() for model in KINDS.values())


def keys_without(known: Collection[str]) -> Iterator[str]:
    """Yield the keys of the listings that belong in the index and are not among the `known`."""
    for kind, model in KINDS.items():
        pks = model._default_manager.filter(live=True).order_by("pk").values_list("pk", flat=True)
        yield from (key for pk in pks.iterator() if (key := f"{kind}:{pk}") not in known)


def by_key(keys: Iterable[str]) -> dict[str, Listing]:
    """Return those of the listings named by `keys` that belong in the index, as they are now."""
    wanted: dict[str, list[int]] = {}
    for kind, pk in map(parse_key, keys):
        wanted.setdefault(kind, []).append(pk)
    return {
        f"{kind}:{listing.pk}": listing
        for kind, pks in wanted.items()
        for listing in eligible(KINDS[kind]).filter(pk__in=pks)
    }
