"""Webhooks: every event is posted, signed, until the other side answers with success or never does.

Deliveries are rows of the gateway's file, so a restart carries on. They can be held back, sent in
reverse and sent several times, because a real provider promises neither order nor once.
"""

import hashlib
import hmac
import http.client
import json
import logging
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from brokers.payments.loopback.store import Store

logger = logging.getLogger(__name__)

TIMEOUT = 10
ATTEMPTS = 12
LONGEST_DELAY = 60.0


def sign(body: str, secret: str, *, timestamp: int) -> str:
    """Return the Stripe-Signature header of `body`."""
    signed = f"{timestamp}.{body}".encode()
    return f"t={timestamp},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


@dataclass
class Rules:
    """How deliveries leave: where to (empty: nowhere), held back, newest first, how many copies."""

    url: str
    held: bool = False
    newest_first: bool = False
    copies: int = 1


class Sender(threading.Thread):
    """The background thread that posts what is due and sleeps until the next is."""

    def __init__(self, store: Store, secret: str, rules: Rules) -> None:
        super().__init__(name="webhooks", daemon=True)
        self.store = store
        self.secret = secret
        self.rules = rules
        self._woken = threading.Event()
        self._stopped = False

    def wake(self) -> None:
        """Look for work now: something was committed, or the rules changed."""
        self._woken.set()

    def stop(self) -> None:
        """Finish the delivery under way and end."""
        self._stopped = True
        self._woken.set()
        self.join(timeout=TIMEOUT)

    def run(self) -> None:
        while not self._stopped:
            self._woken.clear()
            delivery = None if self.rules.held or not self.rules.url else self._next()
            if delivery is None:
                self._woken.wait(self._pause())
            else:
                self._deliver(*delivery)

    def _next(self) -> tuple[int, str, int] | None:
        direction = -1 if self.rules.newest_first else 1
        with self.store.transaction():
            return self.store.db.execute(
                "SELECT number, event, attempts FROM deliveries WHERE due <= ?"
                " ORDER BY number * ? LIMIT 1",
                (time.time(), direction),
            ).fetchone()

    def _pause(self) -> float | None:
        if self.rules.held or not self.rules.url:
            return None
        with self.store.transaction():
            due = self.store.db.execute("SELECT min(due) FROM deliveries").fetchone()[0]
        return None if due is None else max(due - time.time(), 0.01)

    def _deliver(self, number: int, event: str, attempts: int) -> None:
        with self.store.transaction():
            body = json.dumps(self.store.get("event", event))
        arrived = all(self._post(body) for _ in range(self.rules.copies))
        given_up = not arrived and attempts + 1 >= ATTEMPTS
        if given_up:
            logger.warning("webhook given up after %d attempts: %s", ATTEMPTS, event)
        with self.store.transaction():
            if arrived or given_up:
                self.store.db.execute("DELETE FROM deliveries WHERE number = ?", (number,))
            else:
                delay = min(0.5 * 2**attempts, LONGEST_DELAY)
                self.store.db.execute(
                    "UPDATE deliveries SET attempts = attempts + 1, due = ? WHERE number = ?",
                    (time.time() + delay, number),
                )

    def _post(self, body: str) -> bool:
        target = urlsplit(self.rules.url)
        connection = http.client.HTTPConnection(target.netloc, timeout=TIMEOUT)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(body, self.secret, timestamp=int(time.time())),
        }
        try:
            connection.request("POST", target.path, body.encode(), headers)
            return 200 <= connection.getresponse().status < 300
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
