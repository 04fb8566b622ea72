"""What moves at a bank, in words: what it is for, what is due to whom, what somebody recorded."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from brokers.deals.reading.treasury import Treasury
from brokers.payments.models import BankEntry, BankReturn, Charge, Refund, Transfer
from marketplace.money import Money
from marketplace.templatetags.money import amount

Subject: TypeAlias = Charge | Transfer | Refund
Facts: TypeAlias = Iterator[tuple[str, Any]]


@dataclass(frozen=True)
class BankRow:
    """One thing to do at the bank: how it is found there, what it is for, who else, what to do."""

    reference: str
    purpose: str
    other: str
    amount: Money
    label: str
    url: str


@dataclass(frozen=True)
class BankTable:
    """Things of one kind; `reference` and `other` are the heads of those columns."""

    title: str
    reference: str
    other: str
    rows: list[BankRow]


def tables(found: Treasury, paid: Iterable[Transfer | Refund], user: Any) -> list[BankTable]:
    """Return what waits for `user` at the bank, kind by kind, the confirmations first; and what was
    `paid` lately.
    """
    every = (
        BankTable(
            _("To be confirmed"),
            _("Bank's transaction number"),
            _("Recorded by"),
            [_recorded_row(kind, entry, user) for kind, entry in found.entries],
        ),
        BankTable(
            _("Expected payments"),
            _("Reference code"),
            _("Payer"),
            [_expected_row(charge) for charge in found.expected],
        ),
        BankTable(
            _("To be paid at the bank"),
            _("Paid by"),
            _("To"),
            [_order_row(order, _("Pay and record"), "record_payout") for order in found.to_pay],
        ),
        BankTable(
            _("Paid in the last 30 days"),
            _("Paid by"),
            _("To"),
            [_order_row(order, _("It came back"), "record_return") for order in paid],
        ),
    )
    return [table for table in every if table.rows]


def _recorded_row(kind: str, entry: BankEntry, user: Any) -> BankRow:
    is_own = entry.recorded_by_id == user.pk
    return BankRow(
        entry.bank_reference,
        purpose(entry.subject),
        entry.recorded_by.name,
        entry.money,
        _("Waits for somebody else") if is_own else _("Compare and confirm"),
        reverse("deals:bank_entry", args=[kind, entry.pk]),
    )


def _expected_row(charge: Charge) -> BankRow:
    return BankRow(
        charge.code,
        purpose(charge),
        charge.payer.name,
        charge.money,
        _("Record the receipt"),
        reverse("deals:record_receipt", args=[charge.pk]),
    )


def _order_row(order: Transfer | Refund, label: str, page: str) -> BankRow:
    payee = order.charge.payer if isinstance(order, Refund) else order.account.owner_name
    return BankRow(
        str(order.collector),
        purpose(order),
        str(payee),
        order.money,
        label,
        reverse(f"deals:{page}", args=[order.noun, order.pk]),
    )


def purpose(subject: Subject) -> str:
    """Say what `subject` is for."""
    if isinstance(subject, Charge):
        return subject.description
    if isinstance(subject, Refund):
        return _("Refund: %(payment)s") % {"payment": subject.charge.description}
    payment = subject.charge.description if subject.charge else ""
    return _("Share of net income: %(payment)s") % {"payment": payment or subject.account.holder}


def due(subject: Subject) -> Facts:
    """Yield what has to be on the bank statement for `subject`."""
    yield _("For"), purpose(subject)
    yield _("Amount"), amount(subject.money)
    if isinstance(subject, Charge):
        yield _("Payer"), subject.payer.name
        yield _("Collector"), subject.collector.name if subject.collector else ""
        yield _("Reference code"), subject.code
    elif isinstance(subject, Refund):
        yield _("To"), subject.charge.payer.name
        yield _("Reference code"), subject.code
        yield _("Reason"), subject.reason
    else:
        yield _("Account holder"), subject.account.holder
        yield _("Bank and branch"), subject.account.bank
        yield _("Account number"), subject.account.external_id
        yield _("Reference code"), subject.code


def rejections(subject: Subject) -> Iterator[str]:
    """Say by whom and why each entry for `subject` was rejected, the first one first."""
    relations = ("receipts",) if isinstance(subject, Charge) else ("bank_payouts", "bank_returns")
    entries = [
        entry
        for relation in relations
        for entry in getattr(subject, relation)
        .filter(state=BankEntry.State.REJECTED)
        .select_related("decided_by")
    ]
    for entry in sorted(entries, key=lambda one: one.decided_at):
        yield _("%(day)s, %(name)s: %(reason)s") % {
            "day": date_format(timezone.localdate(entry.decided_at), "SHORT_DATE_FORMAT"),
            "name": entry.decided_by,
            "reason": entry.reason,
        }


def recorded(entry: BankEntry) -> Facts:
    """Yield what was copied from the bank statement."""
    yield _("Amount"), amount(entry.money)
    yield _("Bank's transaction number"), entry.bank_reference
    yield _("Booked on"), date_format(entry.booked_on, "DATE_FORMAT")
    yield _("Recorded by"), entry.recorded_by.name
    if isinstance(entry, BankReturn):
        yield _("The bank's reason"), entry.note
    yield _("Evidence"), entry.evidence.name
