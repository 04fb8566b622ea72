"""Fixtures of the whole suite.

Properties are tested on the same examples every time, however slow the machine is;
`HYPOTHESIS_PROFILE=explore` draws new ones.
"""

import gc
import os
from collections.abc import Iterator

import hypothesis
import pytest
from django.utils import translation

from tests.flushing import flush_past_the_ledger

__all__ = ["flush_past_the_ledger"]

_ANY_PACE = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("same", derandomize=True, **_ANY_PACE)
hypothesis.settings.register_profile("explore", derandomize=False, **_ANY_PACE)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what is loaded for good: it took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """Start every test in English: a request leaves the thread in its reader's language."""
    with translation.override("en"):
        yield
