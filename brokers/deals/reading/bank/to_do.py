"""The tables of what waits at the bank: who pays whom, to which account, under which reference.

Invariant: an account number is written out only where somebody still has to pay to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from brokers.deals.reading.bank.lists import Payee, payees
from brokers.deals.reading.bank_words import Subject, purpose
from brokers.deals.reading.treasury import Treasury
from brokers.payments.models import BankEntry, Charge, Refund, Transfer
from marketplace.money import Money


@dataclass(frozen=True)
class BankRow:
    """One thing to do at the bank: how it is found there, what it is for, from whom to whom.

    `note` stands under the reference, the lines of `account` under the payee.
    """

    reference: str
    purpose: str
    payer: str
    payee: str
    amount: Money
    label: str
    url: str
    note: str = ""
    account: tuple[str, ...] = ()


@dataclass(frozen=True)
class BankTable:
    """Things of one kind; `reference` is the head of that column."""

    title: str
    reference: str
    rows: list[BankRow]


def tables(found: Treasury, paid: Iterable[Transfer | Refund], user: Any) -> list[BankTable]:
    """Return what waits for `user` at the bank, kind by kind, the confirmations first; and what was
    `paid` lately.
    """
    accounts = payees(found.to_pay)
    every = (
        BankTable(
            _("To be confirmed"),
            _("Bank's transaction number"),
            [_recorded_row(kind, entry, user) for kind, entry in found.entries],
        ),
        BankTable(
            _("Expected payments"),
            _("Reference code"),
            [
                _row(one, _("Record the receipt"), "record_receipt", one.pk)
                for one in found.expected
            ],
        ),
        BankTable(
            _("To be paid at the bank"),
            _("Reference code"),
            [_to_pay_row(order, accounts[order.pk]) for order in found.to_pay],
        ),
        BankTable(
            _("Paid in the last 30 days"),
            _("Reference code"),
            [_row(one, _("It came back"), "record_return", one.noun, one.pk) for one in paid],
        ),
    )
    return [table for table in every if table.rows]


def _recorded_row(kind: str, entry: BankEntry, user: Any) -> BankRow:
    is_own = entry.recorded_by_id == user.pk
    label = _("Waits for somebody else") if is_own else _("Compare and confirm")
    by = _("recorded by %(person)s") % {"person": entry.recorded_by.name}
    return replace(
        _row(entry.subject, label, "bank_entry", kind, entry.pk),
        reference=entry.bank_reference,
        amount=entry.money,
        note=f"{capfirst(entry._meta.verbose_name)} · {by}",
    )


def _to_pay_row(order: Transfer | Refund, account: Payee) -> BankRow:
    row = _row(order, _("Pay and record"), "record_payout", order.noun, order.pk)
    holder = account.holder if account.holder != row.payee else ""
    lines = (holder, account.bank, account.number)
    return replace(row, account=tuple(line for line in lines if line))


def _row(subject: Subject, label: str, page: str, *args: Any) -> BankRow:
    payer, payee = _sides(subject)
    url = reverse(f"deals:{page}", args=args)
    return BankRow(subject.code, purpose(subject), payer, payee, subject.money, label, url)


def _sides(subject: Subject) -> tuple[str, str]:
    """Return the names of who pays and who is paid."""
    collector = subject.collector.name if subject.collector else _("the platform")
    if isinstance(subject, Charge):
        return subject.payer.name, collector
    if isinstance(subject, Refund):
        return collector, subject.charge.payer.name
    return collector, subject.account.owner_name
