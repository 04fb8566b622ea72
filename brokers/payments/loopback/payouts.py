"""Payouts: money that an account sends to its own bank, out of the gateway's sight."""

from typing import Any

from brokers.payments.loopback import amounts
from brokers.payments.loopback.balances import move
from brokers.payments.loopback.events import emit
from brokers.payments.loopback.expansion import listing
from brokers.payments.loopback.routing import Call, route
from brokers.payments.loopback.store import new_id, now


@route("POST", "/v1/payouts")
def create(call: Call) -> dict[str, Any]:
    params, object_id = call.params, new_id("po")
    code = amounts.currency(params)
    amount = amounts.check(params.integer("amount"), code)
    metadata = params.mapping("metadata")
    params.finish()
    booked = move(
        call.store,
        kind="payout",
        source=object_id,
        amount=-amount,
        currency=code,
        account=call.account,
    )
    body = {
        "id": object_id,
        "object": "payout",
        "amount": amount,
        "arrival_date": now(),
        "balance_transaction": booked,
        "created": now(),
        "currency": code,
        "livemode": False,
        "metadata": metadata,
        "status": "paid",
    }
    call.store.put(body, account=call.account)
    emit(call.store, "payout.paid", body, account=call.account)
    return body


@route("GET", "/v1/payouts")
def index(call: Call) -> dict[str, Any]:
    return listing(call, call.store.find("payout", account=call.account), url="/v1/payouts")


@route("GET", "/v1/payouts/{object_id}")
def show(call: Call, *, object_id: str) -> dict[str, Any]:
    return call.store.get("payout", object_id)
