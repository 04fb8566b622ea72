"""A statement as a table for a spreadsheet: each line, with the rows of the ledger below it."""

from collections.abc import Iterator, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals.reading.statement import StatementLine, StatementPage
from marketplace.spreadsheets import Cell, csv_text


def statement_csv(pages: Sequence[StatementPage]) -> str:
    """Return `pages` as CSV; amounts are plain numbers, taken away where they are negative."""
    heads = (_("Line"), _("Amount"), _("Currency"), _("Evidence"), _("Posted"), _("Event"))
    return csv_text([(*heads, _("Account"), _("Debit"), _("Credit")), *_rows(pages)])


def _rows(pages: Sequence[StatementPage]) -> Iterator[Sequence[Cell]]:
    for page in pages:
        for line in page.lines:
            yield (line.label, line.signed, page.currency, " ".join(line.evidence))
            yield from _ledger_rows(line)


def _ledger_rows(line: StatementLine) -> Iterator[Sequence[Cell]]:
    for row in line.rows:
        posted = timezone.localtime(row.posted_at).strftime("%Y-%m-%d %H:%M")
        yield (line.label, "", "", "", posted, row.event, row.account, row.debit, row.credit)
