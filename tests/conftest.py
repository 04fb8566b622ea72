"""Fixtures of the whole suite."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.flushing import flush_past_the_ledger

__all__ = ["flush_past_the_ledger"]


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """Give every test the default language: a request leaves the thread in its reader's."""
    with translation.override(None):
        yield
