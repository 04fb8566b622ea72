"""Several workers that start at the same moment, each with a connection of its own, and real commits."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, connections

from brokers.settlement.errors import SettlementError

WORKERS = 8

needs_postgresql = pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="SQLite has one writer at a time; its tests share one database in memory",
)


@pytest.fixture
def at_once(transactional_db: None) -> Iterator[None]:
    """Real transactions, for tests whose threads and servers have connections of their own.

    PostgreSQL empties tables by TRUNCATE afterwards, which the ledger's triggers refuse: they do not
    fire for this last act.
    """
    yield
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Make `calls` at the same moment, a thread each; return what came back, or the refusal, in order.

    Whatever else is raised, a deadlock for one, fails the test.
    """
    gate = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)
    broken: list[BaseException] = []

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = calls[number]()
        except (PermissionDenied, SettlementError, ValidationError) as refusal:
            results[number] = refusal
        except BaseException as error:  # noqa: BLE001  raised again by the caller's thread
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if broken:
        raise broken[0]
    return results


def refusals(results: list[Any]) -> list[Exception]:
    """Return what of `results` was refused."""
    return [one for one in results if isinstance(one, Exception)]
