"""A system check: the ledger's triggers are there (SQLite drops them when a table is remade)."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from brokers.settlement import triggers

INSTALLED_BY = ("settlement", "0002_triggers")


@register(Tags.database)
def ledger_triggers(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Report each trigger that a migrated database lacks."""
    errors: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if INSTALLED_BY not in MigrationRecorder(connection).applied_migrations():
            continue
        missing = triggers.expected(connection) - triggers.present(connection)
        errors += [
            Error(
                f"The ledger's trigger {name} is missing in database {alias}.",
                hint="Call brokers.settlement.triggers.install in a migration after the one "
                "that remade the table.",
                id="settlement.E001",
            )
            for name in sorted(missing)
        ]
    return errors
