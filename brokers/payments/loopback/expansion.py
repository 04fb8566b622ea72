"""How objects leave: private fields dropped, lists wrapped and cut, ids expanded on request."""

from typing import Any

from brokers.payments.loopback.errors import invalid
from brokers.payments.loopback.routing import Call
from brokers.payments.loopback.store import Store

_KINDS = {
    "payment_intent": "payment_intent",
    "latest_charge": "charge",
    "charge": "charge",
    "balance_transaction": "balance_transaction",
    "transfer": "transfer",
    "destination": "account",
}


def public(body: dict[str, Any]) -> dict[str, Any]:
    """Return `body` without the fields that are the gateway's own (they begin with `_`)."""
    return {key: value for key, value in body.items() if not key.startswith("_")}


def expand(store: Store, body: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """Return `body` with the ids at the dotted `paths` replaced by their objects."""
    for path in paths:
        node = body
        for name in path.split("."):
            if name not in _KINDS or name not in node:
                raise invalid(f"This property cannot be expanded ({path}).", param="expand")
            if isinstance(node[name], str):
                node[name] = public(store.get(_KINDS[name], node[name]))
            node = node[name]
            if node is None:
                break
    return body


def listing(call: Call, bodies: list[dict[str, Any]], *, url: str) -> dict[str, Any]:
    """Return one page of `bodies` (newest first), as `limit` and `starting_after` ask."""
    limit = call.params.integer("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("Limit must be between 1 and 100.", param="limit")
    if after := call.params.text("starting_after", ""):
        ids = [body["id"] for body in bodies]
        if after not in ids:
            raise invalid(f"No such object: '{after}'", param="starting_after")
        bodies = bodies[ids.index(after) + 1 :]
    page = [public(body) for body in bodies[:limit]]
    return {"object": "list", "data": page, "has_more": len(bodies) > limit, "url": url}
