"""Take in a bank's statement, as a whole or not at all.

Invariants: a file with one bad row changes nothing; the same file is taken once, and a line that another
statement brought already is not taken again.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from brokers.payments.models import (
    BankStatement,
    PayoutAccount,
    StatementLayout,
    StatementLine,
)
from brokers.payments.statements import clearing, sheet
from brokers.payments.statements.columns import Column, Layout, complete, guess
from brokers.payments.statements.lines import BankLine, Problem, RowReader, gaps
from brokers.payments.statements.sheet import Sheet
from marketplace import dates
from marketplace.audit import trail
from marketplace.files import uploads
from marketplace.files.uploads import Upload

MOST_PROBLEMS = 200


class BadRows(ValidationError):
    """Rows of the file cannot be taken; `problems` says which, and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(_("Nothing was imported: some lines of the file are wrong."), code="rows")
        self.problems = problems[:MOST_PROBLEMS]


def layout_for(account: PayoutAccount, table: Sheet) -> Layout:
    """Return the layout that was kept for `account` if it fits the file, else what can be guessed."""
    kept = StatementLayout.objects.filter(account=account).first()
    if kept is not None and complete(kept.headings, table.headings):
        return dict(kept.headings)
    return guess(table.headings)


@transaction.atomic
def take_in(
    *, account: PayoutAccount, upload: Upload, layout: Layout, currency: str, by: Any
) -> BankStatement:
    """Import `upload` as a statement of `account` and enter what is certain; keep its layout.

    Raises `BadRows`, and `ValidationError` for a file that was imported already, cannot be read or
    has no line that is new.
    """
    locked = PayoutAccount.objects.select_for_update().get(pk=account.pk)
    digest = hashlib.sha256(upload.content).hexdigest()
    _refuse_again(locked, digest)
    lines = read_lines(sheet.read(upload.content), layout, currency)
    file = uploads.store(upload, uploaded_by=by)
    statement = BankStatement(
        account=locked, currency=currency, file=file, sha256=digest, imported_by=by
    )
    _keep(statement, lines)
    StatementLayout.objects.update_or_create(account=locked, defaults={"headings": layout})
    clearing.enter_certain(account=locked, currency=currency, by=by)
    trail.record(actor=by, action="bank_statement.import", target=statement)
    return statement


def read_lines(table: Sheet, layout: Layout, currency: str) -> list[BankLine]:
    """Return the lines of `table`. Raises `BadRows` with everything that is wrong."""
    reader = RowReader(table.headings, layout, currency)
    lines: list[BankLine] = []
    problems: list[Problem] = []
    for number, cells in table.rows:
        line, wrong = reader.read(number, cells)
        problems += wrong
        if line is not None:
            lines.append(line)
    problems += _doubles(lines, layout)
    if not problems:
        problems += gaps(lines, layout.get(Column.BALANCE, ""))
    if problems:
        raise BadRows(problems)
    if not lines:
        raise ValidationError(_("The file has no lines."), code="empty")
    return lines


def _doubles(lines: Sequence[BankLine], layout: Layout) -> list[Problem]:
    seen: dict[tuple[str, int], int] = {}
    problems = []
    for line in lines:
        first = seen.setdefault((line.bank_reference, line.money.amount), line.number)
        if first != line.number:
            message = _("The same transaction stands in line %(line)d.") % {"line": first}
            heading = layout[Column.REFERENCE]
            problems.append(Problem(line.number, heading, message, line.bank_reference))
    return problems


def _refuse_again(account: PayoutAccount, digest: str) -> None:
    earlier = BankStatement.objects.filter(account=account, sha256=digest).first()
    if earlier is not None:
        raise ValidationError(
            _("This file was imported on %(date)s by %(person)s."),
            code="imported",
            params={
                "date": dates.day(earlier.imported_at),
                "person": earlier.imported_by.name,
            },
        )


def _keep(statement: BankStatement, lines: Sequence[BankLine]) -> None:
    known = set(
        StatementLine.objects.filter(account=statement.account).values_list(
            "bank_reference", "amount"
        )
    )
    fresh = [line for line in lines if (line.bank_reference, line.money.amount) not in known]
    if not fresh:
        raise ValidationError(
            _("All lines of this file were imported with earlier statements."), code="imported"
        )
    statement.first_day = min(line.booked_on for line in lines)
    statement.last_day = max(line.booked_on for line in lines)
    statement.known_lines = len(lines) - len(fresh)
    statement.save(force_insert=True)
    StatementLine.objects.bulk_create(
        StatementLine(
            statement=statement,
            account=statement.account,
            number=line.number,
            booked_on=line.booked_on,
            amount=line.money.amount,
            currency=line.money.currency,
            bank_reference=line.bank_reference,
            counterparty=line.counterparty,
            counterparty_account=line.counterparty_account,
            purpose=line.purpose,
            balance=line.balance.amount if line.balance is not None else None,
        )
        for line in fresh
    )
