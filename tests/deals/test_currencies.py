"""One currency per agreement, from the bank's file to the statement; no total ever mixes two."""

import csv as reader
import io
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from brokers.deals import agreements
from brokers.deals.models import Agreement, Deal, Milestone
from brokers.deals.reading.bank import lists, reconciliation
from brokers.deals.reading.statement import party_statement
from brokers.payments import payout_lists
from brokers.payments.models import Transfer
from brokers.settlement.plan import Payee, PayeeKind
from marketplace.money import Money, decimals
from tests.deals.card import ledger_check
from tests.deals.factories import World
from tests.pages import text_of

pytestmark = pytest.mark.django_db

CURRENCIES = ["CNY", "USD", "EUR", "HKD", "JPY"]


def agreed(world: World, currency: str, *amounts: int) -> Deal:
    deal = world.negotiating()
    rows: list[Any] = world.milestones(*amounts)
    milestones = [{**row, "amount": Money(row["amount"].amount, currency)} for row in rows]
    terms = world.terms() | {"currency": currency}
    draft = agreements.save_draft(
        deal=deal, terms=terms, milestones=milestones, author=world.broker
    )
    world.sign(agreements.propose(agreement=draft, author=world.broker))
    return Deal.objects.get(pk=deal.pk)


@pytest.fixture
def world(bank_only) -> World:
    world = World()
    world.open_accounts()
    return world


def paid_and_settled(world: World, currency: str, amount: int) -> Deal:
    deal = agreed(world, currency, amount)
    milestone = Milestone.objects.get(agreement__deal=deal)
    world.pay(milestone)
    world.settle(milestone)
    return deal


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_deal_in_each_currency_adds_up(world: World, currency) -> None:
    deal = paid_and_settled(world, currency, 1_000_001)
    for transfer in Transfer.objects.filter(state="by_hand"):
        world.pay_by_hand(transfer)
    assert ledger_check() == ""
    (row,) = reconciliation.rows(world.dean)
    assert (row.standing.currency, row.difference) == (currency, Money(0, currency))
    (page,) = party_statement(deal.pk, Payee(PayeeKind.USER, world.researcher.pk)).pages
    shares = [line for line in page.lines if line.label == "Your share"]
    assert shares[0].amount == Money(658_001, currency), "70 % of what 6 % tax leaves"
    assert decimals(currency) == (0 if currency == "JPY" else 2)


def test_amounts_of_another_currency_are_not_part_of_an_agreement(world: World) -> None:
    deal = world.negotiating()
    rows: list[Any] = world.milestones(1_000_000)
    for wrong in ({"amount": Money(5, "USD")}, {"costs": [("Patent", Money(5, "USD"))]}):
        with pytest.raises(ValidationError, match="one currency"):
            agreements.save_draft(
                deal=deal,
                terms=world.terms(),
                milestones=[{**rows[0], **wrong}],
                author=world.broker,
            )
    assert not Agreement.objects.exists()


def test_one_collector_in_two_currencies_has_two_totals_everywhere(world: World, visit) -> None:
    paid_and_settled(world, "CNY", 1_000_000)
    other = World()
    other.institution, other.dean, other.bursar = world.institution, world.dean, world.bursar
    other.researcher, other.result = world.researcher, world.result
    paid_and_settled(other, "USD", 500_000)
    found = {row.standing.currency: row for row in reconciliation.rows(world.dean)}
    assert {code: row.standing.here.amount for code, row in found.items()} == {
        "CNY": 1_000_000,
        "USD": 500_000,
    }
    batches = {batch.currency: batch for batch in lists.batches(world.dean)}
    assert set(batches) == {"CNY", "USD"}
    for currency, batch in batches.items():
        assert batch.total.currency == currency
        assert {order.currency for order in batch.orders} == {currency}
    with pytest.raises(ValidationError, match="one payer and currency"):
        payout_lists.draw_up(
            collector=world.institution,
            currency="CNY",
            orders=[*batches["CNY"].orders, *batches["USD"].orders],
            by=world.dean,
        )
    for currency in ("CNY", "USD"):
        args = ("organisation", world.institution.pk, currency)
        page = text_of(visit(world.dean).get("cash_book", *args))
        assert ("USD" if currency == "CNY" else "CNY") not in page.replace("CNY – Chinese", "")
        text = visit(world.dean).get("cash_book_csv", *args).content.decode("utf-8-sig")
        rows = list(reader.DictReader(io.StringIO(text)))
        assert {row["Currency"] for row in rows} == {currency}
        balance = found[currency].standing.here.digits
        assert rows[-1]["Balance"] == balance
