"""Checkout sessions: one hosted page for one payment, open until paid, expired or abandoned."""

from typing import Any
from urllib.parse import urlsplit

from brokers.payments.loopback import amounts
from brokers.payments.loopback.errors import ApiError, invalid
from brokers.payments.loopback.events import emit
from brokers.payments.loopback.params import Params
from brokers.payments.loopback.payments import succeed
from brokers.payments.loopback.routing import Call, route
from brokers.payments.loopback.store import Store, new_id, now

LIFETIME = 24 * 3600


@route("POST", "/v1/checkout/sessions")
def create(call: Call) -> dict[str, Any]:
    params, object_id = call.params, new_id("cs_test")
    if params.text("mode") != "payment":
        raise invalid("Only the payment mode is known here.", param="mode")
    params.group("adaptive_pricing").text("enabled", "false")
    body = {
        "id": object_id,
        "object": "checkout.session",
        "cancel_url": _address(params, "cancel_url"),
        "client_reference_id": params.text("client_reference_id", "") or None,
        "created": now(),
        "expires_at": now() + LIFETIME,
        "livemode": False,
        "locale": params.text("locale", "auto"),
        "metadata": params.mapping("metadata"),
        "mode": "payment",
        "payment_intent": None,
        "payment_status": "unpaid",
        "status": "open",
        "success_url": _address(params, "success_url"),
        "url": f"{call.base_url}/checkout/{object_id}",
        "_payment": _payment(params.group("payment_intent_data")),
        **_price(params.group("line_items")),
    }
    params.finish()
    return call.store.put(body)


@route("GET", "/v1/checkout/sessions/{object_id}")
def show(call: Call, *, object_id: str) -> dict[str, Any]:
    return current(call.store, object_id)


@route("POST", "/v1/checkout/sessions/{object_id}/expire")
def expire(call: Call, *, object_id: str) -> dict[str, Any]:
    session = current(call.store, object_id)
    if session["status"] != "open":
        raise ApiError(
            400,
            f'Only Checkout Sessions with a status in ["open"] can be expired.'
            f" This Checkout Session has a status of `{session['status']}`.",
        )
    return _expire(call.store, session)


def current(store: Store, object_id: str) -> dict[str, Any]:
    """Return session `object_id`, expired by now if its time is over."""
    session = store.get("checkout.session", object_id)
    if session["status"] == "open" and session["expires_at"] <= now():
        return _expire(store, session)
    return session


def complete(store: Store, session: dict[str, Any]) -> dict[str, Any]:
    """Pay an open `session` in full, and return it."""
    intent = succeed(
        store, amount=session["amount_total"], currency=session["currency"], **session["_payment"]
    )
    session |= {
        "payment_intent": intent["id"],
        "payment_status": "paid",
        "status": "complete",
        "url": None,
    }
    emit(store, "checkout.session.completed", store.put(session))
    return session


def _expire(store: Store, session: dict[str, Any]) -> dict[str, Any]:
    session |= {"status": "expired", "url": None}
    emit(store, "checkout.session.expired", store.put(session))
    return session


def _payment(params: Params) -> dict[str, Any]:
    payment = {
        "description": params.text("description", ""),
        "metadata": params.mapping("metadata"),
        "transfer_group": params.text("transfer_group", "") or None,
    }
    params.text("capture_method", "automatic")
    params.finish()
    return payment


def _price(items: Params) -> dict[str, Any]:
    item = items.group("0")
    if item.integer("quantity") != 1:
        raise invalid("Only a quantity of one is known here.", param="line_items[0][quantity]")
    price = item.group("price_data")
    name = price.group("product_data").text("name")
    code = amounts.currency(price)
    total = amounts.check(price.integer("unit_amount"), code, param="unit_amount")
    if total < amounts.SMALLEST:
        raise ApiError(400, "The total amount is too small.", code="amount_too_small", saved=False)
    for reader in (price, item, items):
        reader.finish()
    return {"amount_total": total, "currency": code, "_name": name}


def _address(params: Params, name: str) -> str:
    address = params.text(name)
    if urlsplit(address).scheme not in ("http", "https"):
        raise invalid("Not a valid URL", param=name, code="url_invalid")
    return address
