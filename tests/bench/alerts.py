"""What it costs to show newly published listings to ten thousand watches.

Everything happens in a transaction that is undone. Saved searches ask for words of the titles of the
demo, half of them with a filter; each tenth watch is of a need.
"""

import time
from itertools import cycle

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlencode

from marketplace.accounts.models import User
from marketplace.listings.kinds import KINDS
from marketplace.listings.models import Listing, TechnologyNeed
from search.alerts import looking
from search.documents import key_of
from search.models import Finding, Watch

WATCHES = 10_000
BATCHES = (1, 40)
_LONG_AGO = "2000-01-01T00:00:00Z"


def measure() -> None:
    """Print the time and the number of queries for batches of listings, and what is found."""
    listings = [x for model in KINDS.values() for x in model._default_manager.filter(live=True)]
    with transaction.atomic():
        _watch(listings)
        looking.look([key_of(listings[0])])
        for number in BATCHES:
            Finding.objects.all().delete()
            keys = [key_of(listing) for listing in listings[:number]]
            started = time.perf_counter()
            with CaptureQueriesContext(connection) as queries:
                looking.look(keys)
            took, found = time.perf_counter() - started, Finding.objects.count()
            print(
                f"{number:>4} listings, {WATCHES} watches: {took:>6.1f} s, "
                f"{len(queries):>3} queries, {found} findings"
            )
        transaction.set_rollback(True)


def _watch(listings: list[Listing]) -> None:
    number = WATCHES // 10
    users = User.objects.bulk_create(User(email=f"bench{n}@example.org") for n in range(number))
    titles = [listing.title_zh or listing.title_en for listing in listings]
    searches = (
        Watch(
            user=user,
            query=urlencode({"q": _words(titles, n * number + at)}),
            filters={"facets": {"kind": ["result"]}} if n % 2 else {},
            name="bench",
            since=_LONG_AGO,
        )
        for n in range(9)
        for at, user in enumerate(users)
    )
    needs = cycle(TechnologyNeed.objects.filter(live=True))
    of_needs = (
        Watch(user=user, need=need, since=_LONG_AGO)
        for user, need in zip(users, needs, strict=False)
    )
    made = [*searches, *of_needs]
    Watch.objects.bulk_create(made, batch_size=1_000, ignore_conflicts=True)


def _words(titles: list[str], n: int) -> str:
    """Return pieces of two titles, another pair for each `n`."""
    one, other = titles[n % len(titles)], titles[n // len(titles) % len(titles)]
    return f"{one[2:6]} {other[:4]}"
