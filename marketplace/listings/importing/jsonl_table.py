"""JSON Lines: one object per line, its values texts, numbers, truth values or lists of these."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from django.utils.translation import gettext as _

from marketplace.listings.importing.encoding import detect_encoding
from marketplace.listings.importing.rows import LONGEST_LINE, Row


class JsonlTable:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._encoding = detect_encoding(path)
        self.columns: tuple[str, ...] = ()
        self.size = 0
        for row in self.rows():
            self.columns = self.columns or tuple(row.cells)
            self.size += 1

    def rows(self) -> Iterator[Row]:
        with self._path.open(encoding=self._encoding) as file:
            for number, line in enumerate(_lines(file), start=1):
                if line is None:
                    yield Row(number, reasons=(("", _("The line is too long.")),))
                elif line.strip():
                    yield _row(number, line)


def _lines(file: TextIO) -> Iterator[str | None]:
    while line := file.readline(LONGEST_LINE):
        whole = line
        while len(line) == LONGEST_LINE and not line.endswith("\n"):
            line = file.readline(LONGEST_LINE)
        yield whole if line is whole else None


def _row(number: int, line: str) -> Row:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return Row(number, reasons=(("", _("The line is not valid JSON.")),))
    if not isinstance(record, dict):
        return Row(number, reasons=(("", _("The line is not a JSON object.")),))
    reasons = tuple(
        (key, _("The value is neither a text nor a number nor a list of these."))
        for key, value in record.items()
        if not _is_plain(value)
    )
    if reasons:
        return Row(number, reasons=reasons)
    return Row(number, {key: _text(value) for key, value in record.items()})


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_plain(item) and not isinstance(item, list) for item in value)
    return value is None or isinstance(value, str | int | float)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(_text(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
