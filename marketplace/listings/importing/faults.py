"""What can be wrong with an import: all of it, or single cells.

A reason is a sentence in the reader's language; whatever a file holds ends as one of these two,
never as a traceback.
"""

from collections.abc import Iterable
from dataclasses import dataclass


class ImportRefusedError(Exception):
    """Nothing was imported; the message says why and what to do."""


@dataclass(frozen=True)
class Fault:
    """Why a row was left out. `column` is empty where the row as a whole is meant."""

    row: int
    column: str
    reason: str


class BadRowError(Exception):
    """One row cannot be imported: pairs of column and reason."""

    def __init__(self, reasons: Iterable[tuple[str, str]]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(self.reasons)

    def faults(self, row: int) -> list[Fault]:
        return [Fault(row, column, reason) for column, reason in self.reasons]
