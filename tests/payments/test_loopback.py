"""The loopback gateway behaves to the real client as Stripe does."""

import pytest
import requests

from brokers.payments.loopback import person
from tests.payments.loopback_client import (
    CNY,
    connect,
    open_account,
    open_session,
    pay,
    refusal_of,
)


def test_paying_books_amount_and_fee(api, loopback):
    session = open_session(api)
    assert person.pay(session.url) == f"http://shop.example/paid?s={session.id}"
    paid = api.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )
    booked = paid.payment_intent.latest_charge.balance_transaction
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    assert (booked.amount, booked.fee, booked.net) == (1_000_000, 29_030, 970_970)
    assert loopback.held("cny") == 970_970


def test_paying_twice_pays_once(api, loopback):
    session = open_session(api)
    assert person.pay(session.url) == person.pay(session.url)
    assert loopback.held("cny") == 970_970


def test_declining_moves_nothing_and_leaves_the_page_open(api, loopback):
    session = open_session(api)
    assert person.decline(session.url) == "http://shop.example/back"
    assert loopback.held("cny") == 0
    person.pay(session.url)
    assert loopback.held("cny") == 970_970


def test_an_expired_page_takes_no_money(api, loopback):
    session = open_session(api)
    api.checkout.sessions.expire(session.id)
    assert person.pay(session.url) == "http://shop.example/back"
    assert loopback.held("cny") == 0
    assert refusal_of(api.checkout.sessions.expire, session.id).http_status == 400


@pytest.mark.parametrize(("locale", "word"), [("zh", "里程碑"), ("en", "Pay")])
def test_the_page_shows_name_and_amount_and_escapes(api, locale, word):
    price = {
        "currency": "jpy",
        "unit_amount": 1_000_001,
        "product_data": {"name": "里程碑<script>"},
    }
    session = open_session(api, locale=locale, line_items=[{"quantity": 1, "price_data": price}])
    page = requests.get(session.url, timeout=5)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "JPY 1,000,001" in page.text
    assert word in page.text
    assert "<script>" not in page.text


def test_the_onboarding_page_opens(api):
    account = open_account(api, onboard=False)
    link = api.account_links.create(
        {
            "account": account,
            "type": "account_onboarding",
            "refresh_url": "http://shop.example/again",
            "return_url": "http://shop.example/done",
        }
    )
    assert "http://shop.example/again" in requests.get(link.url, timeout=5).text


@pytest.mark.parametrize(
    "path", ["/", "/checkout/", "/checkout/nope", "/checkout/nope/pay", "/x/y"]
)
def test_pages_that_do_not_exist_are_404(loopback, path):
    assert requests.get(loopback.url + path, timeout=5).status_code == 404
    assert requests.post(loopback.url + path, timeout=5).status_code == 404


def test_a_wrong_key_is_401(loopback):
    assert refusal_of(connect(loopback.url, "sk_test_other").balance.retrieve).http_status == 401
    for path in ("/v1/balance", "/v1/nope"):
        assert requests.get(loopback.url + path, timeout=5).status_code == 401
    assert requests.post(f"{loopback.url}/control/reset", timeout=5).status_code == 401


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"amount": "x", **CNY}, 400),
        ({"amount": -1, **CNY}, 400),
        ({"amount": 0, **CNY}, 400),
        ({"amount": 10**8, **CNY}, 400),
        ({"amount": 100, "currency": "zzz"}, 400),
        ({"amount": 100, "currency": "CNY"}, 400),
        ({"amount": 150, "currency": "isk"}, 400),
        ({"amount": 151, "currency": "kwd"}, 400),
        ({"amount": 100}, 400),
        ({"amount": 100, **CNY, "surprise": "1"}, 400),
        ({"amount": 100, **CNY, "metadata": "text"}, 400),
        ({"amount": 100, **CNY, "destination": "acct_nobody"}, 400),
        ({"amount": 99_999_999, **CNY}, 400),
        ({"amount": 100, **CNY, "source_transaction": "ch_nobody"}, 404),
    ],
)
def test_transfers_that_stripe_refuses(api, loopback, params, status):
    pay(api)
    error = refusal_of(api.transfers.create, {"destination": open_account(api), **params})
    assert (type(error).__name__, error.http_status) == ("InvalidRequestError", status)
    assert loopback.list("transfers") == []
    assert loopback.held("cny") == 970_970


@pytest.mark.parametrize(
    ("amount", "currency"), [(49, "cny"), (100_000_000, "usd"), (150, "isk"), (10, "zzz")]
)
def test_payments_that_stripe_refuses(api, amount, currency):
    assert refusal_of(open_session, api, amount, currency).http_status == 400


@pytest.mark.parametrize(
    "look",
    [
        lambda api: api.checkout.sessions.retrieve("cs_test_nope"),
        lambda api: api.payment_intents.retrieve("pi_nope"),
        lambda api: api.charges.retrieve("ch_nope"),
        lambda api: api.balance_transactions.retrieve("txn_nope"),
        lambda api: api.transfers.retrieve("tr_nope"),
        lambda api: api.transfers.reversals.create("tr_nope", {"amount": 1}),
        lambda api: api.transfers.reversals.list("tr_nope"),
        lambda api: api.refunds.create({"payment_intent": "pi_nope"}),
        lambda api: api.refunds.retrieve("re_nope"),
        lambda api: api.accounts.retrieve("acct_nope"),
        lambda api: api.payouts.retrieve("po_nope"),
        lambda api: api.events.retrieve("evt_nope"),
        lambda api: api.balance.retrieve({}, {"stripe_account": "acct_nope"}),
        lambda api: api.customers.list(),
    ],
)
def test_unknown_ids_are_404(api, look):
    assert refusal_of(look, api).http_status == 404


def test_an_account_receives_only_after_onboarding(api, loopback):
    pay(api)
    account = open_account(api, onboard=False)
    params = {"amount": 100, **CNY, "destination": account}
    assert refusal_of(api.transfers.create, params).code == "insufficient_capabilities_for_transfer"
    loopback.switch("accounts", account=account, reason=None)
    api.transfers.create(params)
    loopback.switch("accounts", account=account, reason="rejected.fraud")
    assert refusal_of(api.transfers.create, params).code == "insufficient_capabilities_for_transfer"
    assert loopback.held("cny", account) == 100


def test_transfers_out_of_a_charge_take_its_group_and_stay_within_it(api):
    charge = pay(api, 100_000).payment_intent.latest_charge
    pay(api)
    account = open_account(api)
    out_of = {**CNY, "destination": account, "source_transaction": charge.id}
    assert api.transfers.create({"amount": 60_000, **out_of}).transfer_group == "g"
    assert refusal_of(api.transfers.create, {"amount": 40_001, **out_of}).http_status == 400
    assert refusal_of(api.transfers.create, {"amount": 1, **out_of, "currency": "usd"})
    assert refusal_of(api.transfers.create, {"amount": 1, **out_of, "transfer_group": "other"})
    api.transfers.create({"amount": 40_000, **out_of})
    found = api.transfers.list({"transfer_group": "g", "limit": 1})
    assert [one.amount for one in found.auto_paging_iter()] == [40_000, 60_000]


def test_reversals_stay_within_the_transfer_and_the_payees_balance(api, loopback):
    pay(api)
    account = open_account(api)
    transfer = api.transfers.create({"amount": 1_000, **CNY, "destination": account})
    reverse = api.transfers.reversals.create
    assert refusal_of(reverse, transfer.id, {"amount": 1_001}).http_status == 400
    reverse(transfer.id, {"amount": 400})
    api.payouts.create({"amount": 500, **CNY}, {"stripe_account": account})
    assert refusal_of(reverse, transfer.id, {"amount": 101}).code == "balance_insufficient"
    reverse(transfer.id, {"amount": 100})
    assert loopback.held("cny", account) == 0
    assert loopback.held("cny") == 970_970 - 500
    assert api.transfers.retrieve(transfer.id).amount_reversed == 500
    assert len(api.transfers.reversals.list(transfer.id).data) == 2


def test_payouts_leave_the_account_they_belong_to(api, loopback):
    pay(api)
    payout = api.payouts.create({"amount": 970_000, **CNY})
    assert api.payouts.retrieve(payout.id).status == "paid"
    assert [one.id for one in api.payouts.list().data] == [payout.id]
    assert refusal_of(api.payouts.create, {"amount": 971, **CNY}).code == "balance_insufficient"
    assert loopback.held("cny") == 970


def test_refunds_stay_within_the_charge(api, loopback):
    pay(api)
    intent = pay(api, 10_000).payment_intent.id
    first = api.refunds.create({"payment_intent": intent, "amount": 4_000})
    second = api.refunds.create({"payment_intent": intent, "amount": 4_000})
    assert first.id != second.id
    error = refusal_of(api.refunds.create, {"payment_intent": intent, "amount": 2_001})
    assert error.http_status == 400
    api.refunds.create({"payment_intent": intent})
    error = refusal_of(api.refunds.create, {"payment_intent": intent})
    assert error.code == "charge_already_refunded"
    assert loopback.held("cny") == 970_970 - 320
    loopback.switch("refunds", refund=second.id)
    assert api.refunds.retrieve(second.id).status == "failed"
    assert loopback.held("cny") == 970_970 - 320 + 4_000


def test_a_refund_needs_funds(api):
    intent = pay(api, 10_000).payment_intent.id
    error = refusal_of(api.refunds.create, {"payment_intent": intent})
    assert error.code == "balance_insufficient"
