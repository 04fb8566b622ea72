"""Transfers from the platform to connected accounts, and their reversals."""

from typing import Any

from brokers.payments.loopback import amounts
from brokers.payments.loopback.accounts import require_transfers
from brokers.payments.loopback.balances import move
from brokers.payments.loopback.errors import ApiError, invalid
from brokers.payments.loopback.events import emit
from brokers.payments.loopback.expansion import listing
from brokers.payments.loopback.routing import Call, route
from brokers.payments.loopback.store import Store, new_id, now


@route("POST", "/v1/transfers")
def create(call: Call) -> dict[str, Any]:
    params, store, object_id = call.params, call.store, new_id("tr")
    code = amounts.currency(params)
    amount = amounts.check(params.integer("amount"), code)
    destination = params.text("destination")
    body = {
        "id": object_id,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "created": now(),
        "currency": code,
        "description": params.text("description", "") or None,
        "destination": destination,
        "livemode": False,
        "metadata": params.mapping("metadata"),
        "reversed": False,
        "source_transaction": params.text("source_transaction", "") or None,
        "transfer_group": params.text("transfer_group", "") or None,
    }
    params.finish()
    require_transfers(store, destination)
    _require_source(store, body)
    body["balance_transaction"] = move(
        store, kind="transfer", source=object_id, amount=-amount, currency=code
    )
    move(store, kind="payment", source=object_id, amount=amount, currency=code, account=destination)
    emit(store, "transfer.created", store.put(body))
    return body


@route("GET", "/v1/transfers")
def index(call: Call) -> dict[str, Any]:
    wanted = {
        name: value
        for name in ("transfer_group", "destination")
        if (value := call.params.text(name, ""))
    }
    return listing(call, call.store.find("transfer", **wanted), url="/v1/transfers")


@route("GET", "/v1/transfers/{object_id}")
def show(call: Call, *, object_id: str) -> dict[str, Any]:
    return call.store.get("transfer", object_id)


@route("POST", "/v1/transfers/{object_id}/reversals")
def reverse(call: Call, *, object_id: str) -> dict[str, Any]:
    params, store = call.params, call.store
    transfer = store.get("transfer", object_id)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = amounts.check(
        params.integer("amount", left or transfer["amount"]), transfer["currency"]
    )
    body = {
        "id": new_id("trr"),
        "object": "transfer_reversal",
        "amount": amount,
        "created": now(),
        "currency": transfer["currency"],
        "metadata": params.mapping("metadata"),
        "transfer": object_id,
    }
    params.finish()
    if amount > left:
        raise ApiError(400, f"Reversal amount ({amount}) is greater than what is left ({left}).")
    move(
        store,
        kind="payment_refund",
        source=body["id"],
        amount=-amount,
        currency=transfer["currency"],
        account=transfer["destination"],
    )
    body["balance_transaction"] = move(
        store,
        kind="transfer_refund",
        source=body["id"],
        amount=amount,
        currency=transfer["currency"],
    )
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    emit(store, "transfer.reversed", store.put(transfer))
    return store.put(body)


@route("GET", "/v1/transfers/{object_id}/reversals")
def reversals(call: Call, *, object_id: str) -> dict[str, Any]:
    call.store.get("transfer", object_id)
    found = call.store.find("transfer_reversal", transfer=object_id)
    return listing(call, found, url=f"/v1/transfers/{object_id}/reversals")


def _require_source(store: Store, transfer: dict[str, Any]) -> None:
    if not transfer["source_transaction"]:
        return
    charge = store.get("charge", transfer["source_transaction"])
    if charge["currency"] != transfer["currency"]:
        raise invalid("The currency must be the source transaction's.", param="currency")
    group = charge["transfer_group"]
    if transfer["transfer_group"] not in (None, group):
        raise invalid("The group must be the source transaction's.", param="transfer_group")
    transfer["transfer_group"] = group
    earlier = store.find("transfer", source_transaction=charge["id"])
    taken = sum(body["amount"] - body["amount_reversed"] for body in earlier)
    if taken + transfer["amount"] > charge["amount"]:
        raise ApiError(400, "Transfers using this charge would exceed its amount.")
