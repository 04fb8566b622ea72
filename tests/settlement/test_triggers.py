"""The database itself refuses every forbidden thing, tried with raw SQL on whatever it is."""

# ruff: noqa: S608 (tables are named in statements on purpose)

import uuid
from contextlib import contextmanager

import pytest
from django.core.checks import Error
from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from brokers.settlement import models, triggers
from brokers.settlement.checks import INSTALLED_BY, ledger_triggers
from brokers.settlement.models import Account, Book, Entry, LedgerTransaction
from brokers.settlement.services import payouts, policies
from tests.factories import make_organisation, owner_of
from tests.settlement.books import SIGNED, make_deal, money

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal():
    institution = make_organisation()
    policies.add(
        organisation=institution,
        by=owner_of(institution),
        title="Policy",
        source="Document 1",
        effective_from=timezone.localdate(),
        team_tiers=[[0, None, 7000]],
    )
    deal = make_deal(via=True)
    payment = deal.receive()
    deal.settle(payment)
    deal.refund(payment, 1_000)
    payout = deal.reserve(deal.inventors[0]).pk
    payouts.settle(payout_reference=payout)
    payouts.disburse(
        payout_reference=payout, withheld=money(5), disbursed_on=SIGNED, evidence="payroll"
    )
    return deal


def contents():
    return {model: list(model.objects.order_by("pk").values()) for model in guarded_models()}


def guarded_models():
    found = {
        model._meta.db_table: model for model in vars(models).values() if hasattr(model, "_meta")
    }
    return [found[table] for table in triggers.APPEND_ONLY]


@contextmanager
def refused():
    """What happens inside fails, by a trigger or a constraint, and changes nothing."""
    before = contents()
    with pytest.raises(DatabaseError), transaction.atomic():  # noqa: PT012
        yield
        connection.check_constraints()
    assert contents() == before


def execute(sql, parameters=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def identifier():
    new = uuid.uuid4()
    return new.hex if connection.vendor == "sqlite" else new


def insert_entry(transaction_id, account, amount, currency="CNY", verb="INSERT"):
    execute(
        f"{verb} INTO settlement_entry (transaction_id, account_id, amount, currency, line)"
        " VALUES (%s, %s, %s, %s, '')",
        [transaction_id, account.pk, amount, currency],
    )


def insert_transaction(transaction_id, book, source="test", verb="INSERT"):
    book_id = book.pk.hex if connection.vendor == "sqlite" else book.pk
    execute(
        f"{verb} INTO settlement_ledgertransaction (id, book_id, kind, source, posted_at)"
        " VALUES (%s, %s, 'receipt', %s, CURRENT_TIMESTAMP)",
        [transaction_id, book_id, source],
    )


def accounts(deal):
    return {account.kind: account for account in Account.objects.filter(book=deal.reference)}


def test_a_balanced_transaction_passes(deal):
    new, own = identifier(), accounts(deal)
    insert_entry(new, own["cash"], 5)
    insert_entry(new, own["platform"], -5)
    insert_transaction(new, Book.objects.get())
    connection.check_constraints()
    assert LedgerTransaction.objects.get(source="test").entries.count() == 2


def test_an_empty_transaction_is_refused(deal):
    with refused():
        insert_transaction(identifier(), Book.objects.get())


@pytest.mark.parametrize("amounts", [(5,), (5, -4), (2**62, 2**62), (5, -5, 1)])
def test_an_unbalanced_transaction_is_refused(deal, amounts):
    new, own = identifier(), accounts(deal)
    with refused():
        for amount in amounts:
            insert_entry(new, own["cash"], amount)
        insert_transaction(new, Book.objects.get())


def test_a_transaction_in_two_currencies_is_refused(deal):
    new, own = identifier(), accounts(deal)
    dollars = Account.objects.create(
        book_id=deal.reference, kind="cash", collector_key="x", currency="USD", code="dollars"
    )
    with refused():
        insert_entry(new, own["cash"], 5)
        insert_entry(new, dollars, -5, "USD")
        insert_transaction(new, Book.objects.get())


def test_an_entry_in_another_currency_than_its_account_is_refused(deal):
    with refused():
        insert_entry(identifier(), accounts(deal)["cash"], 5, "USD")


def test_a_transaction_over_two_deals_is_refused(deal):
    other = make_deal()
    other.receive()
    new = identifier()
    with refused():
        insert_entry(new, accounts(deal)["cash"], 5)
        insert_entry(new, accounts(other)["cash"], -5)
        insert_transaction(new, Book.objects.get(pk=deal.reference))


def test_entries_without_their_transaction_are_refused(deal):
    new, own = identifier(), accounts(deal)
    with refused():
        insert_entry(new, own["cash"], 5)
        insert_entry(new, own["cash"], -5)


def test_a_posted_transaction_takes_no_more_entries(deal):
    posted = LedgerTransaction.objects.first().pk
    posted = posted.hex if connection.vendor == "sqlite" else posted
    for amounts in ((5,), (5, -5)):
        with refused():
            for amount in amounts:
                insert_entry(posted, accounts(deal)["cash"], amount)


@pytest.mark.parametrize("amount", [0, 1.5, "abc", None, str(2**63)])
def test_an_entry_of_no_whole_amount_is_refused(deal, amount):
    new, own = identifier(), accounts(deal)
    with refused():
        insert_entry(new, own["cash"], amount)
        insert_entry(new, own["cash"], -5)
        insert_transaction(new, Book.objects.get())


@pytest.mark.parametrize("table", triggers.APPEND_ONLY)
def test_no_row_is_changed_or_deleted(deal, table):
    column = triggers.APPEND_ONLY[table][0][0]
    for statement in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"DELETE FROM {table} WHERE {column} IN (SELECT {column} FROM {table})",
    ):
        with refused():
            execute(statement)
    if connection.vendor == "postgresql":
        with refused():
            execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", triggers.APPEND_ONLY)
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="REPLACE is SQLite's")
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_no_row_is_replaced_in_sqlite(deal, table, recursive):
    execute(f"PRAGMA recursive_triggers={recursive}")
    try:
        for statement in (
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
            f"REPLACE INTO {table} SELECT * FROM {table}",
            f"UPDATE OR REPLACE {table} SET rowid = rowid + 1",
        ):
            with refused():
                execute(statement)
    finally:
        execute("PRAGMA recursive_triggers=ON")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="REPLACE is SQLite's")
def test_no_transaction_is_replaced_by_its_source_in_sqlite(deal):
    execute("PRAGMA recursive_triggers=OFF")
    new, own = identifier(), accounts(deal)
    source = LedgerTransaction.objects.values_list("source", flat=True).first()
    try:
        with refused():
            insert_entry(new, own["cash"], 5)
            insert_entry(new, own["platform"], -5)
            insert_transaction(new, Book.objects.get(), source, verb="INSERT OR REPLACE")
    finally:
        execute("PRAGMA recursive_triggers=ON")


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="ON CONFLICT of PostgreSQL")
def test_no_row_is_changed_by_an_upsert(deal):
    with refused():
        execute(
            "INSERT INTO settlement_entry SELECT * FROM settlement_entry"
            " ON CONFLICT (id) DO UPDATE SET amount = 1"
        )


def test_no_row_is_changed_through_the_models(deal):
    entry = Entry.objects.first()
    entry.amount += 1
    for forbidden in (
        entry.save,
        entry.delete,
        lambda: Entry.objects.update(amount=1),
        deal.plan.delete,
        lambda: type(deal.plan).objects.update(text="{}"),
    ):
        with refused():
            forbidden()


def test_every_table_has_its_triggers_and_every_unique_key_is_guarded():
    assert triggers.expected(connection) <= triggers.present(connection)
    for model in guarded_models():
        keys = {(model._meta.pk.column,)}
        keys |= {(field.column,) for field in model._meta.local_fields if field.unique}
        for constraint in model._meta.total_unique_constraints:
            fields = map(model._meta.get_field, constraint.fields)
            keys.add(tuple(field.column for field in fields))
        assert keys == set(triggers.APPEND_ONLY[model._meta.db_table])


def test_the_system_check_names_a_missing_trigger():
    assert ledger_triggers(databases=["default"]) == []
    assert ledger_triggers(databases=None) == []
    name = sorted(triggers.expected(connection))[0]
    on_table = " ON settlement_account" if connection.vendor == "postgresql" else ""
    execute(f"DROP TRIGGER {name}{on_table}")
    (error,) = ledger_triggers(databases=["default"])
    assert isinstance(error, Error)
    assert name in error.msg
    triggers.install(connection)
    assert ledger_triggers(databases=["default"]) == []


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite cannot switch them off")
def test_the_system_check_names_a_trigger_that_is_switched_off():
    execute("ALTER TABLE settlement_entry DISABLE TRIGGER settlement_entry_check")
    assert [error.id for error in ledger_triggers(databases=["default"])] == ["settlement.E001"]


def test_the_system_check_waits_for_the_migration():
    triggers.remove(connection)
    assert ledger_triggers(databases=["default"])
    MigrationRecorder(connection).record_unapplied(*INSTALLED_BY)
    assert ledger_triggers(databases=["default"]) == []
