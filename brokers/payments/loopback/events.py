"""Events: written with the change they tell of, each with its delivery to the webhook."""

import time
from typing import Any

from brokers.payments.loopback.expansion import listing, public
from brokers.payments.loopback.routing import Call, route
from brokers.payments.loopback.store import Store, new_id, now


def emit(store: Store, kind: str, subject: dict[str, Any], *, account: str = "") -> None:
    """Record that `kind` happened to `subject`, and queue it for the webhook."""
    event = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": "2026-08-26.dahlia",
        "created": now(),
        "data": {"object": public(subject)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
    if account:
        event["account"] = account
    store.put(event)
    store.db.execute(
        "INSERT INTO deliveries (event, due) VALUES (?, ?)", (event["id"], time.time())
    )


@route("GET", "/v1/events")
def index(call: Call) -> dict[str, Any]:
    kind = call.params.text("type", "")
    events = call.store.find("event", **({"type": kind} if kind else {}))
    return listing(call, events, url="/v1/events")


@route("GET", "/v1/events/{object_id}")
def show(call: Call, *, object_id: str) -> dict[str, Any]:
    return call.store.get("event", object_id)
