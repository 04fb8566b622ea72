"""Lets the test runner empty the database between transactional tests: the ledger refuses deletion.

Only the tests may do this; `manage.py flush` is refused by the triggers as any other deletion is.
"""

from collections.abc import Iterator

import pytest
from django.db.backends.base.operations import BaseDatabaseOperations

from brokers.settlement import triggers


@pytest.fixture(autouse=True, scope="session")
def flush_past_the_ledger() -> Iterator[None]:
    """Take the ledger's triggers away while a flush lasts."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def lifted(operations: BaseDatabaseOperations, statements: list[str]) -> None:
        triggers.remove(operations.connection)
        try:
            flush(operations, statements)
        finally:
            triggers.install(operations.connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", lifted)
        yield
