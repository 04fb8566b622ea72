"""Balances: each movement of money is one balance transaction, and a balance is their sum."""

from typing import Any

from brokers.payments.loopback.errors import insufficient_funds
from brokers.payments.loopback.routing import Call, route
from brokers.payments.loopback.store import Store, new_id, now


def move(
    store: Store,
    *,
    kind: str,
    source: str,
    amount: int,
    currency: str,
    fee: int = 0,
    account: str = "",
    overdraws: bool = False,
) -> str:
    """Add `amount` less `fee` (Stripe's units, negative for money that leaves) to a balance.

    Return the id of the balance transaction. Raise a 400 when the balance would fall below zero,
    which nothing but a dispute (`overdraws`) may do.
    """
    net = amount - fee
    if net < 0 and not overdraws and total(store, account).get(currency, 0) + net < 0:
        raise insufficient_funds()
    body = {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "created": now(),
        "currency": currency,
        "exchange_rate": None,
        "fee": fee,
        "net": net,
        "reporting_category": kind,
        "source": source,
        "status": "available",
        "type": kind,
    }
    return store.put(body, account=account)["id"]


def total(store: Store, account: str = "") -> dict[str, int]:
    """Return what an account holds, by currency."""
    rows = store.db.execute(
        "SELECT json_extract(body, '$.currency'), sum(json_extract(body, '$.net')) FROM objects"
        " WHERE kind = 'balance_transaction' AND account = ? GROUP BY 1",
        (account,),
    )
    return dict(rows)


@route("GET", "/v1/balance")
def balance(call: Call) -> dict[str, Any]:
    held = total(call.store, call.account) or {"usd": 0}
    available = [
        {"amount": amount, "currency": code, "source_types": {"card": amount}}
        for code, amount in sorted(held.items())
    ]
    pending = [{**entry, "amount": 0, "source_types": {"card": 0}} for entry in available]
    return {"object": "balance", "available": available, "livemode": False, "pending": pending}


@route("GET", "/v1/balance_transactions/{object_id}")
def show(call: Call, *, object_id: str) -> dict[str, Any]:
    return call.store.get("balance_transaction", object_id)
