"""Payment intents and charges: what came in, the fee on it, what was declined."""

from typing import Any

from brokers.payments.loopback import amounts
from brokers.payments.loopback.balances import move
from brokers.payments.loopback.events import emit
from brokers.payments.loopback.routing import Call, route
from brokers.payments.loopback.store import Store, new_id, now


@route("GET", "/v1/payment_intents/{object_id}")
def show_intent(call: Call, *, object_id: str) -> dict[str, Any]:
    return call.store.get("payment_intent", object_id)


@route("GET", "/v1/charges/{object_id}")
def show_charge(call: Call, *, object_id: str) -> dict[str, Any]:
    return call.store.get("charge", object_id)


def succeed(store: Store, *, amount: int, currency: str, **details: Any) -> dict[str, Any]:
    """Take a payment of `amount`, less the fee, into the platform's balance; return its intent."""
    intent = _intent(amount, currency, **details)
    charge = _charge(intent, status="succeeded")
    charge["balance_transaction"] = move(
        store,
        kind="charge",
        source=charge["id"],
        amount=amount,
        currency=currency,
        fee=amounts.fee(amount, currency),
    )
    intent |= {"latest_charge": charge["id"], "status": "succeeded", "amount_received": amount}
    emit(store, "charge.succeeded", store.put(charge))
    emit(store, "payment_intent.succeeded", store.put(intent))
    return intent


def decline(store: Store, *, amount: int, currency: str, **details: Any) -> None:
    """Record a payment that the payer's bank declined; no money moves."""
    intent = _intent(amount, currency, **details)
    charge = _charge(intent, status="failed")
    charge |= {"failure_code": "card_declined", "failure_message": "Your card was declined."}
    intent |= {"latest_charge": charge["id"], "status": "requires_payment_method"}
    emit(store, "charge.failed", store.put(charge))
    emit(store, "payment_intent.payment_failed", store.put(intent))


def _intent(amount: int, currency: str, **details: Any) -> dict[str, Any]:
    return {
        "id": new_id("pi"),
        "object": "payment_intent",
        "amount": amount,
        "amount_received": 0,
        "created": now(),
        "currency": currency,
        "latest_charge": None,
        "livemode": False,
        **details,
    }


def _charge(intent: dict[str, Any], *, status: str) -> dict[str, Any]:
    shared = ("amount", "currency", "description", "metadata", "transfer_group", "livemode")
    return {name: intent[name] for name in shared} | {
        "id": new_id("ch"),
        "object": "charge",
        "amount_refunded": 0,
        "balance_transaction": None,
        "created": now(),
        "disputed": False,
        "failure_code": None,
        "failure_message": None,
        "paid": status == "succeeded",
        "payment_intent": intent["id"],
        "refunded": False,
        "status": status,
    }
