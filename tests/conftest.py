"""Fixtures of the whole suite."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.flushing import flush_past_the_ledger

__all__ = ["flush_past_the_ledger"]


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """Start every test in English: a request leaves the thread in its reader's language."""
    with translation.override("en"):
        yield
