"""A collector's cash book as a table for a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.money import Money
from marketplace.spreadsheets import Cell, csv_text


def cash_csv(entries: Iterable[Any], currency: str) -> str:
    """Return `entries`, as of `reconciliation.cash_book`, as CSV; all are in `currency`."""
    heads = (_("Posted"), _("Event"), _("Source"), _("Deal"), _("Amount"), _("Balance"))
    return csv_text([(*heads, _("Currency")), *_rows(entries, currency)])


def _rows(entries: Iterable[Any], currency: str) -> Iterator[Sequence[Cell]]:
    for entry in entries:
        posted = entry.transaction
        yield (
            timezone.localtime(posted.posted_at).strftime("%Y-%m-%d %H:%M"),
            posted.get_kind_display(),
            posted.source,
            str(posted.book_id),
            entry.money,
            Money(entry.balance, currency),
            currency,
        )
