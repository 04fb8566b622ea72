"""Disputes: the payer's bank takes a payment back at once, with a fee, and decides later."""

from typing import Any

from brokers.payments.loopback.balances import move
from brokers.payments.loopback.errors import invalid
from brokers.payments.loopback.events import emit
from brokers.payments.loopback.routing import Call, route
from brokers.payments.loopback.store import Store, new_id, now

FEE = 1_500


@route("GET", "/v1/disputes/{object_id}")
def show(call: Call, *, object_id: str) -> dict[str, Any]:
    return call.store.get("dispute", object_id)


def dispute(store: Store, charge_id: str, *, amount: int = 0) -> str:
    """Let the payer's bank take back `amount` of charge `charge_id`, or all that is left of it."""
    charge = store.get("charge", charge_id)
    amount = amount or charge["amount"] - charge["amount_refunded"]
    object_id = new_id("du")
    body = {
        "id": object_id,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [_book(store, object_id, charge["currency"], -amount, FEE)],
        "charge": charge_id,
        "created": now(),
        "currency": charge["currency"],
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "general",
        "status": "needs_response",
    }
    store.put(charge | {"disputed": True})
    emit(store, "charge.dispute.created", store.put(body))
    emit(store, "charge.dispute.funds_withdrawn", body)
    return object_id


def decide(store: Store, object_id: str, status: str, *, fee_returned: int = 0) -> None:
    """Let the bank decide: `won` brings the money back, with so much of the fee; `lost` does not."""
    body = store.get("dispute", object_id)
    if status not in ("won", "lost") or body["status"] != "needs_response":
        raise invalid("The dispute cannot be decided so.", param="status")
    if status == "won":
        back = _book(store, object_id, body["currency"], body["amount"], -fee_returned)
        body["balance_transactions"].append(back)
        emit(store, "charge.dispute.funds_reinstated", body)
    body["status"] = status
    emit(store, "charge.dispute.closed", store.put(body))


def _book(store: Store, source: str, currency: str, amount: int, fee: int) -> dict[str, Any]:
    booked = move(
        store,
        kind="adjustment",
        source=source,
        amount=amount,
        currency=currency,
        fee=fee,
        overdraws=True,
    )
    return store.get("balance_transaction", booked)
