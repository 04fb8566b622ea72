"""A database of its own for tests that need several connections and real commits."""

import sqlite3
from contextlib import contextmanager

import pytest
from django.db import connection, connections


@pytest.fixture
def connect(django_db_setup, django_db_blocker, tmp_path):
    """Yield a context manager that connects a thread to a private copy of the test database.

    The copy goes with the test, so nothing has to be flushed (the ledger refuses deletion).
    """
    with django_db_blocker.unblock():
        copy = _sqlite_copy if connection.vendor == "sqlite" else _postgresql_copy
        with copy(tmp_path) as name:

            @contextmanager
            def connected():
                shared = connections["default"]
                own = shared.copy()
                own.settings_dict = {**own.settings_dict, "NAME": name}
                connections["default"] = own
                try:
                    yield own
                finally:
                    own.close()
                    connections["default"] = shared

            yield connected


@contextmanager
def _sqlite_copy(folder):
    name = folder / "copy.sqlite3"
    connection.ensure_connection()
    with sqlite3.connect(name) as copy:
        connection.connection.backup(copy)
    copy.close()
    yield str(name)


@contextmanager
def _postgresql_copy(_folder):
    original = connection.settings_dict["NAME"]
    name = f"{original}_copy"  # each worker of the suite has its own
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
    try:
        yield name
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
