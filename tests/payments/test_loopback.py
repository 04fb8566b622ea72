"""The loopback gateway behaves to the real client as Stripe does."""

import json
import socket
import threading
import time
import uuid
from contextlib import contextmanager

import pytest
import requests
import stripe
from django.core.management import CommandError, call_command

from brokers.payments.loopback import person
from brokers.payments.loopback.server import LoopbackServer
from tests.payments.loopback_process import KEY, SECRET, Loopback

CNY = {"currency": "cny"}


@pytest.fixture
def api(loopback):
    return _client(loopback.url)


def _client(url, key=KEY, retries=0):
    return stripe.StripeClient(key, base_addresses={"api": url}, max_network_retries=retries).v1


def _session(api, amount=1_000_000, currency="cny", **fields):
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


def _paid(api, amount=1_000_000, currency="cny"):
    session = _session(api, amount, currency, payment_intent_data={"transfer_group": "g"})
    person.pay(session.url)
    return api.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )


def _account(api, *, onboard=True):
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


def _refusal(call, *args):
    with pytest.raises(stripe.StripeError) as caught:
        call(*args)
    return caught.value


def test_paying_books_amount_and_fee(api, loopback):
    session = _session(api)
    assert person.pay(session.url) == f"http://shop.example/paid?s={session.id}"
    paid = api.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )
    booked = paid.payment_intent.latest_charge.balance_transaction
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    assert (booked.amount, booked.fee, booked.net) == (1_000_000, 29_030, 970_970)
    assert loopback.held("cny") == 970_970


def test_paying_twice_pays_once(api, loopback):
    session = _session(api)
    assert person.pay(session.url) == person.pay(session.url)
    assert loopback.held("cny") == 970_970


def test_declining_moves_nothing_and_leaves_the_page_open(api, loopback):
    session = _session(api)
    assert person.decline(session.url) == "http://shop.example/back"
    assert loopback.held("cny") == 0
    person.pay(session.url)
    assert loopback.held("cny") == 970_970


def test_an_expired_page_takes_no_money(api, loopback):
    session = _session(api)
    api.checkout.sessions.expire(session.id)
    assert person.pay(session.url) == "http://shop.example/back"
    assert loopback.held("cny") == 0
    assert _refusal(api.checkout.sessions.expire, session.id).http_status == 400


@pytest.mark.parametrize(("locale", "word"), [("zh", "里程碑"), ("en", "Pay")])
def test_the_page_shows_name_and_amount_and_escapes(api, locale, word):
    price = {
        "currency": "jpy",
        "unit_amount": 1_000_001,
        "product_data": {"name": "里程碑<script>"},
    }
    session = _session(api, locale=locale, line_items=[{"quantity": 1, "price_data": price}])
    page = requests.get(session.url, timeout=5)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "JPY 1,000,001" in page.text
    assert word in page.text
    assert "<script>" not in page.text


def test_the_onboarding_page_opens(api):
    account = _account(api, onboard=False)
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
    assert _refusal(_client(loopback.url, "sk_test_other").balance.retrieve).http_status == 401
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
    _paid(api)
    error = _refusal(api.transfers.create, {"destination": _account(api), **params})
    assert (type(error).__name__, error.http_status) == ("InvalidRequestError", status)
    assert loopback.list("transfers") == []
    assert loopback.held("cny") == 970_970


@pytest.mark.parametrize(
    ("amount", "currency"), [(49, "cny"), (100_000_000, "usd"), (150, "isk"), (10, "zzz")]
)
def test_payments_that_stripe_refuses(api, amount, currency):
    assert _refusal(_session, api, amount, currency).http_status == 400


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
    assert _refusal(look, api).http_status == 404


def test_an_account_receives_only_after_onboarding(api, loopback):
    _paid(api)
    account = _account(api, onboard=False)
    params = {"amount": 100, **CNY, "destination": account}
    assert _refusal(api.transfers.create, params).code == "insufficient_capabilities_for_transfer"
    loopback.switch("accounts", account=account, reason=None)
    api.transfers.create(params)
    loopback.switch("accounts", account=account, reason="rejected.fraud")
    assert _refusal(api.transfers.create, params).code == "insufficient_capabilities_for_transfer"
    assert loopback.held("cny", account) == 100


def test_transfers_out_of_a_charge_take_its_group_and_stay_within_it(api):
    charge = _paid(api, 100_000).payment_intent.latest_charge
    _paid(api)
    account = _account(api)
    out_of = {**CNY, "destination": account, "source_transaction": charge.id}
    assert api.transfers.create({"amount": 60_000, **out_of}).transfer_group == "g"
    assert _refusal(api.transfers.create, {"amount": 40_001, **out_of}).http_status == 400
    assert _refusal(api.transfers.create, {"amount": 1, **out_of, "currency": "usd"})
    assert _refusal(api.transfers.create, {"amount": 1, **out_of, "transfer_group": "other"})
    api.transfers.create({"amount": 40_000, **out_of})
    found = api.transfers.list({"transfer_group": "g", "limit": 1})
    assert [one.amount for one in found.auto_paging_iter()] == [40_000, 60_000]


def test_reversals_stay_within_the_transfer_and_the_payees_balance(api, loopback):
    _paid(api)
    account = _account(api)
    transfer = api.transfers.create({"amount": 1_000, **CNY, "destination": account})
    reverse = api.transfers.reversals.create
    assert _refusal(reverse, transfer.id, {"amount": 1_001}).http_status == 400
    reverse(transfer.id, {"amount": 400})
    api.payouts.create({"amount": 500, **CNY}, {"stripe_account": account})
    assert _refusal(reverse, transfer.id, {"amount": 101}).code == "balance_insufficient"
    reverse(transfer.id, {"amount": 100})
    assert loopback.held("cny", account) == 0
    assert loopback.held("cny") == 970_970 - 500
    assert api.transfers.retrieve(transfer.id).amount_reversed == 500
    assert len(api.transfers.reversals.list(transfer.id).data) == 2


def test_payouts_leave_the_account_they_belong_to(api, loopback):
    _paid(api)
    payout = api.payouts.create({"amount": 970_000, **CNY})
    assert api.payouts.retrieve(payout.id).status == "paid"
    assert [one.id for one in api.payouts.list().data] == [payout.id]
    assert _refusal(api.payouts.create, {"amount": 971, **CNY}).code == "balance_insufficient"
    assert loopback.held("cny") == 970


def test_refunds_stay_within_the_charge(api, loopback):
    _paid(api)
    intent = _paid(api, 10_000).payment_intent.id
    first = api.refunds.create({"payment_intent": intent, "amount": 4_000})
    second = api.refunds.create({"payment_intent": intent, "amount": 4_000})
    assert first.id != second.id
    error = _refusal(api.refunds.create, {"payment_intent": intent, "amount": 2_001})
    assert error.http_status == 400
    api.refunds.create({"payment_intent": intent})
    error = _refusal(api.refunds.create, {"payment_intent": intent})
    assert error.code == "charge_already_refunded"
    assert loopback.held("cny") == 970_970 - 320
    loopback.switch("refunds", refund=second.id)
    assert api.refunds.retrieve(second.id).status == "failed"
    assert loopback.held("cny") == 970_970 - 320 + 4_000


def test_a_refund_needs_funds(api):
    intent = _paid(api, 10_000).payment_intent.id
    error = _refusal(api.refunds.create, {"payment_intent": intent})
    assert error.code == "balance_insufficient"


def test_a_key_replays_the_answer_and_refuses_other_parameters(api, loopback):
    _paid(api)
    params = {"amount": 100, **CNY, "destination": _account(api)}
    key = {"idempotency_key": "k1"}
    first = api.transfers.create(params, key)
    again = api.transfers.create(params, key)
    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        api.transfers.create({**params, "amount": 101}, key)
    assert len(loopback.list("transfers")) == 1


def test_a_key_replays_refusals_of_the_work_but_not_of_parameters(api):
    account = _account(api)
    params, key = {"amount": 100, **CNY, "destination": account}, {"idempotency_key": "k2"}
    assert _refusal(api.transfers.create, {**params, "amount": "x"}, key).param == "amount"
    assert _refusal(api.transfers.create, params, key).code == "balance_insufficient"
    _paid(api)
    assert _refusal(api.transfers.create, params, key).code == "balance_insufficient"
    assert api.transfers.create(params, {"idempotency_key": "k3"}).amount == 100


def test_forgotten_keys_replay_nothing(api, loopback):
    _paid(api)
    params, key = {"amount": 100, **CNY, "destination": _account(api)}, {"idempotency_key": "k4"}
    first = api.transfers.create(params, key)
    loopback.switch("keys")
    assert api.transfers.create(params, key).id != first.id


def test_the_same_key_at_the_same_time_is_409(api, loopback):
    _paid(api)
    params, key = {"amount": 100, **CNY, "destination": _account(api)}, {"idempotency_key": "k5"}
    loopback.switch("faults", kind="delay", seconds=0.5)
    slow = threading.Thread(target=api.transfers.create, args=(params, key))
    slow.start()
    time.sleep(0.2)
    assert _refusal(api.transfers.create, params, key).http_status == 409
    slow.join()
    assert len(loopback.list("transfers")) == 1


def test_many_threads_with_one_key_make_one_transfer(api, loopback):
    _paid(api)
    params, key = {"amount": 100, **CNY, "destination": _account(api)}, {"idempotency_key": "k6"}
    made = []

    def transfer():
        made.append(_client(loopback.url, retries=20).transfers.create(params, key).id)

    threads = [threading.Thread(target=transfer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1
    assert len(loopback.list("transfers")) == 1


@pytest.mark.parametrize("status", [409, 429, 500, 503])
def test_errors_are_answered_without_doing_the_work(api, loopback, status):
    loopback.switch("faults", kind="error", status=status, path="/v1/accounts")
    params = {
        "type": "express",
        "country": "HK",
        "capabilities": {"transfers": {"requested": True}},
    }
    assert _refusal(api.accounts.create, params).http_status == status
    assert api.accounts.create(params).id


def test_a_broken_answer_is_replayed(api, loopback):
    loopback.switch("faults", kind="broken", path="/v1/accounts")
    params = {
        "type": "express",
        "country": "HK",
        "capabilities": {"transfers": {"requested": True}},
    }
    for _ in range(2):
        error = _refusal(api.accounts.create, params, {"idempotency_key": "k7"})
        assert error.http_status == 500


def test_a_dropped_answer_has_done_the_work(api, loopback):
    loopback.switch("faults", kind="drop", path="/v1/checkout")
    with pytest.raises(stripe.APIConnectionError):
        _session(api, client_reference_id="lost")
    kept = _client(loopback.url, retries=2)
    loopback.switch("faults", kind="drop", path="/v1/checkout")
    assert _session(kept, client_reference_id="found").client_reference_id == "found"


def test_unknown_switches_and_wishes_are_refused(loopback):
    for switch, wishes in (("nope", {}), ("faults", {"kind": "nope"}), ("faults", {"sort": 1})):
        with pytest.raises(requests.HTTPError):
            loopback.switch(switch, **wishes)


def test_events_are_delivered_signed(api, hook):
    session = _paid(api)
    delivery = hook.wait_for("checkout.session.completed")
    event = stripe.Webhook.construct_event(delivery.body, delivery.signature, SECRET)
    assert event.data.object.id == session.id
    assert not any(key.startswith("_") for key in event.data.object.to_dict())
    assert api.events.retrieve(event.id).type == event.type
    assert [one.id for one in api.events.list({"type": event.type}).data] == [event.id]


def test_deliveries_are_repeated_until_they_arrive(api, hook):
    hook.status = 500
    _paid(api)
    first = hook.wait_for("checkout.session.completed")
    hook.status = 200
    again = hook.wait_for("checkout.session.completed", count=2)
    assert again.event["id"] == first.event["id"]


def test_deliveries_can_be_held_reversed_and_copied(api, hook, loopback):
    loopback.switch("webhooks", held=True)
    _paid(api)
    assert loopback.switch("webhooks", held=True)["waiting"] == 3
    assert hook.caught == []
    loopback.switch("webhooks", newest_first=True, copies=2)
    hook.wait_for("charge.succeeded", count=2)
    assert hook.kinds()[::2] == hook.kinds()[1::2]
    assert hook.kinds()[0] == "checkout.session.completed"


def test_balances_survive_a_restart(tmp_path):
    with _served(tmp_path) as first:
        _paid(_client(first.url))
    with _served(tmp_path) as second:
        assert second.held("cny") == 970_970


def test_a_taken_port_is_a_clear_error(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} cannot be used"):
            call_command("loopback_gateway", port=port, database=str(tmp_path / "x"))


@contextmanager
def _served(folder):
    """The gateway in a thread of this process, on the file in `folder`."""
    server = LoopbackServer(
        port=0, database=folder / "gateway.sqlite3", api_key=KEY, secret=SECRET, webhook_url=""
    )
    threading.Thread(target=server.serve_forever).start()
    try:
        yield Loopback(server.base_url)
    finally:
        server.shutdown()
        server.close()


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"a" * 10_000, b"amount[=1", b"a[b]=1&a=2", b"amount=%ff", b"%%%"],
)
def test_broken_bodies_are_refused_not_errors(loopback, body):
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": str(uuid.uuid4())}
    answer = requests.post(f"{loopback.url}/v1/transfers", data=body, headers=headers, timeout=5)
    assert answer.status_code == 400
    assert json.loads(answer.text)["error"]["type"] == "invalid_request_error"


def test_a_huge_body_is_413(loopback):
    headers = {"Authorization": f"Bearer {KEY}", "Content-Length": "2000000"}
    answer = requests.post(f"{loopback.url}/v1/transfers", headers=headers, timeout=5)
    assert answer.status_code == 413
