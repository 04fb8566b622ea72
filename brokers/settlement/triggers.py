"""Database triggers that keep the ledger true even against raw SQL, on SQLite and PostgreSQL.

Invariant: a transaction is inserted after its entries and only if these exist, balance, are in one
currency and belong to its books; after that nothing is added to it. Rows of the tables below are
never changed, replaced or deleted. `install` brings a database to this state from any other; a
migration that remakes one of the tables (SQLite drops its triggers then) is followed by `install`.
"""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

_P = "settlement_"
APPEND_ONLY: dict[str, tuple[tuple[str, ...], ...]] = {
    f"{_P}book": (("deal_reference",),),
    f"{_P}account": (("id",), ("book_id", "code")),
    f"{_P}ledgertransaction": (("id",), ("source",)),
    f"{_P}entry": (("id",),),
    f"{_P}policy": (("id",), ("organisation_id", "version")),
    f"{_P}splitplan": (("id",), ("deal_reference", "version")),
    f"{_P}splitshare": (("id",),),
    f"{_P}receipt": (("payment_reference",),),
    f"{_P}settlement": (("id",), ("receipt_id",), ("transaction_id",)),
    f"{_P}allocation": (("id",), ("settlement_id", "key")),
    f"{_P}refund": (("refund_reference",), ("undoes_id",)),
    f"{_P}reversal": (("id",), ("refund_id", "allocation_id")),
    f"{_P}disbursement": (("id",), ("payout_id",)),
}
"""Tables whose rows are only added, with their unique keys (by which a row could be replaced)."""

_ENTRY, _TRANSACTION = f"{_P}entry", f"{_P}ledgertransaction"
_OF_NEW = (
    "FROM settlement_entry e JOIN settlement_account a ON a.id = e.account_id"
    " WHERE e.transaction_id = NEW.id"
)
_CHECKS = (
    (f"NOT EXISTS (SELECT 1 {_OF_NEW})", "a transaction needs entries"),
    (f"(SELECT SUM(e.amount) {_OF_NEW}) <> 0", "entries of a transaction must balance"),
    (f"(SELECT COUNT(DISTINCT e.currency) {_OF_NEW}) > 1", "a transaction has one currency"),
    (f"EXISTS (SELECT 1 {_OF_NEW} AND a.book_id <> NEW.book_id)", "entries belong to one deal"),
)
_CLOSED = "EXISTS (SELECT 1 FROM settlement_ledgertransaction t WHERE t.id = NEW.transaction_id)"
_FOREIGN = (
    "NOT EXISTS (SELECT 1 FROM settlement_account a"
    " WHERE a.id = NEW.account_id AND a.currency = NEW.currency)"
)
_ENTRY_CHECKS = (
    (_CLOSED, "a posted transaction takes no more entries"),
    (_FOREIGN, "an entry has the currency of its account"),
)


def expected(connection: BaseDatabaseWrapper) -> set[str]:
    """Return the names of the triggers that the existing tables of the ledger should have."""
    return {name for name, _table, _statement in _triggers(connection)}


def present(connection: BaseDatabaseWrapper) -> set[str]:
    """Return the names of the triggers that the database has and has not switched off."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()}


def install(connection: BaseDatabaseWrapper) -> None:
    """Create every trigger anew on the tables that exist."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in _postgresql_functions():
                cursor.execute(statement)
        for _name, _table, statement in _triggers(connection):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop every trigger."""
    with connection.cursor() as cursor:
        for name, table, _statement in _triggers(connection):
            on_table = "" if connection.vendor == "sqlite" else f" ON {table}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def _triggers(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str, str]]:
    """Yield name, table and statement of each trigger of the tables that exist."""
    make = _sqlite if connection.vendor == "sqlite" else _postgresql
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    for name, table, statement in make():
        if table in tables:
            yield name, table, statement


def _sqlite() -> Iterator[tuple[str, str, str]]:
    for table, keys in APPEND_ONLY.items():
        for event in ("update", "delete"):
            refusal = f"{table}: rows are only added"
            yield _sqlite_trigger(f"{table}_no_{event}", event.upper(), table, "1", refusal)
        taken = f"EXISTS (SELECT 1 FROM {table} o WHERE {_same_row(keys)})"  # noqa: S608
        refusal = f"UNIQUE: {table} has this row"
        yield _sqlite_trigger(f"{table}_no_replace", "INSERT", table, taken, refusal)
    whole = ("typeof(NEW.amount) <> 'integer'", "amounts are integers")
    for table, checks in ((_ENTRY, (*_ENTRY_CHECKS, whole)), (_TRANSACTION, _CHECKS)):
        for number, (condition, message) in enumerate(checks, 1):
            yield _sqlite_trigger(f"{table}_check_{number}", "INSERT", table, condition, message)


def _same_row(keys: tuple[tuple[str, ...], ...]) -> str:
    return " OR ".join(
        "(" + " AND ".join(f"o.{column} = NEW.{column}" for column in key) + ")" for key in keys
    )


def _sqlite_trigger(
    name: str, event: str, table: str, condition: str, message: str
) -> tuple[str, str, str]:
    return (
        name,
        table,
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{message}'); END",
    )


def _postgresql() -> Iterator[tuple[str, str, str]]:
    for table in APPEND_ONLY:
        for name, event, each in (
            (f"{table}_no_change", "UPDATE OR DELETE", "ROW"),
            (f"{table}_no_truncate", "TRUNCATE", "STATEMENT"),
        ):
            yield (
                name,
                table,
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each}"
                f" EXECUTE FUNCTION {_P}refuse()",
            )
    for table, function in ((_ENTRY, "check_entry"), (_TRANSACTION, "check_transaction")):
        yield (
            f"{table}_check",
            table,
            f"CREATE TRIGGER {table}_check BEFORE INSERT ON {table} FOR EACH ROW"
            f" EXECUTE FUNCTION {_P}{function}()",
        )


def _postgresql_functions() -> Iterator[str]:
    code = "USING ERRCODE = 'integrity_constraint_violation'"
    refusal = f"RAISE EXCEPTION '%: rows are only added', TG_TABLE_NAME {code};"
    yield _function("refuse", f"{refusal} RETURN NULL;")
    for name, checks in (("check_entry", _ENTRY_CHECKS), ("check_transaction", _CHECKS)):
        body = " ".join(
            f"IF {condition} THEN RAISE EXCEPTION '{message}' {code}; END IF;"
            for condition, message in checks
        )
        yield _function(name, f"{body} RETURN NEW;")


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {_P}{name}() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN {body} END $$"
    )
