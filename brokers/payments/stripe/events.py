"""Webhooks: is it Stripe who speaks, is it about us, and about which row?

Invariant: whatever is wrong with a body or its signature, the answer is `ForgedEvent` and nothing else.
"""

import re
import time
import uuid
from typing import Any, NamedTuple

import stripe
from django.conf import settings

from brokers.payments.gateway import Event, ForgedEvent, Subject
from brokers.payments.stripe.client import client

TOLERANCE = 300
"""Seconds by which the time of a signature may differ from ours, either way."""

SUBJECTS = {
    "checkout.session.": (Subject.CHARGE, "charge"),
    "charge.updated": (Subject.CHARGE, "charge"),
    "transfer.": (Subject.TRANSFER, "transfer"),
    "refund.": (Subject.REFUND, "refund"),
    "account.updated": (Subject.ACCOUNT, "account"),
}
PAYOUTS = "payout."
"""A payout of a connected account to its own bank is found by that account, which the event names."""
DISPUTES = "charge.dispute."
"""A dispute does not carry our metadata: it is found by its own id, and its charge names our row."""

_NAME = re.compile(r"[A-Za-z0-9_.]{1,100}", re.ASCII)


class About(NamedTuple):
    """What an event is about: one of our rows, or the gateway's object where it names none."""

    subject: Subject
    row: str
    external_id: str


def read(body: bytes, signature: str) -> Event:
    """Return the event that `body` carries. Raises `ForgedEvent`."""
    event = _verified(body, signature)
    try:
        subject = event["data"]["object"]
        event_id, kind, external_id = event["id"], event["type"], subject.get("id", "")
        if event["livemode"] is not settings.STRIPE_LIVE_MODE:
            raise ForgedEvent("the event is of another mode")
        metadata = subject.get("metadata") or {}
        account = event.get("account") or ""
        names = [event_id, kind, *filter(None, (external_id, account))]
        if not all(_NAME.fullmatch(name) for name in names):
            raise ForgedEvent("the event names nothing that Stripe names")
        found = about(kind, external_id, metadata, account=account)
        return Event(id=event_id, kind=kind, **found._asdict())
    except (AttributeError, KeyError, TypeError) as error:
        raise ForgedEvent(f"the event is incomplete: {error!r}") from error


def about(kind: str, external_id: str, metadata: dict[str, Any], *, account: str) -> About:
    """Return what an event of `kind` is about: its object's id and metadata, and whose account."""
    if kind.startswith(PAYOUTS) and account:
        return About(Subject.ACCOUNT, "", account)
    if kind.startswith(DISPUTES) and external_id:
        return About(Subject.DISPUTE, "", external_id)
    for prefix, (subject, noun) in SUBJECTS.items():
        if kind.startswith(prefix) and (row := _uuid(metadata.get(noun))):
            return About(subject, row, external_id)
    return About(Subject.OTHER, "", external_id)


def _uuid(text: Any) -> str:
    try:
        return str(uuid.UUID(text))
    except (AttributeError, TypeError, ValueError):
        return ""


def _verified(body: bytes, signature: str) -> dict[str, Any]:
    error: Exception | None = None
    for secret in settings.STRIPE_WEBHOOK_SECRET.split(","):
        try:
            event = client().construct_event(body, signature, secret, TOLERANCE)
            return _recent(event.to_dict(), signature)
        except (
            stripe.SignatureVerificationError,
            ArithmeticError,
            AttributeError,
            LookupError,
            RecursionError,
            TypeError,
            ValueError,
        ) as caught:
            error = caught
    raise ForgedEvent(f"{type(error).__name__}: {error}"[:500]) from error


def _recent(event: dict[str, Any], signature: str) -> dict[str, Any]:
    """Return `event`, unless it was signed in the future, which the library does not check."""
    signed_at = int(dict(part.split("=", 1) for part in signature.split(","))["t"])
    if signed_at > time.time() + TOLERANCE:
        raise ValueError("the signature is from the future")
    return event
