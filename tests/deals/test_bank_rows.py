"""A page of finance at the bank takes as many queries for many rows as for few."""

from typing import Any

import pytest
from django.utils import timezone

from brokers.deals import performance
from brokers.deals.models import Deal, Milestone
from brokers.payments import bank_entries
from brokers.payments.bank_entries import Line
from brokers.payments.models import PayoutAccount, Transfer
from marketplace.outbox import effects
from tests.access.crawling import counted
from tests.deals.factories import World, pdf
from tests.factories import in_group, make_user
from tests.pages import soup, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bank_only")]

REASONS = (
    "The last payment failed: no such account",
    "The payee's account was disabled by the payment service.",
    "It waits until the complaint of",
)


def queries(client: Any, *address: Any, **query: str) -> int:
    with counted() as statements:
        assert client.get(*address, **query).status_code == 200
    return len(statements)


def signed() -> tuple[World, Milestone, Milestone]:
    world = World()
    world.open_accounts()
    deal = world.agreed(1_000_000, 500_000)
    first, second = Milestone.objects.filter(agreement__deal=deal).order_by("position")
    return world, first, second


def owing() -> Deal:
    """Return a deal where a payment came back, an account is disabled and a complaint holds money."""
    world, first, second = signed()
    PayoutAccount.objects.filter(user=world.broker).update(status="disabled")
    world.pay(first)
    world.settle(first)
    world.pay(second)
    performance.deliver(milestone=second, by=world.researcher)
    performance.accept(milestone=second, by=world.buyer)
    effects.process_due()
    world.complain(second)
    send_back(
        world, Transfer.objects.filter(account__user=world.researcher).earliest("requested_at")
    )
    return first.agreement.deal


def send_back(world: World, transfer: Transfer) -> None:
    line = Line(
        amount=transfer.money,
        bank_reference=f"BACK-{transfer.code}",
        booked_on=timezone.localdate(),
        evidence=pdf(),
    )
    entry = bank_entries.record_return(
        order=transfer, line=line, recorded_by=world.bursar, note="no such account"
    )
    bank_entries.confirm(entry=entry, confirmed_by=world.dean)
    effects.process_due()


def test_what_is_owed(visit: Any) -> None:
    finance = visit(in_group(make_user(), "Finance"))
    owing()
    finance.get("owed")
    few, page = queries(finance, "owed"), finance.get("owed")
    text = text_of(page)
    assert [reason in text for reason in REASONS] == [True] * len(REASONS), text
    rows = len(soup(page).select("tbody tr"))
    owing(), owing()
    assert queries(finance, "owed") == few
    assert len(soup(finance.get("owed")).select("tbody tr")) == 3 * rows
