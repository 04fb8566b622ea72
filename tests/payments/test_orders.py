"""Transfers, reversals and refunds move the right money once."""

import uuid

import pytest
from django.core.exceptions import ValidationError

from brokers.payments import refunds, reversals
from brokers.payments.models import Order, Refund, Reversal, Transfer
from brokers.payments.stripe.client import client
from marketplace.money import Money
from tests.payments.conftest import settle

pytestmark = pytest.mark.django_db


def _refund(charge, amount, **fields):
    reference = fields.pop("reference", None) or uuid.uuid4()
    return refunds.request(
        reference=reference, charge=charge, amount=amount, reason="partly delivered", **fields
    )


def _reversal(transfer, amount, reference=None):
    return reversals.request(reference=reference or uuid.uuid4(), transfer=transfer, amount=amount)


def _state(order):
    order.refresh_from_db()
    return order.state


def test_a_transfer_arrives_and_is_told_once(make_transfer, loopback, announced):
    transfer = make_transfer(Money(100_000, "CNY"))
    assert transfer.state == Transfer.State.REQUESTED
    settle()
    assert _state(transfer) == Transfer.State.PAID
    assert announced.of(transfer) == ["transfer_paid"]
    assert loopback.held("cny", transfer.account.external_id) == 100_000
    (sent,) = loopback.list("transfers")
    assert sent["id"] == transfer.external_id
    assert sent["transfer_group"] == transfer.charge.group
    assert sent["source_transaction"] == transfer.charge.external_id


def test_one_reference_is_one_transfer(make_transfer, loopback):
    first = make_transfer()
    same = {"reference": first.reference, "account": first.account, "charge": first.charge}
    assert make_transfer(**same) == first
    with pytest.raises(ValidationError) as caught:
        make_transfer(Money(99_999, "CNY"), **same)
    assert caught.value.code == "reference_used"
    settle()
    assert len(loopback.list("transfers")) == 1


def test_a_transfer_needs_no_charge(make_transfer, make_paid_charge, loopback):
    make_paid_charge()
    transfer = make_transfer(charge=None)
    settle()
    assert _state(transfer) == Transfer.State.PAID


def test_nothing_is_ordered_for_an_account_that_cannot_receive(make_transfer, make_payee):
    with pytest.raises(ValidationError) as caught:
        make_transfer(account=make_payee(onboard=False))
    assert caught.value.code == "not_ready"
    assert not Transfer.objects.exists()


@pytest.mark.parametrize(
    ("amount", "code"), [(Money(0, "CNY"), "zero"), (Money(-1, "CNY"), "zero")]
)
def test_amounts_that_are_not_above_zero_are_refused(make_transfer, amount, code):
    with pytest.raises(ValidationError) as caught:
        make_transfer(amount)
    assert caught.value.code == code
    assert not Transfer.objects.exists()


def test_a_charge_pays_only_what_it_received_in_its_currency(make_transfer, make_charge):
    with pytest.raises(ValidationError) as caught:
        make_transfer(charge=make_charge())
    assert caught.value.code == "not_paid"
    with pytest.raises(ValidationError) as caught:
        make_transfer(Money(1, "USD"))
    assert caught.value.code == "source"


def test_a_collectors_money_does_not_leave_through_the_platform(make_transfer, collector):
    with pytest.raises(ValidationError) as caught:
        make_transfer(collector=collector)
    assert caught.value.code == "collector"


def test_an_account_disabled_before_the_call_fails_the_transfer(make_transfer, loopback, announced):
    transfer = make_transfer()
    loopback.switch("accounts", account=transfer.account.external_id, reason="rejected.fraud")
    settle()
    assert _state(transfer) == Transfer.State.FAILED
    assert "capabilities" in transfer.failure
    assert announced.of(transfer) == ["transfer_failed"]
    assert loopback.held("cny") == 970_970


def test_a_transfer_waits_for_funds(make_transfer, make_paid_charge, loopback, announced):
    transfer = make_transfer(Money(1_500_000, "CNY"), charge=None)
    settle()
    assert _state(transfer) == Transfer.State.REQUESTED
    assert announced.of(transfer) == []
    make_paid_charge()
    make_paid_charge()
    settle()
    assert _state(transfer) == Transfer.State.PAID
    assert announced.of(transfer) == ["transfer_paid"]
    assert len(loopback.list("transfers")) == 1


def test_reversals_take_back_up_to_the_transfer(make_transfer, loopback, announced):
    transfer = make_transfer(Money(100_000, "CNY"))
    settle()
    first = _reversal(transfer, Money(60_000, "CNY"))
    with pytest.raises(ValidationError) as caught:
        _reversal(transfer, Money(40_001, "CNY"))
    assert caught.value.code == "too_much"
    second = _reversal(transfer, Money(40_000, "CNY"))
    settle()
    assert {_state(first), _state(second)} == {Reversal.State.PAID}
    assert announced.of(first) == ["reversal_paid"]
    assert loopback.held("cny", transfer.account.external_id) == 0
    assert loopback.held("cny") == 970_970


def test_a_reversal_that_the_payee_cannot_cover_fails(make_transfer, loopback, announced):
    transfer = make_transfer(Money(100_000, "CNY"))
    settle()
    _pay_out(transfer.account.external_id, 100_000)
    reversal = _reversal(transfer, Money(1, "CNY"))
    settle()
    assert _state(reversal) == Reversal.State.FAILED
    assert announced.of(reversal) == ["reversal_failed"]
    transfer.refresh_from_db()
    assert reversals.reversible(transfer) == Money(100_000, "CNY")


def test_only_a_paid_transfer_is_reversed(make_transfer):
    with pytest.raises(ValidationError):
        _reversal(make_transfer(), Money(1, "CNY"))
    assert not Reversal.objects.exists()


def test_two_equal_refunds_are_two(make_paid_charge, loopback, announced):
    charge = make_paid_charge()
    make_paid_charge()
    first, second = (_refund(charge, Money(300_000, "CNY")) for _ in range(2))
    settle()
    assert {_state(first), _state(second)} == {Refund.State.PAID}
    assert announced.of(first) == announced.of(second) == ["refund_paid"]
    assert first.external_id != second.external_id
    assert {one["metadata"]["refund"] for one in loopback.list("refunds")} == {
        str(first.pk),
        str(second.pk),
    }
    assert loopback.held("cny") == 2 * 970_970 - 600_000


def test_one_reference_is_one_refund(make_paid_charge, loopback):
    charge, reference = make_paid_charge(), uuid.uuid4()
    make_paid_charge()
    first = _refund(charge, Money(1_000_000, "CNY"), reference=reference)
    assert _refund(charge, Money(1_000_000, "CNY"), reference=reference) == first
    settle()
    assert _refund(charge, Money(1_000_000, "CNY"), reference=reference) == first
    settle()
    assert len(loopback.list("refunds")) == 1


def test_refunds_stay_within_the_charge(make_paid_charge, make_charge):
    charge = make_paid_charge()
    _refund(charge, Money(999_999, "CNY"))
    for amount, code in ((Money(2, "CNY"), "too_much"), (Money(1, "USD"), "currency")):
        with pytest.raises(ValidationError) as caught:
            _refund(charge, amount)
        assert caught.value.code == code
    with pytest.raises(ValidationError):
        _refund(make_charge(), Money(1, "CNY"))
    assert Refund.objects.count() == 1


def test_a_refund_waits_for_funds(make_paid_charge, loopback, announced):
    charge = make_paid_charge()
    refund = _refund(charge, charge.money)
    settle()
    assert _state(refund) == Refund.State.REQUESTED
    make_paid_charge()
    settle()
    assert _state(refund) == Refund.State.PAID
    assert announced.of(refund) == ["refund_paid"]


def test_a_refund_that_comes_back_can_be_made_again(
    make_paid_charge, loopback, hook, post, announced
):
    charge = make_paid_charge()
    refund = _refund(charge, Money(500_000, "CNY"))
    settle()
    loopback.switch("refunds", refund=Refund.objects.get().external_id)
    assert post(hook.wait_for("refund.failed")).status_code == 200
    assert announced.of(refund) == ["refund_paid", "refund_failed"]
    again = _refund(charge, Money(1_000_000, "CNY"))
    assert again.state == Order.State.REQUESTED
    assert loopback.held("cny") == 970_970


def _pay_out(account, amount):
    client().v1.payouts.create({"amount": amount, "currency": "cny"}, {"stripe_account": account})
