"""Imports one file: reads it row by row and keeps the good rows, whatever the bad ones are.

Memory does not grow with the texts of a file, only with the number of its ids. Rows are committed
in batches, so an interrupted import is taken up by running it again.
"""

from collections.abc import Callable
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.listings.importing.entries import EntryReader
from marketplace.listings.importing.faults import BadRowError, Fault, ImportRefusedError
from marketplace.listings.importing.mapping import Entry, RowMapping
from marketplace.listings.importing.platform import PlatformMapping
from marketplace.listings.importing.report import Report
from marketplace.listings.importing.rows import Row, Table
from marketplace.listings.importing.template import TemplateMapping
from marketplace.listings.importing.writer import Stored, Writer
from marketplace.listings.models import Listing

BATCH = 50
MAPPINGS: dict[str, Callable[[str], RowMapping]] = {
    TemplateMapping.name: TemplateMapping,
    PlatformMapping.name: PlatformMapping,
}


def choose_mapping(table: Table, *, kind: str, name: str = "") -> RowMapping:
    """Return the mapping `name`, or else the first one whose required columns the file has.

    Raises `ImportRefusedError` where a column is missing, or is not known to the mapping.
    """
    columns = set(table.columns)
    candidates = [MAPPINGS[name]] if name else list(MAPPINGS.values())
    mappings = [make(kind) for make in candidates]
    mapping = next((m for m in mappings if m.required <= columns), mappings[0])
    if missing := mapping.required - columns:
        raise ImportRefusedError(_("The column “%s” is missing.") % min(missing))
    if unknown := columns - mapping.columns.keys():
        raise ImportRefusedError(
            _("The column “%(name)s” is not known. Known are: %(known)s.")
            % {"name": min(unknown), "known": ", ".join(mapping.columns)}
        )
    return mapping


def import_table(
    table: Table,
    *,
    mapping: RowMapping,
    writer: Writer,
    on_fault: Callable[[Fault], None],
    on_rows: Callable[[int], object],
) -> Report:
    """Import `table` through `writer`; tell every fault and every batch of rows done."""
    report = Report()
    reader = EntryReader(mapping)
    rows = table.rows()
    while batch := list(islice(rows, BATCH)):
        entries = [(row.number, _entry_or_error(reader, row)) for row in batch]
        with transaction.atomic():
            known = writer.known([entry for _row, entry in entries if isinstance(entry, Entry)])
            for row, entry in entries:
                try:
                    if isinstance(entry, BadRowError):
                        raise entry
                    stored = _write(writer, reader, entry, known)
                except BadRowError as error:
                    report.bad += 1
                    for fault in error.faults(row):
                        on_fault(fault)
                else:
                    report.count(entry, stored)
        report.rows += len(batch)
        on_rows(len(batch))
    return report


def _entry_or_error(reader: EntryReader, row: Row) -> Entry | BadRowError:
    try:
        return reader.read(row)
    except BadRowError as error:
        return error


def _write(writer: Writer, reader: EntryReader, entry: Entry, known: dict[str, Listing]) -> Stored:
    try:
        return writer.write(entry, known.get(entry.external_id))
    except BadRowError as error:
        raise reader.in_columns(error) from error
