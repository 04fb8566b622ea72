"""Opens a file by its extension, and only when its content is what the extension says."""

from collections.abc import Callable
from pathlib import Path

import filetype
from django.utils.translation import gettext as _

from marketplace.listings.importing.csv_table import CsvTable
from marketplace.listings.importing.faults import ImportRefusedError
from marketplace.listings.importing.jsonl_table import JsonlTable
from marketplace.listings.importing.rows import Table
from marketplace.listings.importing.xlsx_table import XlsxTable

_FORMATS: dict[str, Callable[[Path], Table]] = {
    ".csv": CsvTable,
    ".xlsx": XlsxTable,
    ".jsonl": JsonlTable,
}
_ZIP = b"PK\x03\x04"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def open_table(path: Path) -> Table:
    """Read the file at `path` through once and return it, ready to be read again row by row.

    Raises `ImportRefusedError` when it is missing, empty, of another format than its name says, or
    unreadable.
    """
    try:
        with path.open("rb") as file:
            start = file.read(8192)
        opener = _FORMATS.get(path.suffix.lower())
        if opener is None:
            raise ImportRefusedError(_("The file name must end in .csv, .xlsx or .jsonl."))
        _refuse_other_content(path, start)
        table = opener(path)
    except OSError as error:
        raise ImportRefusedError(
            _("The file cannot be read: %(reason)s.") % {"reason": error.strerror or error}
        ) from error
    if not table.size:
        raise ImportRefusedError(_("The file has no rows."))
    return table


def _refuse_other_content(path: Path, start: bytes) -> None:
    if not start.strip():
        raise ImportRefusedError(_("The file is empty."))
    found = "zip" if start.startswith(_ZIP) else filetype.guess_extension(start)
    expected = "zip" if path.suffix.lower() == ".xlsx" else None
    if start.startswith(_UTF16):
        raise ImportRefusedError(_("The file is UTF-16 text. Save it as “CSV UTF-8”."))
    if found != expected:
        raise ImportRefusedError(
            _("The content of this file is not what its name says (%(extension)s).")
            % {"extension": path.suffix}
        )
