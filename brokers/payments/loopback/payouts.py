"""Payouts: money that an account sends to its own bank, which may send it back."""

from typing import Any

from brokers.payments.loopback import amounts
from brokers.payments.loopback.accounts import change_standing
from brokers.payments.loopback.balances import move, total
from brokers.payments.loopback.events import emit
from brokers.payments.loopback.expansion import listing
from brokers.payments.loopback.routing import Call, route
from brokers.payments.loopback.store import Store, new_id, now


@route("POST", "/v1/payouts")
def create(call: Call) -> dict[str, Any]:
    params = call.params
    code = amounts.currency(params)
    amount = amounts.check(params.integer("amount"), code)
    metadata = params.mapping("metadata")
    params.finish()
    return _pay_out(call.store, call.account, amount, code, metadata=metadata)


@route("GET", "/v1/payouts")
def index(call: Call) -> dict[str, Any]:
    return listing(call, call.store.find("payout", account=call.account), url="/v1/payouts")


def pay_out_all(store: Store, account: str, *, failure: str) -> None:
    """Pay what `account` holds out to its bank, which sends it back where there is a `failure`.

    Another bank account is then asked for, as Stripe does.
    """
    for code, amount in total(store, account).items():
        if amount > 0:
            _pay_out(store, account, amount, code, failure=failure)
    if failure:
        change_standing(store, account, due=["external_account"])


def _pay_out(
    store: Store,
    account: str,
    amount: int,
    currency: str,
    *,
    failure: str = "",
    metadata: dict[str, str] | None = None,
) -> dict[str, Any]:
    object_id = new_id("po")
    moved: Any = {"source": object_id, "currency": currency, "account": account}
    booked = move(store, kind="payout", amount=-amount, **moved)
    body = {
        "id": object_id,
        "object": "payout",
        "amount": amount,
        "arrival_date": now(),
        "balance_transaction": booked,
        "created": now(),
        "currency": currency,
        "failure_balance_transaction": None,
        "failure_code": failure or None,
        "failure_message": f"The bank says: {failure}." if failure else None,
        "livemode": False,
        "metadata": metadata or {},
        "status": "failed" if failure else "paid",
    }
    if failure:
        back = move(store, kind="payout_failure", amount=amount, **moved)
        body["failure_balance_transaction"] = back
    store.put(body, account=account)
    emit(store, f"payout.{body['status']}", body, account=account)
    return body


@route("GET", "/v1/payouts/{object_id}")
def show(call: Call, *, object_id: str) -> dict[str, Any]:
    return call.store.get("payout", object_id)
