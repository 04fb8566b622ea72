"""The gateway's file: every object as one JSON row, changed only inside a transaction.

One connection serves all threads, one transaction at a time, so that what a request reads it may
rely on when it writes.
"""

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from brokers.payments.loopback.errors import missing

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL,
    account TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, account);
CREATE TABLE IF NOT EXISTS keys (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, created REAL NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY, event TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL);
"""


def new_id(prefix: str) -> str:
    """Return an id nobody can guess, with Stripe's prefix for the kind of object."""
    return f"{prefix}_{secrets.token_hex(12)}"


def now() -> int:
    """Return the time in whole seconds, as Stripe's objects carry it."""
    return int(time.time())


class Store:
    """Objects by id and by kind; an `account` of "" is the platform itself."""

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.RLock()
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_SCHEMA}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block alone; keep what it wrote, unless it raises."""
        with self._lock:
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def put(self, body: dict[str, Any], *, account: str = "") -> dict[str, Any]:
        """Store `body` under its id as it now is, and return it."""
        self.db.execute(
            "INSERT INTO objects (id, kind, account, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (body["id"], body["object"], account, json.dumps(body)),
        )
        return body

    def get(self, kind: str, object_id: str) -> dict[str, Any]:
        """Return the object of `kind` with `object_id`; raise a 404 when there is none."""
        row = self.db.execute(
            "SELECT body FROM objects WHERE id = ? AND kind = ?", (object_id, kind)
        ).fetchone()
        if row is None:
            raise missing(kind, object_id)
        return json.loads(row[0])

    def find(self, kind: str, *, account: str = "", **fields: Any) -> list[dict[str, Any]]:
        """Return the objects of `kind` whose `fields` are equal, the newest first."""
        rows = self.db.execute(
            "SELECT body FROM objects WHERE kind = ? AND account = ? ORDER BY number DESC",
            (kind, account),
        )
        found = (json.loads(row[0]) for row in rows)
        return [body for body in found if all(body.get(k) == v for k, v in fields.items())]

    def clear(self) -> None:
        """Forget everything."""
        for statement in ("DELETE FROM objects", "DELETE FROM keys", "DELETE FROM deliveries"):
            self.db.execute(statement)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self.db.close()
