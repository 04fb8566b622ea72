"""Reads one row after the other as entries, and refuses what no mapping should have to look at.

An id is used once per file; its row is known by number, so that the second one can name the first.
"""

from django.utils.translation import gettext as _

from marketplace.listings.importing import text
from marketplace.listings.importing.faults import BadRowError
from marketplace.listings.importing.mapping import Entry, RowMapping
from marketplace.listings.importing.rows import Row

LONGEST_ID = 128


class EntryReader:
    def __init__(self, mapping: RowMapping) -> None:
        self._mapping = mapping
        self._columns = {field: column for column, field in mapping.columns.items() if field}
        self._id_column = self._columns["external_id"]
        self._first_rows: dict[str, int] = {}

    def read(self, row: Row) -> Entry:
        """Return the entry of `row`. Raises `BadRowError`, its reasons by column."""
        cells = self._cells(row)
        self._check_id(cells[self._id_column])
        entry = self._mapping.read(cells)
        first = self._first_rows.setdefault(entry.external_id, row.number)
        if first != row.number:
            raise BadRowError([(self._id_column, _("Row %d has the same id.") % first)])
        return entry

    def in_columns(self, error: BadRowError) -> BadRowError:
        """Return `error`, whose reasons are by model field, with its reasons by column."""
        return BadRowError((self._columns.get(name, name), why) for name, why in error.reasons)

    def _cells(self, row: Row) -> dict[str, str]:
        given, known = row.cells.keys(), self._mapping.columns.keys()
        if row.reasons:
            raise BadRowError(row.reasons)
        reasons = [(name, _("This field is not known.")) for name in sorted(given - known)]
        missing = sorted(self._mapping.required - given)
        reasons += [(name, _("This field is missing.")) for name in missing]
        cells = {name: self._mapping.tidy(cell) for name, cell in row.cells.items()}
        reasons += [(name, why) for name, cell in cells.items() if (why := text.refusal(cell))]
        if reasons:
            raise BadRowError(reasons)
        return cells

    def _check_id(self, external_id: str) -> None:
        if not external_id:
            raise BadRowError([(self._id_column, _("The id is missing."))])
        if len(external_id) > LONGEST_ID:
            reason = _("The id is longer than %d characters.") % LONGEST_ID
            raise BadRowError([(self._id_column, reason)])
