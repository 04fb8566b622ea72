"""Fixtures of the whole suite."""

from tests.flushing import flush_past_the_ledger

__all__ = ["flush_past_the_ledger"]
