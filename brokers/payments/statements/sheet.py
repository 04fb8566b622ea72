"""The cells of a bank's CSV file, in UTF-8 or GB18030, behind whatever the bank writes on top.

Invariant: a cell is plain text without the tabs, quotes and formula signs that banks put around numbers;
each row keeps the number of its line in the file.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from brokers.payments.statements import columns

MOST_ROWS = 20_000
LONGEST_CELL = 2_000
SEARCHED_FOR_HEADINGS = 40

_WRAPPED = re.compile(r'^=?"(?P<plain>[^"]*)"$|^\'(?P<quoted>.*)$', re.DOTALL)
_TOTALS = ("合计", "总计", "小计", "本页", "total")


@dataclass(frozen=True)
class Sheet:
    """The `headings` of a statement and its rows, each with the number of its line."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]


def read(content: bytes) -> Sheet:
    """Return the table in `content`. Raises `ValidationError` when there is none to be read."""
    rows = list(_rows(_decoded(content)))
    if len(rows) > MOST_ROWS:
        raise ValidationError(
            _("A statement has at most %(most)d lines. Export a shorter period."),
            code="too_long",
            params={"most": MOST_ROWS},
        )
    start = _heading_row(rows)
    if start is None:
        raise ValidationError(
            _("No line of headings was found: day, transaction number and amount."), code="headings"
        )
    headings = _distinct(rows[start][1])
    return Sheet(headings, [row for row in rows[start + 1 :] if _is_line(row[1])])


def _decoded(content: bytes) -> str:
    """Return the text; a damaged UTF-8 file is refused, GB18030 would read nonsense out of it."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            if encoding == "utf-8-sig" and _is_damaged_utf8(content):
                break
    raise ValidationError(
        _("The file is neither UTF-8 nor GB18030 text. Save it as “CSV UTF-8”."), code="encoding"
    )


def _is_damaged_utf8(content: bytes) -> bool:
    text = content.decode("utf-8", "replace")
    wrong = text.count("\N{REPLACEMENT CHARACTER}")
    return wrong < sum(not character.isascii() for character in text) - wrong


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    start = text[:4096]
    delimiter = max(",\t;", key=start.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = [_plain(cell) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise _unreadable(number) from error
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise _unreadable(number)
        if any(cells):
            yield number, cells


def _unreadable(number: int) -> ValidationError:
    return ValidationError(
        _("Line %(line)d cannot be read: a quotation mark is missing, or a cell is endless."),
        code="quotes",
        params={"line": number},
    )


def _plain(cell: str) -> str:
    text = cell.replace("\x00", "").replace("\u00a0", " ").strip()
    if wrapped := _WRAPPED.match(text):
        text = (wrapped["plain"] or wrapped["quoted"] or "").strip()
    return text


def _heading_row(rows: list[tuple[int, list[str]]]) -> int | None:
    """Return which of the first rows reads most like headings: it names two columns at least."""
    named = [len(columns.guess(cells)) for _number, cells in rows[:SEARCHED_FOR_HEADINGS]]
    best = max(named, default=0)
    return named.index(best) if best > 1 else None


def _distinct(headings: list[str]) -> list[str]:
    """Return `headings`, the second of two equal ones numbered."""
    seen: dict[str, int] = {}
    names = []
    for heading in headings:
        seen[heading] = seen.get(heading, 0) + 1
        names.append(heading if seen[heading] == 1 else f"{heading} {seen[heading]}")
    return names


def _is_line(cells: list[str]) -> bool:
    """Whether a row is a line of the account, rather than a total at the end of a page."""
    first = next((cell for cell in cells if cell), "")
    return bool(first) and not first.casefold().startswith(_TOTALS)
