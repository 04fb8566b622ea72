"""Bank transfers count when two different people have seen them, with the amount that is due."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from brokers.payments import (
    balances,
    bank_entries,
    charges,
    payout_accounts,
    refunds,
    registry,
    reversals,
    transfers,
)
from brokers.payments.models import BankPayout, BankReceipt, Charge, Order
from marketplace.audit import trail
from marketplace.files.models import StoredFile
from marketplace.money import Money
from tests.payments.conftest import settle

pytestmark = pytest.mark.django_db

DUE = Money(5_000_000_00, "CNY")


@pytest.fixture
def charge(make_charge, collector):
    return make_charge(DUE, gateway="bank", collector=collector)


@pytest.fixture
def recorder(make_user):
    return make_user("recorder@example.org", finance=True)


@pytest.fixture
def confirmer(make_user):
    return make_user("confirmer@example.org", finance=True)


@pytest.fixture
def receipt(charge, line, recorder):
    return bank_entries.record_receipt(charge=charge, line=line(DUE), recorded_by=recorder)


@pytest.fixture
def transfer(receipt, charge, collector, make_organisation, make_user, confirmer):
    """A transfer out of money that the collector received, waiting to be made by hand."""
    bank_entries.confirm(entry=receipt, confirmed_by=confirmer)
    payee = make_organisation("brokerage")
    account = payout_accounts.open_account(
        owner=payee,
        gateway="bank",
        opened_by=make_user(owner=payee),
        holder="A sample brokerage",
        bank="A sample bank",
        number="6222020000009999",
    )
    charge.refresh_from_db()
    made = transfers.request(
        reference=uuid.uuid4(),
        account=account,
        amount=Money(100_000, "CNY"),
        charge=charge,
        collector=collector,
    )
    settle()
    made.refresh_from_db()
    return made


def _code(call, **arguments):
    with pytest.raises(ValidationError) as caught:
        call(**arguments)
    errors = caught.value.error_list if hasattr(caught.value, "error_list") else None
    if errors is None:
        (errors,) = caught.value.error_dict.values()
    return errors[0].code


def test_the_payer_is_told_where_to_pay_and_what_to_write(charge):
    assert charges.start_checkout(charge=charge).url == ""
    told = charges.instructions(charge)
    assert told is not None
    assert (told.holder, told.bank, told.number) == (
        "A sample university",
        "A sample bank",
        "6222020000001234",
    )
    assert told.code == charge.code


def test_a_collector_without_account_cannot_be_paid(make_charge, make_organisation):
    with pytest.raises(ValidationError):
        make_charge(gateway="bank", collector=make_organisation("university"))
    with pytest.raises(ValidationError):
        make_charge(gateway="bank")
    assert not Charge.objects.exists()


def test_money_counts_once_a_second_person_confirms(
    charge, receipt, confirmer, announced, collector
):
    charge.refresh_from_db()
    assert charge.state == Charge.State.OPEN
    assert registry.get("bank").balances() == {}
    bank_entries.confirm(entry=receipt, confirmed_by=confirmer)
    charge.refresh_from_db()
    assert (charge.state, charge.fee) == (Charge.State.PAID, 0)
    assert announced.of(charge) == ["charge_paid"]


def test_who_recorded_cannot_confirm(charge, receipt, recorder, announced):
    assert _code(bank_entries.confirm, entry=receipt, confirmed_by=recorder) == "second_person"
    charge.refresh_from_db()
    receipt.refresh_from_db()
    assert (charge.state, receipt.state) == (Charge.State.OPEN, BankReceipt.State.RECORDED)
    assert announced.of(charge) == []


def test_the_database_refuses_one_person_for_both(receipt, recorder):
    with pytest.raises(IntegrityError), transaction.atomic():
        BankReceipt.objects.update(state=BankReceipt.State.CONFIRMED, decided_by=recorder)
    with pytest.raises(IntegrityError), transaction.atomic():
        BankReceipt.objects.update(state=BankReceipt.State.CONFIRMED)


@pytest.mark.parametrize(
    "amount", [Money(4_999_999_99, "CNY"), Money(5_000_000_01, "CNY"), Money(5_000_000_00, "USD")]
)
def test_another_amount_or_currency_is_refused(charge, line, recorder, amount):
    arguments = {"charge": charge, "line": line(amount), "recorded_by": recorder}
    assert _code(bank_entries.record_receipt, **arguments) == "not_due"
    assert not BankReceipt.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_day_in_the_future_is_refused(charge, line, recorder):
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(ValidationError) as caught:
        bank_entries.record_receipt(
            charge=charge, line=line(DUE, booked_on=tomorrow), recorded_by=recorder
        )
    assert "booked_on" in caught.value.error_dict


def test_a_second_receipt_is_refused_until_the_first_is_rejected(
    charge, receipt, line, recorder, confirmer
):
    again = {"charge": charge, "line": line(DUE), "recorded_by": recorder}
    assert _code(bank_entries.record_receipt, **again) == "once"
    bank_entries.reject(entry=receipt, reason="wrong advice", rejected_by=confirmer)
    second = bank_entries.record_receipt(**again)
    bank_entries.confirm(entry=second, confirmed_by=confirmer)
    assert BankReceipt.objects.filter(state=BankReceipt.State.CONFIRMED).count() == 1


def test_one_line_of_the_statement_pays_one_charge(receipt, make_charge, collector, line, recorder):
    other = make_charge(DUE, gateway="bank", collector=collector)
    same = line(DUE, bank_reference=receipt.bank_reference)
    arguments = {"charge": other, "line": same, "recorded_by": recorder}
    assert _code(bank_entries.record_receipt, **arguments) == "line_once"
    assert BankReceipt.objects.count() == 1


def test_what_is_decided_stays_decided(receipt, confirmer, make_user, announced, charge):
    bank_entries.confirm(entry=receipt, confirmed_by=confirmer)
    third = make_user(finance=True)
    assert _code(bank_entries.confirm, entry=receipt, confirmed_by=third) == "decided"
    arguments = {"entry": receipt, "reason": "no", "rejected_by": third}
    assert _code(bank_entries.reject, **arguments) == "decided"
    assert announced.of(charge) == ["charge_paid"]


def test_who_recorded_may_take_it_back(receipt, recorder, charge):
    bank_entries.reject(entry=receipt, reason="typing error", rejected_by=recorder)
    receipt.refresh_from_db()
    assert (receipt.state, receipt.reason) == (BankReceipt.State.REJECTED, "typing error")
    charge.refresh_from_db()
    assert charge.state == Charge.State.OPEN


def test_no_receipt_for_what_is_not_open_or_not_by_hand(
    charge, make_charge, line, recorder, confirmer
):
    charges.cancel(charge=charge)
    for other in (charge, make_charge(Money(100, "CNY"))):
        arguments = {"charge": other, "line": line(other.money), "recorded_by": recorder}
        assert _code(bank_entries.record_receipt, **arguments) == "not_open"
    assert not BankReceipt.objects.exists()


def test_a_charge_with_a_recorded_receipt_is_not_cancelled(charge, receipt):
    assert _code(charges.cancel, charge=charge) == "received"
    charge.refresh_from_db()
    assert charge.state == Charge.State.OPEN


def test_a_transfer_waits_until_two_people_have_seen_it_leave(
    transfer, line, recorder, confirmer, announced
):
    assert transfer.state == Order.State.BY_HAND
    assert announced.of(transfer) == []
    payout = bank_entries.record_payout(
        order=transfer, line=line(transfer.money), recorded_by=recorder
    )
    assert _code(bank_entries.confirm, entry=payout, confirmed_by=recorder) == "second_person"
    bank_entries.confirm(entry=payout, confirmed_by=confirmer)
    transfer.refresh_from_db()
    assert transfer.state == Order.State.PAID
    assert transfer.external_id == payout.bank_reference
    assert announced.of(transfer) == ["transfer_paid"]
    settle()
    assert announced.of(transfer) == ["transfer_paid"]


def test_a_payout_is_for_what_is_to_be_paid_by_hand(transfer, line, recorder, confirmer):
    entry = bank_entries.record_payout(
        order=transfer, line=line(transfer.money), recorded_by=recorder
    )
    again = {"order": transfer, "line": line(transfer.money), "recorded_by": recorder}
    assert _code(bank_entries.record_payout, **again) == "once"
    bank_entries.confirm(entry=entry, confirmed_by=confirmer)
    assert _code(bank_entries.record_payout, **again) == "not_open"
    assert BankPayout.objects.count() == 1


def test_a_refund_is_paid_by_hand_too(transfer, charge, line, recorder, confirmer, announced):
    charge.refresh_from_db()
    refund = refunds.request(
        reference=uuid.uuid4(), charge=charge, amount=Money(70_000, "CNY"), reason="late"
    )
    settle()
    refund.refresh_from_db()
    assert refund.state == Order.State.BY_HAND
    entry = bank_entries.record_payout(order=refund, line=line(refund.money), recorded_by=recorder)
    bank_entries.confirm(entry=entry, confirmed_by=confirmer)
    assert announced.of(refund) == ["refund_paid"]


def test_a_bank_transfer_cannot_be_taken_back(transfer, line, recorder, confirmer, announced):
    entry = bank_entries.record_payout(
        order=transfer, line=line(transfer.money), recorded_by=recorder
    )
    bank_entries.confirm(entry=entry, confirmed_by=confirmer)
    reversal = reversals.request(reference=uuid.uuid4(), transfer=transfer, amount=Money(1, "CNY"))
    settle()
    reversal.refresh_from_db()
    assert reversal.state == Order.State.FAILED
    assert announced.of(reversal) == ["reversal_failed"]


def test_collectors_hold_what_was_confirmed(
    transfer, collector, line, recorder, confirmer, make_paid_charge, loopback
):
    held = {(f"organisation:{collector.pk}", "CNY"): DUE.amount}
    assert balances.collector_balances() == held
    entry = bank_entries.record_payout(
        order=transfer, line=line(transfer.money), recorded_by=recorder
    )
    assert balances.collector_balances() == held
    bank_entries.confirm(entry=entry, confirmed_by=confirmer)
    make_paid_charge()
    make_paid_charge(Money(1_000_001, "JPY"))
    assert balances.collector_balances() == {
        (f"organisation:{collector.pk}", "CNY"): DUE.amount - 100_000,
        ("platform", "CNY"): 970_970,
        ("platform", "JPY"): 964_001,
    }


def test_what_was_done_is_on_record(receipt, recorder, confirmer):
    bank_entries.confirm(entry=receipt, confirmed_by=confirmer)
    entries = trail.history(receipt)
    assert [(entry.action, entry.user) for entry in entries] == [
        ("bank_entry.confirmed", confirmer),
        ("bank_entry.record", recorder),
    ]
