"""What one engine takes at the size that the database has: `python -m tests.bench.growth ENGINE`.

Prints one object of JSON. Indexing stands beside the bare bulk call of the engine on ready-made
documents, matching and searching beside the bare question to the engine, all in one process.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
    django.setup()

from django.contrib.auth.models import AnonymousUser

from marketplace.listings.models import TechnologyNeed
from search import (
    backends,
    eligibility,
    indexing,
    lexicon,
    matching,
    questions,
    searching,
    suggesting,
)
from search.backends.base import NO_FILTERS, Filters
from search.documents import document_of, texts_of
from search.facets import FACETS
from tests.bench.bare import BULKS
from tests.bench.words import BEGINNINGS, WORDS

READY = 50_000
"""How many ready-made documents the bare bulk call is timed on."""
ASKED = 60
"""How many needs are matched."""
SEED = 20_261_122


def measure(engine: str) -> dict[str, float]:
    """Return rates a second and times in ms, of which the 95th percentile."""
    indexing.fit_demand()
    indexing.fit_vocabulary()
    backend = backends.written()[engine]
    seconds = _timed(lambda: backend.rebuild(map(document_of, eligibility.all_eligible())))
    total = eligibility.count_eligible()
    ready = [document_of(listing) for listing in islice(eligibility.all_eligible(), READY)]
    bare = len(ready) / _timed(BULKS[engine](ready))
    return {
        "listings": total,
        "indexed a second": total / seconds,
        "bare bulk a second": bare,
        **_matching(),
        **_searching(),
        "suggest": _p95(suggesting.suggest, BEGINNINGS),
    }


def _matching() -> dict[str, float]:
    live = TechnologyNeed.objects.filter(live=True).order_by("pk").values_list("pk", flat=True)
    chosen = random.Random(SEED).sample(list(live), ASKED)  # noqa: S311
    needs = list(eligibility.eligible(TechnologyNeed).filter(pk__in=chosen))
    known, index = lexicon.current(), backends.current()
    queries = [
        questions.of_listing(texts_of(need), lexicon=known, count=index.statistics)
        for need in needs
    ]
    results = Filters({"kind": ("result",)})
    viewer = AnonymousUser()
    return {
        "match, bare": _p95(
            lambda query: index.retrieve(query, filters=results, limit=100), queries
        ),
        "match": _p95(lambda need: matching.best_results(need, viewer=viewer), needs),
    }


def _searching() -> dict[str, float]:
    known, index, viewer = lexicon.current(), backends.current(), AnonymousUser()
    queries = [questions.of_search(typed, lexicon=known, count=index.statistics) for typed in WORDS]
    return {
        "search, bare": _p95(
            lambda query: index.retrieve(query, filters=NO_FILTERS, limit=20, facets=FACETS),
            queries,
        ),
        "search": _p95(
            lambda typed: searching.search(typed, filters=NO_FILTERS, viewer=viewer), WORDS
        ),
    }


def _p95(act: Callable[[Any], object], asked: Sequence[Any]) -> float:
    for one in asked[:5]:
        act(one)
    times = sorted(_timed(lambda one=one: act(one)) for one in asked)
    return 1000 * times[round(0.95 * (len(times) - 1))]


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
