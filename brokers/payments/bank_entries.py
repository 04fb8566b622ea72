"""Record what a bank statement shows, and have a second person confirm it.

Invariants: amount and currency equal what is due; who confirms never recorded; only a confirmed entry
moves a charge, a transfer or a refund; nothing that was confirmed changes any more.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.payments import charges, orders, registry
from brokers.payments.models import (
    BankEntry,
    BankPayout,
    BankReceipt,
    BankReturn,
    Charge,
    Order,
    PayoutItem,
    Refund,
    Transfer,
)
from marketplace.audit import trail
from marketplace.files import uploads
from marketplace.files.models import StoredFile
from marketplace.money import Money

if TYPE_CHECKING:
    from marketplace.accounts.models import Organisation

State = BankEntry.State


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a bank statement as a person read it, and its evidence: a file, or one kept already."""

    amount: Money
    bank_reference: str
    booked_on: date
    evidence: uploads.Upload | StoredFile


@transaction.atomic
def record_receipt(*, charge: Charge, line: Line, recorded_by: Any) -> BankReceipt:
    """Record that money for `charge` arrived; a second person confirms it.

    Raises `ValidationError` when the charge is not open or not paid by hand, the amount is not what is
    due, or the line or a receipt for this charge is recorded already.
    """
    locked = Charge.objects.select_for_update().get(pk=charge.pk)
    if locked.state != Charge.State.OPEN or not registry.get(locked.gateway).by_hand:
        raise ValidationError(_("No bank transfer is expected for this payment."), code="not_open")
    return _record(BankReceipt(charge=locked), line, recorded_by)


@transaction.atomic
def record_payout(*, order: Transfer | Refund, line: Line, recorded_by: Any) -> BankPayout:
    """Record that `order` was paid at the bank; a second person confirms it.

    Raises `ValidationError` when the order is not to be paid by hand, the amount is not what is due, or
    the line or a payout for this order is recorded already.
    """
    locked = type(order)._default_manager.select_for_update().get(pk=order.pk)
    if locked.state != Order.State.BY_HAND:
        raise ValidationError(_("No payment by hand is due here."), code="not_open")
    if locked.bank_returns.filter(state=State.RECORDED).exists():
        raise ValidationError(_("A return of this waits for its confirmation."), code="not_open")
    if isinstance(locked, Transfer) and locked.held:
        raise ValidationError(_("This payment is held until a complaint is decided."), code="held")
    return _record(BankPayout(**{locked.noun: locked}), line, recorded_by)


@transaction.atomic
def record_return(
    *, order: Transfer | Refund, line: Line, note: str, recorded_by: Any
) -> BankReturn:
    """Record that the bank refused `order`, or sent its money back, for the reason `note`.

    A second person confirms it; the money is then owed again. Raises `ValidationError` when the order
    is neither to be paid by hand nor paid so, or a payout of it waits for its confirmation.
    """
    locked = type(order)._default_manager.select_for_update().get(pk=order.pk)
    is_paid = locked.state == Order.State.PAID
    if not registry.get(locked.gateway).by_hand or not (
        is_paid or locked.state == Order.State.BY_HAND
    ):
        raise ValidationError(_("This was not paid at a bank."), code="not_open")
    if locked.bank_payouts.filter(state=State.RECORDED).exists():
        raise ValidationError(_("A payment of this waits for its confirmation."), code="not_open")
    entry = BankReturn(**{locked.noun: locked}, note=note, came_back=is_paid)
    return _record(entry, line, recorded_by)


@transaction.atomic
def confirm(*, entry: BankEntry, confirmed_by: Any) -> None:
    """Confirm `entry`; its charge is paid, its transfer or refund made, from now on.

    Raises `ValidationError` when the entry is decided already or `confirmed_by` recorded it.
    """
    locked = _undecided(entry)
    if locked.recorded_by_id == confirmed_by.pk:
        raise ValidationError(
            _("Somebody else must confirm what you recorded."), code="second_person"
        )
    _decide(locked, State.CONFIRMED, confirmed_by)
    subject = locked.subject
    gateway = registry.get(subject.gateway)
    if isinstance(subject, Charge):
        charges.apply(subject, gateway.fetch_payment(str(subject.pk), subject.checkout_id))
    else:
        orders.apply(subject, subject.fetch(gateway, ""))
        if isinstance(locked, BankReturn):
            PayoutItem.objects.filter(**{subject.noun: subject}).update(stands=False)


@transaction.atomic
def reject(*, entry: BankEntry, reason: str, rejected_by: Any) -> None:
    """Take `entry` out of the books because of `reason`; the right one can then be recorded.

    Who recorded it may take it back. Raises `ValidationError` when it is decided already.
    """
    locked = _undecided(entry)
    locked.reason = reason
    _decide(locked, State.REJECTED, rejected_by)


def _record(entry: BankEntry, line: Line, recorded_by: Any) -> Any:
    due: Money = entry.subject.money
    if line.amount != due:
        raise ValidationError(
            {"amount": ValidationError(_("Exactly %(due)s is due."), "not_due", {"due": due})}
        )
    if line.booked_on > timezone.localdate():
        raise ValidationError({"booked_on": _("This day is in the future.")})
    entry.collector = cast("Organisation", entry.subject.collector)
    entry.money = line.amount
    entry.bank_reference = line.bank_reference
    entry.booked_on = line.booked_on
    entry.recorded_by = recorded_by
    entry.evidence = (
        line.evidence
        if isinstance(line.evidence, StoredFile)
        else uploads.store(line.evidence, uploaded_by=recorded_by)
    )
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError as error:
        raise _recorded_already(entry) from error
    trail.record(actor=recorded_by, action="bank_entry.record", target=entry)
    return entry


def _recorded_already(entry: BankEntry) -> ValidationError:
    standing = type(entry)._default_manager.exclude(state=State.REJECTED)
    if standing.filter(collector=entry.collector, bank_reference=entry.bank_reference).exists():
        message = _("This transaction of the bank is recorded already.")
        return ValidationError({"bank_reference": ValidationError(message, "line_once")})
    return ValidationError(_("This is recorded already."), code="once")


def _undecided(entry: BankEntry) -> Any:
    locked = type(entry)._default_manager.select_for_update().get(pk=entry.pk)
    if locked.state != State.RECORDED:
        raise ValidationError(_("This is decided already."), code="decided")
    return locked


def _decide(entry: BankEntry, state: State, decided_by: Any) -> None:
    entry.state = state
    entry.decided_by = decided_by
    entry.decided_at = timezone.now()
    entry.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    trail.record(actor=decided_by, action=f"bank_entry.{state}", target=entry)
