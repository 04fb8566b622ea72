"""CSV files, with commas, semicolons or tabs.

A line that cannot be read is one bad row; reading goes on behind it.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from marketplace.listings.importing.encoding import detect_encoding
from marketplace.listings.importing.faults import ImportRefusedError
from marketplace.listings.importing.rows import LONGEST_LINE, Row, read_header, read_row

_DELIMITERS = ",;\t"


class CsvTable:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._encoding = detect_encoding(path)
        self._delimiter = self._find_delimiter()
        with self._open() as file:
            records = self._records(file)
            header, reason = next(records, ([], ""))
            if header is None:
                raise ImportRefusedError(reason)
            self.columns = read_header(header)
            self.size = sum(1 for _record in records)

    def rows(self) -> Iterator[Row]:
        with self._open() as file:
            records = self._records(file)
            next(records)
            for number, (cells, reason) in enumerate(records, start=2):
                if cells is None:
                    yield Row(number, reasons=(("", reason),))
                elif any(cell.strip() for cell in cells):
                    yield read_row(number, self.columns, cells, padded=False)

    def _open(self) -> TextIO:
        return self._path.open(encoding=self._encoding, newline="")

    def _find_delimiter(self) -> str:
        with self._open() as file:
            first = file.readline(LONGEST_LINE)
        return max(_DELIMITERS, key=first.count)

    def _records(self, file: TextIO) -> Iterator[tuple[list[str] | None, str]]:
        reader = csv.reader(_Lines(file), delimiter=self._delimiter, strict=True)
        while True:
            first = reader.line_num + 1
            try:
                yield next(reader), ""
            except StopIteration:
                return
            except csv.Error as error:
                yield None, _explain(error, first, reader.line_num)


class _Lines:
    """The lines of a file, none held in memory beyond `LONGEST_LINE` characters."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            while (rest := self._file.readline(LONGEST_LINE)) and not rest.endswith("\n"):
                pass
            raise csv.Error("field larger than field limit")
        return line


def _explain(error: csv.Error, first: int, last: int) -> str:
    lines = {"first": first, "last": max(first, last)}
    if "field limit" in str(error):
        reason = _("A cell is longer than a listing can hold (lines %(first)d to %(last)d).")
    else:
        reason = _("The quotation marks do not match (lines %(first)d to %(last)d of the file).")
    return reason % lines
