"""What moves at a bank, in words: what it is for, what is due to whom, what somebody recorded."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from brokers.payments.models import BankEntry, BankReturn, Charge, Refund, Transfer
from marketplace import dates
from marketplace.templatetags.money import amount

Subject: TypeAlias = Charge | Transfer | Refund
Facts: TypeAlias = Iterator[tuple[str, Any]]


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
        yield pgettext("of money", "To"), subject.charge.payer.name
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
            "day": dates.short_day(entry.decided_at),
            "name": entry.decided_by,
            "reason": entry.reason,
        }


def recorded(entry: BankEntry) -> Facts:
    """Yield what was copied from the bank statement."""
    yield _("Amount"), amount(entry.money)
    yield _("Bank's transaction number"), entry.bank_reference
    yield _("Booked on"), dates.day(entry.booked_on)
    yield _("Recorded by"), entry.recorded_by.name
    if isinstance(entry, BankReturn):
        yield _("The bank's reason"), entry.note
    yield _("Evidence"), entry.evidence.name
