"""Transactional tests leave an empty database and the ledger's triggers behind."""

import pytest
from django.core.management import call_command
from django.db import connection

from brokers.settlement import triggers
from brokers.settlement.models import Entry
from tests.settlement.books import make_deal


@pytest.mark.django_db(transaction=True)
def test_a_flush_empties_the_ledger_and_keeps_its_triggers():
    make_deal().receive()
    call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
    assert not Entry.objects.exists()
    assert triggers.expected(connection) <= triggers.present(connection)
