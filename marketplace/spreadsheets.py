"""Tables for spreadsheet programs.

Invariant: no cell that holds text is a formula to any program, whatever people typed: what begins like
one, also after NFKC and after blanks, gets an apostrophe in front (OWASP, CSV injection).
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from marketplace.money import Money

Cell: TypeAlias = str | int | Money | None

FORMULA_STARTS = frozenset("=+-@|%")
BYTE_ORDER_MARK = "\ufeff"


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """Return `rows` as CSV that spreadsheet programs read as UTF-8; amounts are plain numbers."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    csv.writer(out).writerows([_written(cell) for cell in row] for row in rows)
    return out.getvalue()


def neutral(text: str) -> str:
    """Return `text`, with an apostrophe in front where a program could take it for a formula."""
    normal = unicodedata.normalize("NFKC", text)
    begins_with_control = normal[:1] in {"\t", "\r", "\n", "\x00"}
    bare = "".join(c for c in normal if unicodedata.category(c) not in {"Cc", "Cf", "Zs"})
    return f"'{text}" if begins_with_control or bare[:1] in FORMULA_STARTS else text


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return cell.digits
    return neutral(cell) if isinstance(cell, str) else str(cell)
