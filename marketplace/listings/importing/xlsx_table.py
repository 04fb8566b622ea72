"""XLSX workbooks: the first sheet, values only.

A workbook that would unpack to more than `MOST_UNPACKED` bytes, or suspiciously much, is refused
before anything of it is unpacked. Formulas are refused, since their stored results may be stale.
"""

import warnings
import zipfile
import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from marketplace.listings.importing.faults import ImportRefusedError
from marketplace.listings.importing.rows import Row, read_header, read_row

MOST_UNPACKED = 400_000_000
MOST_SHARED_TEXT = 100_000_000
MOST_ROWS = 1_048_576
_LARGE, _HIGHEST_RATIO = 20_000_000, 200
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    InvalidFileException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


class XlsxTable:
    def __init__(self, path: Path) -> None:
        self._path = path
        with _readable():
            _refuse_bomb(path)
            with closing(self._cells()) as cells:
                self.columns = read_header([_text(cell) for cell in next(cells, ())])
                self.size = sum(1 for _cells in cells)

    def rows(self) -> Iterator[Row]:
        with _readable(), closing(self._cells()) as cells:
            next(cells)
            for number, row in enumerate(cells, start=2):
                if any(cell.value is not None for cell in row):
                    yield self._row(number, row)

    def _cells(self) -> Generator[Sequence[Any], None, None]:
        with self._path.open("rb") as file:
            workbook = load_workbook(file, read_only=True, keep_links=False)
            if not workbook.worksheets:
                raise ImportRefusedError(_("The workbook has no sheet."))
            sheet = workbook.worksheets[0]
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(), start=1):
                if number > MOST_ROWS:
                    raise ImportRefusedError(_("The sheet is damaged: it has too many rows."))
                yield row

    def _row(self, number: int, cells: Sequence[Any]) -> Row:
        reasons = tuple(
            (self.columns[place] if place < len(self.columns) else "", reason)
            for place, cell in enumerate(cells)
            if (reason := _refusal(cell))
        )
        if reasons:
            return Row(number, reasons=reasons)
        return read_row(number, self.columns, [_text(cell) for cell in cells], padded=True)


@contextmanager
def _readable() -> Iterator[None]:
    """Turn whatever a damaged workbook makes openpyxl raise into `ImportRefusedError`."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="openpyxl")
        try:
            yield
        except _BROKEN as error:
            raise ImportRefusedError(
                _("The workbook is damaged or protected by a password. Save it anew as XLSX.")
            ) from error


def _refuse_bomb(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    shared = sum(m.file_size for m in members if m.filename.endswith("sharedStrings.xml"))
    suspicious = any(
        m.file_size > _LARGE and m.file_size > _HIGHEST_RATIO * max(m.compress_size, 1)
        for m in members
    )
    if suspicious or unpacked > MOST_UNPACKED or shared > MOST_SHARED_TEXT:
        raise ImportRefusedError(
            _("The workbook would unpack to %(size)d MB. Save the sheet as CSV instead.")
            % {"size": unpacked // 1_000_000}
        )


def _refusal(cell: Any) -> str:
    if cell.data_type == "f":
        return _("The cell holds a formula. Replace it by its value.")
    if cell.data_type == "e":
        return _("The cell holds the error %(error)s.") % {"error": cell.value}
    return ""


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return str(value)
