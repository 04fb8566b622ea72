"""A file as rows of named texts, whatever its format.

Every row of a file is yielded once, in order, under the number that a spreadsheet or editor shows;
a row that cannot be read carries its reasons instead of cells. Rows are read one at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.translation import gettext as _

from marketplace.listings.importing.faults import ImportRefusedError

LONGEST_LINE = 2_000_000
"""No text file is held in memory by more characters of one line than this."""

Reasons = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Row:
    """The cells of one row by column, or the reasons why it cannot be read."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    reasons: Reasons = ()


class Table(Protocol):
    """An opened file. `columns` are those of the header, or of the first record."""

    columns: tuple[str, ...]
    size: int

    def rows(self) -> Iterator[Row]: ...


def read_header(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the column names. Raises `ImportRefusedError` where one is missing or occurs twice."""
    names = _without_empty_end([cell.strip() for cell in cells])
    if not names:
        raise ImportRefusedError(_("The first row is empty; it must hold the column names."))
    if "" in names:
        raise ImportRefusedError(
            _("Column %(number)d has no name in the first row.") % {"number": names.index("") + 1}
        )
    for name in names:
        if names.count(name) > 1:
            raise ImportRefusedError(_("The column “%(name)s” occurs twice.") % {"name": name})
    return tuple(names)


def read_row(number: int, columns: Sequence[str], cells: Sequence[str], *, padded: bool) -> Row:
    """Put `cells` under `columns`; `padded` says that cells left out at the end are empty ones."""
    given = len(cells)
    if given > len(columns):
        given = max(len(columns), len(_without_empty_end(cells)))
    if given > len(columns) or (given < len(columns) and not padded):
        reason = _("The row has %(given)d columns, the header has %(expected)d.")
        return Row(number, reasons=(("", reason % {"given": given, "expected": len(columns)}),))
    padding = [""] * (len(columns) - len(cells))
    return Row(number, dict(zip(columns, [*cells, *padding], strict=False)))


def _without_empty_end(cells: Sequence[str]) -> list[str]:
    kept = list(cells)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept
