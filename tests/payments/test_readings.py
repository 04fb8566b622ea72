"""What Stripe may answer about a payment, an account, a refund."""

from datetime import date
from typing import Any

import pytest

from brokers.payments.gateway import GatewayError, State
from brokers.payments.stripe import readings
from brokers.payments.stripe.words import explain
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


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("external_account", "A bank account"),
        ("individual.verification.document", "A document"),
        ("company.tax_id", "number"),
        ("person_1AbC.dob.day", "birth"),
        ("individual.first_name", "The name"),
        ("person_1AbC.first_name_kana", "The name"),
        ("company.address.city", "The address"),
        ("individual.phone", "How to be reached"),
        ("company.owners_provided", "own or lead"),
        ("requirements.past_due", "in time"),
        ("rejected.fraud", "does not work"),
        ("account_closed", "closed"),
        ("incorrect_account_holder_name", "another name"),
        ("lost_or_stolen_card", "did not take"),
        ("", "no reason"),
        ("something_new", "something_new"),
    ],
)
def test_names_of_stripe_are_said_in_plain_words(code, words) -> None:
    assert words in str(explain(code))


def test_failed_payouts_are_those_since_something_arrived() -> None:
    def payout(number: int, status: str) -> dict[str, Any]:
        about = {"id": f"po_{number}", "amount": number, "currency": "jpy", "created": 86_400}
        return about | {"status": status, "failure_code": "declined"}

    found = [payout(4, "failed"), payout(3, "pending"), payout(2, "paid"), payout(1, "failed")]
    (failed,) = readings.failed_payouts(found)
    assert (failed.external_id, failed.amount) == ("po_4", Money(4, "JPY"))
    assert (failed.code, failed.failed_on) == ("declined", date(1970, 1, 2))
