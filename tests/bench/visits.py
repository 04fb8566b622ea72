"""How long a reader waits for searches and matches, and what the web processes hold in memory."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import requests

from tests.bench.words import BEGINNINGS, WORDS
from tests.serving import Site, web

SEED = 20_261_122
NEEDS = 60
WARM = 10
"""Pages that both web processes have been asked for before any is timed."""
_PAGES = """
from random import Random
from django.utils import translation
from marketplace.listings.models import TechnologyNeed
from search import asking
from search.documents import key_of
live = TechnologyNeed.objects.filter(live=True).order_by("pk").values_list("pk", flat=True)
chosen = TechnologyNeed.objects.in_bulk(Random({seed}).sample(list(live), {number}))
asking.keep([key_of(need) for need in chosen.values()])
with translation.override("en"):
    print(*(need.get_absolute_url() for need in chosen.values()))
"""
"""The addresses of some needs, whose questions are kept, as the worker does when they are published."""


def measure(site: Site) -> dict[str, float]:
    """Return the 95th percentile of each kind of page in ms, and the memory of the web in MB."""
    asked = _PAGES.format(seed=SEED, number=NEEDS + WARM)
    pages = site.manage("shell", "--verbosity=0", "-c", asked).split()
    with web(site) as server, requests.Session() as session:
        found = {
            "match page": _p95(lambda page: _get(session, site.url + page), pages),
            "search page": _p95(
                lambda word: _get(session, f"{site.url}/en/search/?q={word}"),
                [*WORDS[:WARM], *WORDS],
            ),
            "suggestions": _p95(
                lambda start: _get(session, f"{site.url}/en/search/suggest/?q={start}"),
                [*BEGINNINGS[:WARM], *BEGINNINGS],
            ),
        }
        return {**found, "web, MB": sum(map(_proportional, _descendants(server.pid)))}


def _get(session: requests.Session, url: str) -> None:
    session.get(url, timeout=60).raise_for_status()


def _p95(act: Callable[[str], object], asked: Sequence[str]) -> float:
    """Return the 95th percentile of one visit each, without the first `WARM`."""
    for one in asked[:WARM]:
        act(one)
    times = []
    for one in asked[WARM:]:
        started = time.perf_counter()
        act(one)
        times.append(time.perf_counter() - started)
    return 1000 * sorted(times)[round(0.95 * (len(times) - 1))]


def _descendants(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            yield from _descendants(int(child))


def _proportional(pid: int) -> float:
    """Return the memory of one process in MB, what it shares divided by those that share it."""
    rollup: Any = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in rollup if line.startswith("Pss:"))
