"""A statement as a paper: from gross to what is owed, each deduction with its evidence."""

from collections.abc import Iterable, Iterator, Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals.models import Deal, DealFile
from brokers.deals.reading.statement import PartyStatement, StatementLine, StatementPage
from marketplace import dates
from marketplace.amounts import with_currency
from marketplace.pdf import Paper


def statement_pdf(deal: Deal, statement: PartyStatement, files: Iterable[DealFile]) -> bytes:
    """Return `statement` as a PDF in the reader's language."""
    title = _("Statement of %(name)s") % {"name": statement.name}
    paper = Paper(title=title, reference=deal.reference)
    today = dates.day(timezone.localdate())
    paper.facts(
        [
            (_("Research result"), deal.result.title),
            (_("As of"), _("%(today)s, refunds taken back") % {"today": today}),
        ]
    )
    titles = {file.file.sha256: file.title for file in files}
    for page in statement.pages:
        _write(paper, page, titles)
    if not statement.pages:
        paper.text(_("Nothing has been received yet"))
    return paper.content()


def _write(paper: Paper, page: StatementPage, titles: Mapping[str, str]) -> None:
    for title, lines in (
        (_("From what was received to net income"), page.income),
        (_("Your part of it"), page.own),
        (_("What became of it"), page.paid),
    ):
        paper.heading(f"{title} · {page.currency}")
        paper.table(
            (_("Item"), _("Evidence and notes"), _("Amount")),
            [_row(line, titles) for line in lines],
            widths=(4, 4, 2.5),
            numeric={2},
            totals=1,
        )


def _row(line: StatementLine, titles: Mapping[str, str]) -> tuple[str, str, str]:
    return line.label, "\n".join(_notes(line, titles)), with_currency(line.signed)


def _notes(line: StatementLine, titles: Mapping[str, str]) -> Iterator[str]:
    if line.note:
        yield line.note
    for proof in line.evidence:
        yield f"{titles.get(proof, _('evidence'))} (SHA-256 {proof[:16]}…)"
