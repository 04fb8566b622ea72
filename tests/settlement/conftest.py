"""The books are tested with several connections and real commits."""

from tests.database_copy import connect

__all__ = ["connect"]
