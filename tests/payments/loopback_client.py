"""The real client at the loopback gateway, and what tests of the gateway ask of it."""

import pytest
import stripe

from brokers.payments.loopback import person
from tests.payments.loopback_process import KEY

CNY = {"currency": "cny"}


def connect(url, key=KEY, retries=0):
    """Return a real client of the gateway at `url`."""
    return stripe.StripeClient(key, base_addresses={"api": url}, max_network_retries=retries).v1


def open_session(api, amount=1_000_000, currency="cny", **fields):
    """Return a new payment page."""
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "里程碑"}}
    return api.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": "http://shop.example/paid?s={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://shop.example/back",
            "line_items": [{"quantity": 1, "price_data": price}],
            **fields,
        }
    )


def pay(api, amount=1_000_000, currency="cny"):
    """Return a session that somebody has paid, with its charge."""
    session = open_session(api, amount, currency, payment_intent_data={"transfer_group": "g"})
    person.pay(session.url)
    return api.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )


def open_account(api, *, onboard=True):
    """Return the id of a new payee's account."""
    account = api.accounts.create(
        {"type": "express", "country": "HK", "capabilities": {"transfers": {"requested": True}}}
    )
    if onboard:
        link = api.account_links.create(
            {
                "account": account.id,
                "type": "account_onboarding",
                "refresh_url": "http://shop.example/again",
                "return_url": "http://shop.example/done",
            }
        )
        assert person.onboard(link.url) == "http://shop.example/done"
    return account.id


def refusal_of(call, *args):
    """Return the error with which the gateway answers."""
    with pytest.raises(stripe.StripeError) as caught:
        call(*args)
    return caught.value
