"""Refunds: money back to the payer of a charge, never more than the charge."""

from typing import Any

from brokers.payments.loopback import amounts
from brokers.payments.loopback.balances import move
from brokers.payments.loopback.errors import ApiError
from brokers.payments.loopback.events import emit
from brokers.payments.loopback.expansion import listing
from brokers.payments.loopback.routing import Call, route
from brokers.payments.loopback.store import Store, new_id, now


@route("POST", "/v1/refunds")
def create(call: Call) -> dict[str, Any]:
    params, store = call.params, call.store
    intent = store.get("payment_intent", params.text("payment_intent"))
    charge = store.get("charge", intent["latest_charge"])
    left = charge["amount"] - charge["amount_refunded"]
    amount = amounts.check(params.integer("amount", left or charge["amount"]), charge["currency"])
    body = {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": now(),
        "currency": charge["currency"],
        "failure_reason": None,
        "metadata": params.mapping("metadata"),
        "payment_intent": intent["id"],
        "reason": params.text("reason", "") or None,
        "status": "succeeded",
    }
    params.finish()
    if not charge["paid"]:
        raise ApiError(400, "This charge did not succeed.", code="charge_not_refundable")
    if not left:
        raise ApiError(
            400, "This charge has already been refunded.", code="charge_already_refunded"
        )
    if amount > left:
        raise ApiError(400, f"Refund amount ({amount}) is greater than what is left ({left}).")
    body["balance_transaction"] = move(
        store, kind="refund", source=body["id"], amount=-amount, currency=charge["currency"]
    )
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    emit(store, "refund.created", store.put(body))
    emit(store, "charge.refunded", store.put(charge))
    return body


@route("GET", "/v1/refunds")
def index(call: Call) -> dict[str, Any]:
    wanted = call.params.text("payment_intent", "")
    found = call.store.find("refund", **({"payment_intent": wanted} if wanted else {}))
    return listing(call, found, url="/v1/refunds")


@route("GET", "/v1/refunds/{object_id}")
def show(call: Call, *, object_id: str) -> dict[str, Any]:
    return call.store.get("refund", object_id)


def fail(store: Store, object_id: str) -> None:
    """Let refund `object_id` come back from the payer's bank: its money is the platform's again."""
    refund = store.get("refund", object_id)
    move(
        store,
        kind="refund_failure",
        source=object_id,
        amount=refund["amount"],
        currency=refund["currency"],
    )
    charge = store.get("charge", refund["charge"])
    charge |= {"amount_refunded": charge["amount_refunded"] - refund["amount"], "refunded": False}
    store.put(charge)
    refund |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}
    emit(store, "refund.failed", store.put(refund))
