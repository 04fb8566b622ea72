"""What Stripe may answer about a payment, an account, a refund."""

import pytest

from brokers.payments.gateway import GatewayError, State
from brokers.payments.stripe import readings
from marketplace.money import Money

PAID = {
    "id": "cs_1",
    "amount_total": 10_000,
    "currency": "cny",
    "status": "complete",
    "payment_status": "paid",
    "payment_intent": {
        "id": "pi_1",
        "latest_charge": {
            "id": "ch_1",
            "balance_transaction": {"fee": 320, "currency": "cny", "amount": 10_000},
        },
    },
}


def _with_booked(booked):
    charge = {"id": "ch_1", "balance_transaction": booked}
    return PAID | {"payment_intent": {"id": "pi_1", "latest_charge": charge}}


def test_a_paid_session():
    payment = readings.payment(PAID)
    assert payment.state == State.DONE
    assert (payment.amount, payment.fee) == (Money(10_000, "CNY"), Money(320, "CNY"))
    assert (payment.payment_id, payment.charge_id) == ("pi_1", "ch_1")


def test_a_fee_that_is_not_booked_yet_is_unknown():
    assert readings.payment(_with_booked(None)).fee is None


def test_a_payment_settled_in_another_currency_is_an_error():
    with pytest.raises(GatewayError):
        readings.payment(_with_booked({"fee": 45, "currency": "usd", "amount": 1_400}))


@pytest.mark.parametrize(
    ("status", "intent", "state"),
    [
        ("open", None, State.PENDING),
        ("expired", None, State.FAILED),
        ("complete", {"last_payment_error": None}, State.PENDING),
        ("complete", {"last_payment_error": {"code": "debit_failed"}}, State.FAILED),
    ],
)
def test_sessions_that_are_not_paid(status, intent, state):
    unpaid = {"status": status, "payment_status": "unpaid", "payment_intent": intent}
    assert readings.payment(PAID | unpaid).state == state


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("succeeded", State.DONE),
        ("pending", State.PENDING),
        ("requires_action", State.PENDING),
        ("failed", State.FAILED),
        ("canceled", State.FAILED),
    ],
)
def test_refunds(status, state):
    assert readings.refund({"id": "re_1", "status": status}).state == state


@pytest.mark.parametrize(
    ("transfers", "submitted", "state"),
    [
        ("active", True, State.DONE),
        ("inactive", False, State.PENDING),
        ("pending", False, State.PENDING),
        ("inactive", True, State.FAILED),
        (None, False, State.PENDING),
    ],
)
def test_accounts(transfers, submitted, state):
    found = {
        "id": "acct_1",
        "details_submitted": submitted,
        "capabilities": {"transfers": transfers},
    }
    assert readings.account(found).state == state
