"""Show newly published listings to all watches, and keep what these find until it is told.

It runs once the listings are in the index, over any number of times: a watch finds a listing once,
and one that its person was told of, never. What is found may be told at once or in a digest; who may
see it is asked when it is told.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from django.db import transaction

from marketplace.accounts.models import Membership
from marketplace.listings.models import Listing
from marketplace.outbox import effects
from search import backends, eligibility, lexicon, matching, questions
from search.alerts.searches import filters_of
from search.documents import document_terms, texts_of
from search.models import Finding, Watch
from search.query import Query

LOOK, TELL = "search.look", "search.tell"
"""Effects: show listings to the watches, tell the person of a watch what it has found."""

THRESHOLD = 35
"""The score from which a match is worth a message, see docs/matching.md."""
REACH = 300
"""How many listings nearest to the text of a new one are asked whether somebody watches them."""

Listings = Mapping[str, Listing]


class NotIndexed(Exception):
    """The index that searches ask lacks a listing that it is about to get; try again later."""


def enqueue(keys: Collection[str]) -> None:
    """Have the listings under `keys`, which the embedded index holds, shown to the watches."""
    effects.enqueue_many(LOOK, [{"key": key} for key in keys])


def look(keys: Collection[str]) -> None:
    """Show the listings under `keys` to all watches. Raises `NotIndexed`."""
    watches = Watch.objects.filter(user__is_active=True).exclude(frequency=Watch.Frequency.OFF)
    listings = eligibility.by_key(keys) if watches.exists() else {}
    if not listings:
        return
    _check_indexed(listings)
    news = list(_news(watches, listings))
    found = [Finding(user_id=watch.user_id, watch=watch, key=key) for watch, key in news]
    at_once = {watch.pk for watch, _key in news if watch.frequency == Watch.Frequency.AT_ONCE}
    with transaction.atomic():
        Finding.objects.bulk_create(found, ignore_conflicts=True)
        effects.enqueue_many(TELL, [{"watch": pk} for pk in sorted(at_once)])


def _check_indexed(listings: Listings) -> None:
    """Raise `NotIndexed` unless the index that `matching` asks holds all `listings`."""
    nothing = Query(())
    scores = backends.current().scores([(nothing, key) for key in listings])
    if None in scores:
        raise NotIndexed(", ".join(listings))


def _news(watches: Any, listings: Listings) -> Iterator[tuple[Watch, str]]:
    """Yield what each watch finds that is new, of another organisation, and not told to its person."""
    organisations = {listing.organisation_id for listing in listings.values()}
    members = Membership.objects.filter(organisation__in=organisations)
    own = set(members.values_list("user_id", "organisation_id"))
    told = Finding.objects.filter(key__in=list(listings), told_at__isnull=False)
    known = set(told.values_list("user_id", "key"))
    for watch, key in (*_by_listings(watches, listings), *_by_searches(watches, listings)):
        listing = listings[key]
        is_new = listing.first_published_at and listing.first_published_at >= watch.since
        is_own = (watch.user_id, listing.organisation_id) in own
        if is_new and not is_own and (watch.user_id, key) not in known:
            yield watch, key


def _by_listings(watches: Any, listings: Listings) -> Iterator[tuple[Watch, str]]:
    """Yield what the watches of needs and results find: `THRESHOLD` points or more."""
    watched: dict[str, dict[int, list[Watch]]] = {"need": {}, "result": {}}
    for kind, by_pk in watched.items():
        for watch in watches.filter(**{f"{kind}__live": True}):
            by_pk.setdefault(getattr(watch, f"{kind}_id"), []).append(watch)
    for key, listing in listings.items():
        others = watched["result" if listing.kind == "need" else "need"]
        scores = matching.scores(listing, among=others, reach=REACH) if others else {}
        for pk, score in scores.items():
            if score >= THRESHOLD:
                yield from ((watch, key) for watch in others[pk])


def _by_searches(watches: Any, listings: Listings) -> Iterator[tuple[Watch, str]]:
    """Yield what saved searches find. There may be thousands: the index on this machine is asked for
    statistics and filters only.

    A search is put together only where its filters leave something of what is new.
    """
    index, known = backends.embedded(), lexicon.current()
    held = {key: frozenset(document_terms(texts_of(new))) for key, new in listings.items()}

    @cache
    def passing(packed: str) -> tuple[str, ...]:
        filters = replace(filters_of(json.loads(packed)), keys=tuple(listings))
        found = index.retrieve(None, filters=filters, limit=len(listings)).hits
        return tuple(hit.key for hit in found)

    @cache
    def meeting(typed: str, keys: tuple[str, ...]) -> tuple[str, ...]:
        query = questions.of_search(typed, lexicon=known, count=index.statistics)
        return tuple(key for key in keys if query.meets(held[key]))

    for watch in watches.exclude(query="").iterator():
        keys, typed = passing(json.dumps(watch.filters)), watch.typed
        for key in meeting(typed, keys) if keys and typed else keys:
            yield watch, key
