"""The books against gateways and banks: no difference where all is well, each one down to its row."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from brokers.deals.reading.bank import comparison, reconciliation
from brokers.payments.models import BankStatement, Charge, Transfer
from brokers.settlement.models import Receipt
from marketplace.money import Money
from tests.deals.factories import World
from tests.deals.test_bank_pages import row, upload
from tests.factories import in_group, make_administrator, make_user
from tests.pages import text_of
from tests.payments.statement_files import csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(banked) -> World:
    banked.pay(banked.first)
    banked.settle(banked.first)
    banked.pay_by_hand(Transfer.objects.order_by("pk")[0])
    banked.key = f"organisation:{banked.institution.pk}"
    return banked


def book(world: World) -> tuple[str, str, int, str]:
    return "cash_book", "organisation", world.institution.pk, "CNY"


def test_all_is_well_and_every_row_of_cash_is_shown(world: World, visit) -> None:
    (found,) = reconciliation.rows(world.dean)
    assert (found.difference, found.is_clear) == (Money(0, "CNY"), True)
    paid = Transfer.objects.get(state="paid").money
    assert found.held == Money(1_000_000, "CNY") - paid
    page = text_of(visit(world.dean).get("reconciliation"))
    assert "in order" in page
    assert "Count again" not in page, "the whole ledger is the platform's finance's"
    shown = text_of(visit(world.dean).get(*book(world)))
    assert "10,000.00" in shown
    assert world.deal.reference in shown
    text = visit(world.dean).get("cash_book_csv", *book(world)[1:]).content.decode("utf-8-sig")
    last = text.splitlines()[-1].split(",")
    assert last[-2:] == [found.held.digits, "CNY"]


def test_the_balance_goes_on_from_what_was_before(world: World, visit) -> None:
    whole = list(reconciliation.cash_book(world.key, "CNY"))
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert list(reconciliation.cash_book(world.key, "CNY", since=tomorrow)) == []
    today = list(reconciliation.cash_book(world.key, "CNY", since=timezone.localdate()))
    assert [e.balance for e in today] == [e.balance for e in whole]
    assert whole[-1].balance == sum(e.amount for e in whole)
    odd = visit(world.dean).client.get(
        visit(world.dean).get(*book(world)).request["PATH_INFO"] + "?since=x&until=\x00&page=9999"
    )
    assert odd.status_code == 200


def test_finance_counts_the_whole_ledger(world: World, visit) -> None:
    finance = visit(in_group(make_user(), "Finance"))
    assert "Every transaction balances" in text_of(finance.get("reconciliation", count="1"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE settlement_payout SET amount = amount + 1")
    assert "payouts on their way differ" in text_of(finance.get("reconciliation", count="1"))
    assert "differ" not in text_of(visit(world.dean).get("reconciliation", count="1"))


def test_a_row_that_is_on_one_side_only_is_named(world: World, visit) -> None:
    assert comparison.differing_rows(world.key, "CNY") == []
    charge = world.pay(world.second)
    Charge.objects.filter(pk=charge.pk).update(state="open", fee=None)
    (lost,) = comparison.differing_rows(world.key, "CNY")
    assert (str(lost.what), lost.reference) == ("in the books, but not paid", str(charge.pk))
    Charge.objects.filter(pk=charge.pk).update(state="paid", fee=0, amount=499_999)
    (other,) = comparison.differing_rows(world.key, "CNY")
    assert other.amount == Money(500_000, "CNY")
    Charge.objects.filter(pk=charge.pk).update(amount=500_000)
    Transfer.objects.filter(state="paid").update(state="sent")
    (closed,) = comparison.differing_rows(world.key, "CNY")
    assert "not paid out" in str(closed.what)
    Transfer.objects.filter(state="by_hand").update(state="paid")
    assert len(comparison.differing_rows(world.key, "CNY")) == 2
    assert "not paid out" in text_of(visit(world.dean).get(*book(world)))


def test_money_that_the_books_do_not_know_is_a_difference(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payments_bankreceipt SET amount = amount + 5")
    (found,) = reconciliation.rows(world.dean)
    assert found.difference == Money(5, "CNY")
    assert not found.is_clear
    assert Receipt.objects.count() == 1


def test_statement_and_books_are_compared_line_by_line(world: World, visit) -> None:
    clerk = visit(world.dean)
    other = row("X-1", credit="77.00", day="2026-01-02", purpose="not ours")
    upload(clerk, world, csv(other))
    assert BankStatement.objects.count() == 1
    (found,) = reconciliation.rows(world.dean)
    assert (found.open_lines, found.missing) == (1, 1)
    page = text_of(clerk.get(*book(world)))
    assert "X-1" in page
    assert Charge.objects.get().code in page, "the receipt of that day is on no statement"


def test_others_find_nothing(world: World, visit) -> None:
    stranger = World()
    for person in (world.researcher, world.broker, world.buyer, stranger.dean, make_user()):
        assert visit(person).get(*book(world)).status_code == 404
        assert visit(person).get("cash_book_csv", *book(world)[1:]).status_code == 404
        page = visit(person).get("reconciliation")
        assert page.status_code == 404 or "Sample university" not in text_of(page)
    staff = visit(make_administrator())
    assert staff.get(*book(world)).status_code == 200
    for odd in (
        ("cash_book", "organisation", 10**12, "CNY"),
        ("cash_book", "x", 1, "CNY"),
        ("cash_book", "organisation", world.institution.pk, "UGX"),
        ("cash_book", "organisation", world.institution.pk, "cny"),
    ):
        assert staff.get(*odd).status_code == 404
