"""How long a reader waits for a page of the demo, and how much it weighs."""

import statistics
import time
from collections.abc import Iterator

import requests

from tests.bench.places import first_of

REPEATS = 40


def measure(url: str) -> None:
    """Print, for each kind of page at `url`, the median and the slowest of `REPEATS` answers in ms,
    and the size of the page over the wire in kB."""
    print(f"{'page':<24}{'median ms':>10}{'slowest ms':>12}{'kB':>8}")
    with requests.Session() as session:
        for name, path in _pages(url):
            times, size = [], 0
            for _ in range(REPEATS):
                start = time.perf_counter()
                response = session.get(f"{url}{path}", stream=True, timeout=60)
                size = len(response.raw.read(decode_content=False))
                times.append((time.perf_counter() - start) * 1000)
                response.raise_for_status()
            median = statistics.median(times)
            print(f"{name:<24}{median:>10.1f}{max(times):>12.1f}{size / 1000:>8.1f}", flush=True)


def _pages(url: str) -> Iterator[tuple[str, str]]:
    yield "home", "/en/"
    for kind in ("results", "needs"):
        yield f"list of {kind}", f"/en/{kind}/"
        yield f"one of {kind}, matches", first_of(url, f"/en/{kind}/")
    yield "search", "/en/search/?q=battery"
    yield "brokers", "/en/brokers/"
