"""Read what Stripe answers, as plain dictionaries, in the words of the gateway interface."""

from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from brokers.payments.gateway import (
    Account,
    Chargeback,
    GatewayError,
    Outcome,
    Payment,
    PayoutFailure,
    State,
)
from brokers.payments.stripe.units import from_units

_WON = ("won", "warning_closed")
_REFUNDS = {"succeeded": State.DONE, "failed": State.FAILED, "canceled": State.FAILED}


def payment(session: dict[str, Any]) -> Payment:
    """Read a Checkout session, expanded down to the balance transaction.

    Raises `GatewayError` when it has no amount, or the fee is in another currency than the payment.
    """
    if session["amount_total"] is None or session["currency"] is None:
        raise GatewayError(f"{session['id']} has no amount")
    amount = from_units(session["amount_total"], session["currency"])
    intent = session.get("payment_intent") or {}
    if session["status"] == "expired":
        return Payment(state=State.FAILED, amount=amount, failure="expired")
    if session["payment_status"] != "paid":
        failed = session["status"] == "complete" and intent.get("last_payment_error")
        return Payment(state=State.FAILED if failed else State.PENDING, amount=amount)
    charge = intent["latest_charge"]
    booked = charge["balance_transaction"]
    if booked and booked["currency"] != session["currency"]:
        raise GatewayError(f"{charge['id']} is settled in {booked['currency']}")
    return Payment(
        state=State.DONE,
        amount=amount,
        fee=from_units(booked["fee"], booked["currency"]) if booked else None,
        payment_id=intent["id"],
        charge_id=charge["id"],
    )


def account(found: dict[str, Any]) -> Account:
    """Read a connected account: can it be paid, not yet or not any more, and what is missing."""
    if (found.get("capabilities") or {}).get("transfers") == "active":
        state = State.DONE
    else:
        state = State.FAILED if found.get("details_submitted") else State.PENDING
    requirements = found.get("requirements") or {}
    return Account(
        state=state,
        external_id=found["id"],
        missing=tuple(requirements.get("currently_due") or ()),
        disabled_reason=requirements.get("disabled_reason") or "",
    )


def failed_payouts(found: list[dict[str, Any]]) -> list[PayoutFailure]:
    """Read the payouts of an account, the newest first: those that failed since one arrived."""
    latest = takewhile(lambda payout: payout["status"] != "paid", found)
    return [
        PayoutFailure(
            external_id=payout["id"],
            amount=from_units(payout["amount"], payout["currency"]),
            code=payout.get("failure_code") or "",
            failed_on=datetime.fromtimestamp(payout["created"], tz=UTC).date(),
        )
        for payout in latest
        if payout["status"] == "failed"
    ]


def moved(found: dict[str, Any], noun: str) -> Outcome:
    """Read a transfer or a reversal: Stripe makes them at once or not at all."""
    return Outcome(state=State.DONE, row=_row(found, noun), external_id=found["id"])


def refund(found: dict[str, Any]) -> Outcome:
    """Read a refund; it may take days, and may fail after it succeeded."""
    return Outcome(
        state=_REFUNDS.get(found["status"], State.PENDING),
        row=_row(found, "refund"),
        external_id=found["id"],
        failure=found.get("failure_reason") or "",
    )


def chargeback(found: dict[str, Any]) -> Chargeback | None:
    """Read a dispute whose charge is expanded; None as long as it moved no money, or is not ours.

    Won is won once the money is back. Raises `GatewayError` for another currency than its own.
    """
    row = _row(found["charge"], "charge")
    booked = found["balance_transactions"]
    if not row or not booked:
        return None
    currency = found["currency"]
    if any(one["currency"] != currency for one in booked):
        raise GatewayError(f"{found['id']} is settled in another currency")
    taken = [one for one in booked if one["amount"] < 0]
    back = [one for one in booked if one["amount"] > 0]
    state = State.FAILED if found["status"] == "lost" else State.PENDING
    if found["status"] in _WON and back:
        state = State.DONE
    return Chargeback(
        state=state,
        row=row,
        amount=from_units(-sum(one["amount"] for one in taken), currency),
        fee=from_units(sum(one["fee"] for one in taken), currency),
        fee_returned=from_units(-sum(one["fee"] for one in back), currency),
    )


def _row(found: dict[str, Any], noun: str) -> str:
    return (found.get("metadata") or {}).get(noun, "")
