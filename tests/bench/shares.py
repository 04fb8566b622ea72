"""Where the time of a page goes: `python -m tests.bench.shares NAME PATH COOKIE …`.

Clocks stand around what runs the queries, draws templates, asks the index and compresses; each counts
what it does itself, not what it calls: CPU time of one process, which others on the machine disturb
little.
"""

import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
django.setup()

from django.db.models.sql.compiler import SQLCompiler  # noqa: E402
from django.middleware.gzip import GZipMiddleware  # noqa: E402
from django.template import Template  # noqa: E402
from django.test import Client  # noqa: E402

from search import matching  # noqa: E402
from search.backends.tantivy import TantivyBackend  # noqa: E402

WARM, ASKED = 5, 40
REST = "the rest"
WHERE = {
    "database": [(SQLCompiler, "execute_sql")],
    "templates": [(Template, "_render")],
    "matching": [(matching, "best_needs"), (matching, "best_results")],
    "index": [(TantivyBackend, name) for name in ("statistics", "holding", "retrieve", "scores")],
    "compression": [(GZipMiddleware, "process_response")],
}


class Clock:
    """CPU time in ms by what was being done."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._doing = [REST]
        self._since = time.process_time()

    @contextmanager
    def at(self, name: str) -> Iterator[None]:
        """Count what happens inside as `name`."""
        self._turn()
        self._doing.append(name)
        try:
            yield
        finally:
            self._turn()
            self._doing.pop()

    def _turn(self) -> None:
        now = time.process_time()
        self.spent[self._doing[-1]] += 1000 * (now - self._since)
        self._since = now

    def take(self) -> Counter[str]:
        """Return what was counted since this was called last."""
        self._turn()
        spent, self.spent = self.spent, Counter()
        return spent

    def stand_at(self, owner: Any, method: str, name: str) -> None:
        original: Callable[..., Any] = getattr(owner, method)

        @wraps(original)
        def counted(*args: Any, **kwargs: Any) -> Any:
            with self.at(name):
                return original(*args, **kwargs)

        setattr(owner, method, counted)


def main(*asked: str) -> None:
    clock = Clock()
    for name, methods in WHERE.items():
        for owner, method in methods:
            clock.stand_at(owner, method, name)
    print(f"{'page':<16}{'CPU ms':>10}" + "".join(f"{name + ' %':>15}" for name in (*WHERE, REST)))
    for name, path, cookie in zip(asked[::3], asked[1::3], asked[2::3], strict=True):
        spent = _median(clock, path, cookie)
        total = sum(spent.values())
        shares = "".join(f"{100 * spent[part] / total:>15.0f}" for part in (*WHERE, REST))
        print(f"{name:<16}{total:>10.1f}{shares}")


def _median(clock: Clock, path: str, cookie: str) -> dict[str, float]:
    """Return the median of each part over `ASKED` answers."""
    client = Client(headers={"accept-encoding": "gzip", "cookie": cookie, "host": "127.0.0.1"})
    taken = []
    for number in range(WARM + ASKED):
        clock.take()
        assert client.get(path).status_code == 200, path
        if number >= WARM:
            taken.append(clock.take())
    return {part: statistics.median(one[part] for one in taken) for part in (*WHERE, REST)}


if __name__ == "__main__":
    main(*sys.argv[1:])
