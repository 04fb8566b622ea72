"""Every call that the Stripe gateway makes is one that Stripe's specification knows."""

import inspect
import uuid
from typing import Any

import pytest
import stripe

from brokers.payments import registry
from brokers.payments.gateway import (
    AccountOrder,
    CheckoutOrder,
    GatewayError,
    RefundOrder,
    Refused,
    ReversalOrder,
    State,
    TransferOrder,
)
from brokers.payments.stripe import client, readings
from brokers.payments.stripe.gateway import StripeGateway
from marketplace.money import CURRENCIES, Money

ROW = str(uuid.uuid4())
DUE = Money(1_000_000, "CNY")


def _checkout(amount=DUE, language="zh-hans"):
    return CheckoutOrder(
        row=ROW,
        key=f"checkout:{ROW}",
        amount=amount,
        code="ABCDEFGHJ",
        description="里程碑 1 · Milestone 1",
        group=f"charge_{ROW}",
        language=language,
        success_url="https://example.org/paid/",
        cancel_url="https://example.org/cancelled/",
    )


def _transfer(**fields):
    defaults = {"destination": "acct_123", "group": f"charge_{ROW}", "source": "ch_123"}
    return TransferOrder(
        row=ROW, key=f"transfer:{ROW}:1", amount=Money(70_01, "CNY"), **(defaults | fields)
    )


REVERSAL = ReversalOrder(row=ROW, key="r", amount=Money(1, "CNY"), transfer="tr_123")
REFUND = RefundOrder(row=ROW, key="f", amount=Money(1, "CNY"), payment="pi_123")


def _fetch_payment(gateway):
    """The sample session of the specification is one without an amount."""
    with pytest.raises(GatewayError, match="no amount"):
        gateway.fetch_payment(ROW, "cs_123")


CALLS = {
    "start_checkout": lambda gateway: gateway.start_checkout(_checkout()),
    "cancel_checkout": lambda gateway: gateway.cancel_checkout("cs_123"),
    "fetch_payment": _fetch_payment,
    "send_transfer": lambda gateway: gateway.send_transfer(_transfer()),
    "find_transfer": lambda gateway: gateway.find_transfer(_transfer()),
    "fetch_transfer": lambda gateway: gateway.fetch_transfer(ROW, "tr_123"),
    "send_reversal": lambda gateway: gateway.send_reversal(REVERSAL),
    "find_reversal": lambda gateway: gateway.find_reversal(REVERSAL),
    "send_refund": lambda gateway: gateway.send_refund(REFUND),
    "find_refund": lambda gateway: gateway.find_refund(REFUND),
    "fetch_refund": lambda gateway: gateway.fetch_refund(ROW, "re_123"),
    "fetch_dispute": lambda gateway: gateway.fetch_dispute("du_123"),
    "open_account": lambda gateway: gateway.open_account(
        AccountOrder(row=ROW, key="a", country="HK")
    ),
    "onboarding_url": lambda gateway: gateway.onboarding_url(
        "acct_123", refresh_url="https://example.org/a/", return_url="https://example.org/b/"
    ),
    "fetch_account": lambda gateway: gateway.fetch_account("acct_123"),
    "fetch_failed_payouts": lambda gateway: gateway.fetch_failed_payouts("acct_123"),
    "balances": lambda gateway: gateway.balances(),
}
OFFLINE = {"refusal", "instructions", "read_event", "explain", "explain_refund"}


@pytest.fixture
def gateway(stripe_mock):
    return registry.get("stripe")


def test_every_method_of_the_gateway_is_covered():
    methods = {
        name
        for name, _ in inspect.getmembers(StripeGateway, inspect.isfunction)
        if not name.startswith("_")
    }
    assert methods == CALLS.keys() | OFFLINE


@pytest.mark.parametrize("name", CALLS)
def test_the_call_and_its_answer_are_as_specified(gateway, name):
    CALLS[name](gateway)


def test_a_paid_session_is_read_as_specified(stripe_mock):
    sample = client.client().v1.payment_intents.retrieve(
        "pi_123", {"expand": ["latest_charge.balance_transaction"]}
    )
    intent = sample.to_dict()
    assert isinstance(intent["latest_charge"]["balance_transaction"]["fee"], int)
    session = client.client().v1.checkout.sessions.retrieve("cs_123").to_dict()
    session |= {"amount_total": 100, "currency": "usd", "payment_intent": intent}
    payment = readings.payment(session | {"status": "complete", "payment_status": "paid"})
    assert payment.state == State.DONE
    assert payment.charge_id == intent["latest_charge"]["id"]


@pytest.mark.parametrize("currency", sorted(CURRENCIES))
@pytest.mark.parametrize("language", ["zh-hans", "en", "fr"])
def test_checkouts_in_every_currency_and_language(gateway, currency, language):
    assert gateway.start_checkout(_checkout(Money(10_000, currency), language)).external_id


def test_transfers_without_a_source(gateway):
    assert gateway.send_transfer(_transfer(source="")).external_id


def test_what_the_specification_lacks_is_refused(stripe_mock):
    """The proof that the calls above are checked at all."""
    good: Any = {"amount": 1, "currency": "cny", "destination": "acct_123"}
    for wrong in ({"surprise": 1}, {"amount": "many"}):
        with pytest.raises(Refused), client.translated():
            client.client().v1.transfers.create(good | wrong)


def test_the_pinned_version_is_sent(stripe_mock, monkeypatch):
    sent = []
    request = stripe.RequestsClient.request

    def spy(self, method, url, headers, post_data=None, **options):
        sent.append(headers)
        return request(self, method, url, headers, post_data, **options)

    monkeypatch.setattr(stripe.RequestsClient, "request", spy)
    client.client().v1.balance.retrieve()
    assert sent[0]["Stripe-Version"] == client.VERSION
    assert "telemetry" not in str(sent[0]).lower()
