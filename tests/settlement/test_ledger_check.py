"""`ledger_check` finds whatever is wrong, and nothing when all is well."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from brokers.payments.gateway import OutcomeUnknown
from brokers.settlement import triggers
from brokers.settlement.proofs import cash_differences, differences, proofs
from brokers.settlement.services import payouts
from tests.settlement.books import make_deal

pytestmark = pytest.mark.django_db

CORRUPTIONS = {
    "transaction without entries": "DELETE FROM settlement_entry WHERE transaction_id IN"
    " (SELECT id FROM settlement_ledgertransaction WHERE kind = 'payout_reserved')",
    "transaction does not balance": "UPDATE settlement_entry SET amount = amount + 1"
    " WHERE id = (SELECT MIN(id) FROM settlement_entry)",
    "wrong side or in two currencies": "UPDATE settlement_account SET currency = 'USD'"
    " WHERE kind = 'cash'",
    "not gross = deductions": "UPDATE settlement_settlement SET net_amount = net_amount + 1",
    "ledger rows differ": "UPDATE settlement_entry SET line = 'x' WHERE line = 'tax:1'",
    "more refunded than received": "UPDATE settlement_refund SET amount = amount + 999999",
    "not taken back": "UPDATE settlement_refund SET amount = amount + 1",
    "more taken back than": "UPDATE settlement_reversal SET amount = 99999999",
    "held without a complaint": "DELETE FROM settlement_hold",
    "payouts on their way differ": "UPDATE settlement_payout SET amount = amount + 1",
    "text of a plan was changed": "UPDATE settlement_splitplan SET text = '{}'",
    "trigger is missing": None,
}


@pytest.fixture
def deal():
    deal = make_deal()
    payment = deal.receive()
    deal.settle(payment)
    deal.refund(payment, 1_000)
    deal.reserve(deal.inventors[0])
    deal.pay_out(deal.brokerage)
    deal.settle(deal.receive())
    deal.hold(deal.payments[1])
    return deal


def check(**options):
    out, err = StringIO(), StringIO()
    with translation.override("en"):
        try:
            call_command("ledger_check", stdout=out, stderr=err, **options)
        except CommandError as error:
            return f"{err.getvalue()}{error}"
    return out.getvalue()


def test_sound_books_pass(deal):
    assert list(differences()) == []


@pytest.mark.parametrize("finding", CORRUPTIONS)
def test_each_corruption_is_found(deal, finding):
    triggers.remove(connection)
    if statement := CORRUPTIONS[finding]:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        triggers.install(connection)
    with translation.override("en"):
        assert any(finding in line for line in differences())


def test_every_proof_is_tried(deal):
    with translation.override("en"):
        for message in (
            message for messages, _query in proofs(connection.vendor) for message in messages
        ):
            assert any(finding in str(message) for finding in CORRUPTIONS)


def test_cash_is_compared_with_what_the_collectors_hold(deal):
    cash, way = deal.balances["cash"], -deal.balances["in_flight"]
    for held in (cash, cash - way, cash - way // 2):
        assert list(cash_differences({("platform", "CNY"): held})) == []
    with translation.override("en"):
        for held in (cash + 1, cash - way - 1):
            (line,) = cash_differences({("platform", "CNY"): held})
            assert line.startswith("platform holds ")
        assert len(list(cash_differences({}))) == 1
        assert len(list(cash_differences({("platform", "USD"): 5, ("platform", "CNY"): cash}))) == 1


def test_cash_without_anything_on_its_way_must_be_equal(deal):
    payouts.fail(payout_reference=deal.reserve(deal.institution).pk)
    deal.pay_out(deal.institution)
    for payout in payouts.Payout.objects.filter(state="reserved"):
        payouts.settle(payout_reference=payout.pk)
    cash = deal.balances["cash"]
    assert list(cash_differences({("platform", "CNY"): cash})) == []
    assert list(cash_differences({("platform", "CNY"): cash - 1}))


def test_the_command_says_what_it_proved(deal):
    assert check(books_only=True).startswith("The ledger holds: ")


def test_the_command_asks_the_gateways(deal, monkeypatch):
    module = "brokers.settlement.management.commands.ledger_check.collector_balances"
    cash = deal.balances["cash"]
    monkeypatch.setattr(module, lambda: {("platform", "CNY"): cash})
    assert check().startswith("The ledger holds: ")
    monkeypatch.setattr(module, lambda: {("platform", "CNY"): cash + 5})
    assert check().endswith("1 difference found.")
    assert "platform holds" in check()


def test_the_command_fails_when_a_gateway_does_not_answer(deal, monkeypatch):
    def silent():
        raise OutcomeUnknown("no answer")

    monkeypatch.setattr(
        "brokers.settlement.management.commands.ledger_check.collector_balances", silent
    )
    assert "A gateway did not say what it holds: no answer" in check()
