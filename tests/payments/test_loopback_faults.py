"""The loopback gateway under repetition, faults and restarts; keys, webhooks and broken bodies."""

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

from brokers.payments.loopback.server import LoopbackServer
from tests.payments.loopback_client import (
    CNY,
    connect,
    open_account,
    open_session,
    pay,
    refusal_of,
)
from tests.payments.loopback_process import KEY, SECRET, Loopback


def test_a_key_replays_the_answer_and_refuses_other_parameters(api, loopback):
    pay(api)
    params = {"amount": 100, **CNY, "destination": open_account(api)}
    key = {"idempotency_key": "k1"}
    first = api.transfers.create(params, key)
    again = api.transfers.create(params, key)
    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        api.transfers.create({**params, "amount": 101}, key)
    assert len(loopback.list("transfers")) == 1


def test_a_key_replays_refusals_of_the_work_but_not_of_parameters(api):
    account = open_account(api)
    params, key = {"amount": 100, **CNY, "destination": account}, {"idempotency_key": "k2"}
    assert refusal_of(api.transfers.create, {**params, "amount": "x"}, key).param == "amount"
    assert refusal_of(api.transfers.create, params, key).code == "balance_insufficient"
    pay(api)
    assert refusal_of(api.transfers.create, params, key).code == "balance_insufficient"
    assert api.transfers.create(params, {"idempotency_key": "k3"}).amount == 100


def test_forgotten_keys_replay_nothing(api, loopback):
    pay(api)
    params, key = (
        {"amount": 100, **CNY, "destination": open_account(api)},
        {"idempotency_key": "k4"},
    )
    first = api.transfers.create(params, key)
    loopback.switch("keys")
    assert api.transfers.create(params, key).id != first.id


def test_the_same_key_at_the_same_time_is_409(api, loopback):
    pay(api)
    params, key = (
        {"amount": 100, **CNY, "destination": open_account(api)},
        {"idempotency_key": "k5"},
    )
    loopback.switch("faults", kind="delay", seconds=0.5)
    slow = threading.Thread(target=api.transfers.create, args=(params, key))
    slow.start()
    time.sleep(0.2)
    assert refusal_of(api.transfers.create, params, key).http_status == 409
    slow.join()
    assert len(loopback.list("transfers")) == 1


def test_many_threads_with_one_key_make_one_transfer(api, loopback):
    pay(api)
    params, key = (
        {"amount": 100, **CNY, "destination": open_account(api)},
        {"idempotency_key": "k6"},
    )
    made = []

    def transfer():
        made.append(connect(loopback.url, retries=20).transfers.create(params, key).id)

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
    assert refusal_of(api.accounts.create, params).http_status == status
    assert api.accounts.create(params).id


def test_a_broken_answer_is_replayed(api, loopback):
    loopback.switch("faults", kind="broken", path="/v1/accounts")
    params = {
        "type": "express",
        "country": "HK",
        "capabilities": {"transfers": {"requested": True}},
    }
    for _ in range(2):
        error = refusal_of(api.accounts.create, params, {"idempotency_key": "k7"})
        assert error.http_status == 500


def test_a_dropped_answer_has_done_the_work(api, loopback):
    loopback.switch("faults", kind="drop", path="/v1/checkout")
    with pytest.raises(stripe.APIConnectionError):
        open_session(api, client_reference_id="lost")
    kept = connect(loopback.url, retries=2)
    loopback.switch("faults", kind="drop", path="/v1/checkout")
    assert open_session(kept, client_reference_id="found").client_reference_id == "found"


def test_unknown_switches_and_wishes_are_refused(loopback):
    for switch, wishes in (("nope", {}), ("faults", {"kind": "nope"}), ("faults", {"sort": 1})):
        with pytest.raises(requests.HTTPError):
            loopback.switch(switch, **wishes)


def test_events_are_delivered_signed(api, hook):
    session = pay(api)
    delivery = hook.wait_for("checkout.session.completed")
    event = stripe.Webhook.construct_event(delivery.body, delivery.signature, SECRET)
    assert event.data.object.id == session.id
    assert not any(key.startswith("_") for key in event.data.object.to_dict())
    assert api.events.retrieve(event.id).type == event.type
    assert [one.id for one in api.events.list({"type": event.type}).data] == [event.id]


def test_deliveries_are_repeated_until_they_arrive(api, hook):
    hook.status = 500
    pay(api)
    first = hook.wait_for("checkout.session.completed")
    hook.status = 200
    again = hook.wait_for("checkout.session.completed", count=2)
    assert again.event["id"] == first.event["id"]


def test_deliveries_can_be_held_reversed_and_copied(api, hook, loopback):
    loopback.switch("webhooks", held=True)
    pay(api)
    assert loopback.switch("webhooks", held=True)["waiting"] == 3
    assert hook.caught == []
    loopback.switch("webhooks", newest_first=True, copies=2)
    hook.wait_for("charge.succeeded", count=2)
    assert hook.kinds()[::2] == hook.kinds()[1::2]
    assert hook.kinds()[0] == "checkout.session.completed"


def test_balances_survive_a_restart(tmp_path):
    with _served(tmp_path) as first:
        pay(connect(first.url))
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
