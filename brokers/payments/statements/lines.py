"""One row of a statement as a typed line, or everything that is wrong with it.

Invariant: an amount is read by the strict parser of `marketplace.money`, after no more than the
separators of thousands and the sign that banks write; nothing is guessed at.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from brokers.payments.statements.columns import Column
from marketplace import money
from marketplace.money import AmountError, Money

REFERENCE = re.compile(r"[A-Za-z0-9./_-]{1,64}", re.ASCII)
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", re.ASCII)
_DAY = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d\d)(\d\d))"
    r"(?:[ T]?\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?| \d{6})?",
    re.ASCII,
)
_IN = {"贷", "c", "cr", "credit", "收", "收入", "进", "转入", "来账", "in", "+", "贷方"}
_OUT = {"借", "d", "dr", "debit", "支", "支出", "出", "转出", "往账", "out", "-", "借方"}
_CURRENCIES = {"人民币": "CNY", "人民币元": "CNY", "rmb": "CNY", "美元": "USD", "欧元": "EUR",
               "港币": "HKD", "港元": "HKD", "日元": "JPY"}  # fmt: skip


class BadCell(ValueError):
    """A cell cannot be read; the message says why."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, kw_only=True)
class BankLine:
    """A line of the account: above zero came in, below zero went out."""

    number: int
    booked_on: date
    money: Money
    bank_reference: str
    counterparty: str
    counterparty_account: str
    purpose: str
    balance: Money | None


@dataclass(frozen=True)
class Problem:
    """Why line `number` of the file cannot be taken; `heading` is empty for the row as a whole."""

    number: int
    heading: str
    message: str | Promise
    value: str = ""


class RowReader:
    """Reads the rows of one file: `layout` names headings, `currency` is the statement's."""

    def __init__(self, headings: list[str], layout: Mapping[str, str], currency: str) -> None:
        self.layout, self.currency = layout, currency
        self.places = {name: headings.index(heading) for name, heading in layout.items()}
        self.cells: list[str] = []
        self.column = ""

    def read(self, number: int, cells: list[str]) -> tuple[BankLine | None, list[Problem]]:
        """Return the line, or what is wrong with each of its cells."""
        self.cells, problems = cells, []
        found: dict[str, object] = {}
        for name, read in (
            ("currency", self._check_currency),
            ("booked_on", self._day),
            ("bank_reference", self._reference),
            ("money", self._amount),
            ("balance", self._balance),
        ):
            try:
                found[name] = read()
            except BadCell as bad:
                heading = self.layout.get(self.column, "")
                problems.append(Problem(number, heading, bad.message, self._cell(self.column)[:60]))
        if problems:
            return None, problems
        found.pop("currency")
        return BankLine(number=number, **found, **self._texts()), []  # type: ignore[arg-type]

    def _cell(self, column: str) -> str:
        self.column = column
        place = self.places.get(column)
        return self.cells[place] if place is not None and place < len(self.cells) else ""

    def _check_currency(self) -> None:
        text = self._cell(Column.CURRENCY).casefold()
        if text and _CURRENCIES.get(text, text.upper()) != self.currency:
            raise BadCell(_("This line is in another currency than the statement."))

    def _day(self) -> date:
        found = _DAY.fullmatch(self._cell(Column.DAY))
        if found is None:
            raise BadCell(_("This is not a day, for example 2026-01-31."))
        year, month, day_of_month = (
            int(part) for part in found.groups() if part and part.isdigit()
        )
        try:
            day = date(year, month, day_of_month)
        except ValueError:
            raise BadCell(_("There is no such day.")) from None
        if day > timezone.localdate():
            raise BadCell(_("This day is in the future."))
        return day

    def _reference(self) -> str:
        text = self._cell(Column.REFERENCE)
        if not REFERENCE.fullmatch(text):
            raise BadCell(_("Letters, digits and the signs . / _ - only, at most 64."))
        return text

    def _amount(self) -> Money:
        if Column.AMOUNT in self.layout:
            found = self._signed(Column.AMOUNT) * self._direction()
        else:
            credit, debit = self._signed(Column.CREDIT), self._signed(Column.DEBIT)
            if credit and debit:
                raise BadCell(_("Money in and money out at the same time."))
            found = credit - debit
        if not found:
            raise BadCell(_("The amount is missing."))
        return Money(found, self.currency)

    def _direction(self) -> int:
        if Column.DIRECTION not in self.layout:
            return 1
        text = unicodedata.normalize("NFKC", self._cell(Column.DIRECTION)).casefold()
        if text in _IN:
            return 1
        if text in _OUT:
            return -1
        raise BadCell(_("It is not clear whether the money came in or went out."))

    def _balance(self) -> Money | None:
        text = self._cell(Column.BALANCE)
        return Money(self._signed(Column.BALANCE), self.currency) if text else None

    def _signed(self, column: str) -> int:
        """Return the minor units of a cell, zero for an empty one."""
        text = self._cell(column)
        if text in ("", "-", "--"):
            return 0
        bare = text.removeprefix("-")
        plain = bare.replace(",", "") if _GROUPED.fullmatch(bare) else bare
        try:
            amount = money.parse(plain, self.currency).amount
        except AmountError:
            raise BadCell(_("This is not an amount, for example 1,234.56.")) from None
        if bare != text and not amount:
            raise BadCell(_("This is not an amount, for example 1,234.56."))
        return -amount if bare != text else amount

    def _texts(self) -> dict[str, str]:
        remarks = dict.fromkeys((self._cell(Column.PURPOSE), self._cell(Column.REMARK)))
        return {
            "counterparty": _printable(self._cell(Column.COUNTERPARTY))[:200],
            "counterparty_account": _printable(self._cell(Column.COUNTERPARTY_ACCOUNT))[:64],
            "purpose": _printable(" ".join(filter(None, remarks)))[:500],
        }


def gaps(lines: list[BankLine], heading: str) -> Iterator[Problem]:
    """Yield the lines whose balance does not follow from the one before, whichever comes first."""
    stated = [line for line in lines if line.balance is not None]
    if len(stated) < 2 or len(stated) != len(lines):
        return
    for line in min((list(_breaks(stated, order)) for order in (1, -1)), key=len):
        message = _("The balance does not follow from the line before: is a line missing?")
        yield Problem(line.number, heading, message, line.balance.digits if line.balance else "")


def _breaks(lines: list[BankLine], order: int) -> Iterator[BankLine]:
    """Yield the breaks of `lines` read forwards (1: the oldest stands first) or backwards (−1)."""
    ordered = lines[::order]
    for before, line in pairwise(ordered):
        if before.balance is None or line.balance is None:
            continue
        if before.balance + line.money != line.balance:
            yield line


def _printable(text: str) -> str:
    """Return `text` without control and direction characters, on one line."""
    kept = (" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    return " ".join("".join(c for c in kept if unicodedata.category(c) != "Cf").split())
