"""Idempotency keys: the same key with the same request gets the same answer, for 24 hours.

Two requests with one key never run at once: the second is refused with a 409.
Source: https://docs.stripe.com/api/idempotent_requests
"""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from brokers.payments.loopback.errors import ApiError
from brokers.payments.loopback.store import Store

LIFETIME = 24 * 3600

_running: set[str] = set()
_guard = threading.Lock()


class Key:
    """A key and the request that it came with."""

    def __init__(self, text: str, *request: str) -> None:
        self.text = text
        self.fingerprint = hashlib.sha256("\n".join(request).encode()).hexdigest()


@contextmanager
def running(text: str) -> Iterator[None]:
    """Hold the key `text` while the block runs; raise a 409 when another request holds it."""
    with _guard:
        if text in _running:
            raise ApiError(
                409,
                "There is currently another in-progress request using this Idempotent Key.",
                kind="idempotency_error",
                code="idempotency_key_in_use",
                saved=False,
            )
        _running.add(text)
    try:
        yield
    finally:
        with _guard:
            _running.discard(text)


def replay(store: Store, key: Key) -> tuple[int, str] | None:
    """Return the stored status and body for `key`; raise a 400 when the request differs."""
    row = store.db.execute(
        "SELECT fingerprint, status, body FROM keys WHERE key = ? AND created > ?",
        (key.text, time.time() - LIFETIME),
    ).fetchone()
    if row is None:
        return None
    if row[0] != key.fingerprint:
        raise ApiError(
            400,
            "Keys for idempotent requests can only be used with the same parameters they were first"
            " used with.",
            kind="idempotency_error",
            saved=False,
        )
    return row[1], row[2]


def remember(store: Store, key: Key, status: int, body: str) -> None:
    """Store the answer that `key` replays from now on."""
    store.db.execute(
        "INSERT OR REPLACE INTO keys (key, fingerprint, created, status, body)"
        " VALUES (?, ?, ?, ?, ?)",
        (key.text, key.fingerprint, time.time(), status, body),
    )
