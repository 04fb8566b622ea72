"""A page of finance at the bank takes as many queries for many rows as for few."""

from typing import Any

import pytest
from django.utils import timezone

from brokers.deals import performance
from brokers.deals.models import Deal, Milestone
from brokers.payments import bank_entries, payout_lists
from brokers.payments.bank_entries import Line
from brokers.payments.models import BankStatement, PayoutAccount, PayoutList, Transfer
from brokers.settlement.models import Payout
from marketplace.outbox import effects
from marketplace.outbox.models import Effect
from tests.access.crawling import counted
from tests.deals.factories import World, pdf
from tests.deals.test_bank_pages import upload
from tests.deals.test_failed_refunds import fail, refund
from tests.factories import in_group, make_user
from tests.pages import soup, text_of
from tests.payments.statement_files import csv, row

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


def signed(*amounts: int) -> tuple[World, list[Milestone]]:
    world = World()
    world.open_accounts()
    deal = world.agreed(*amounts)
    return world, list(Milestone.objects.filter(agreement__deal=deal).order_by("position"))


def settled(world: World, milestone: Milestone) -> list[Transfer]:
    """Settle `milestone`; return the transfers that wait for finance, the largest first."""
    world.pay(milestone)
    world.settle(milestone)
    milestone.refresh_from_db()
    payouts = Payout.objects.filter(receipt=milestone.payment_reference).values("pk")
    return list(Transfer.objects.filter(reference__in=payouts).order_by("-amount"))


def owing() -> Deal:
    """Return a deal where a payment came back, an account is disabled and a complaint holds money."""
    world, (first, second) = signed(1_000_000, 500_000)
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
    line = seen(transfer, f"BACK-{transfer.code}")
    entry = bank_entries.record_return(
        order=transfer, line=line, recorded_by=world.bursar, note="no such account"
    )
    bank_entries.confirm(entry=entry, confirmed_by=world.dean)
    effects.process_due()


def seen(transfer: Transfer, reference: str) -> Line:
    today = timezone.localdate()
    return Line(amount=transfer.money, bank_reference=reference, booked_on=today, evidence=pdf())


def test_what_is_owed(visit: Any) -> None:
    finance = visit(in_group(make_user(), "Finance"))
    owing()
    finance.get("owed")
    few, page = queries(finance, "owed"), finance.get("owed")
    text = text_of(page)
    assert [reason in text for reason in REASONS] == [True] * len(REASONS), text
    rows = len(soup(page).select("tbody tr"))
    owing()
    owing()
    assert queries(finance, "owed") == few
    assert len(soup(finance.get("owed")).select("tbody tr")) == 3 * rows


def test_lines_of_a_statement(visit: Any) -> None:
    """Lines that are entered, explained, like something, entered by hand since, and unknown ones."""
    world, milestones = signed(*range(1_000_000, 400_000, -100_000))
    clerk = visit(world.dean)
    small, large = (statement(world, clerk, part) for part in (milestones[:2], milestones[2:]))
    for lines in ("open", "all"):
        clerk.get("bank_statement", small.pk, lines=lines)
        few = queries(clerk, "bank_statement", small.pk, lines=lines)
        assert queries(clerk, "bank_statement", large.pk, lines=lines) == few
    text = text_of(clerk.get("bank_statement", large.pk, lines="all"))
    for state in ("To be confirmed", "The amount agrees", "Entered already", "Nothing like it"):
        assert text.count(state) >= 2, text
    assert text.count("third quarter") == len(large.lines.filter(bank_reference__startswith="I-"))


def statement(world: World, clerk: Any, milestones: list[Milestone]) -> BankStatement:
    """Import a statement with lines about `milestones`, half of whose payouts name their codes."""
    paid = [settled(world, milestone) for milestone in milestones]
    lines = []
    for number, (told, untold) in enumerate(paid):
        purpose = "?" if number % 2 else told.code
        lines += [
            row(f"T-{told.amount}", debit=told.money.digits, purpose=purpose, number="1"),
            row(f"U-{told.amount}", debit=untold.money.digits, purpose="?", number="1"),
            row(f"I-{told.amount}", credit="3.21"),
            row(f"X-{told.amount}", credit="1.23"),
        ]
    assert upload(clerk, world, csv(*lines)).status_code == 302
    for told, _untold in paid[1::2]:
        line = seen(told, f"T-{told.amount}")
        bank_entries.record_payout(order=told, line=line, recorded_by=world.dean)
    made = BankStatement.objects.latest("imported_at")
    for one in made.lines.filter(bank_reference__startswith="I-"):
        data = {"reason": "interest", "note": "third quarter"}
        assert clerk.post("explain_line", one.pk, data=data).status_code == 302
    return made


def test_payments_on_lists(visit: Any) -> None:
    world, (first, second, third, *others) = signed(*range(1_000_000, 400_000, -100_000))
    clerk = visit(world.dean)
    small = drawn_up(world, first)
    settled(world, second)
    clerk.get("payout_lists")
    few = queries(clerk, "payout_lists")
    large = drawn_up(world, third, *others[:2])
    settled(world, others[2])
    assert len(soup(clerk.get("payout_lists")).select(".bank-orders li")) == 4
    assert queries(clerk, "payout_lists") == few
    few = queries(clerk, "payout_list", small.pk)
    assert queries(clerk, "payout_list", large.pk) == few


def drawn_up(world: World, *milestones: Milestone) -> PayoutList:
    """Draw up a list of the payouts of `milestones`."""
    orders = [order for milestone in milestones for order in settled(world, milestone)]
    return payout_lists.draw_up(
        collector=world.institution, currency="CNY", orders=orders, by=world.dean
    )


@pytest.mark.parametrize("name", ["treasury", "failures", "cash_book"])
def test_what_waits_what_failed_and_what_moved(visit: Any, name: str) -> None:
    """Transfers and refunds to be paid, paid, sent back and failed, entries to be confirmed, and what
    was given up.
    """
    finance = visit(in_group(make_user(), "Finance"))
    world, milestones = signed(*range(1_000_000, 600_000, -100_000))
    address = [
        name,
        *(("organisation", world.institution.pk, "CNY") if name == "cash_book" else ()),
    ]
    moving(world, milestones[0])
    finance.get(*address)
    few, rows = queries(finance, *address), rows_of(finance.get(*address))
    for milestone in milestones[1:]:
        moving(world, milestone)
    other, (paid, *_unpaid) = signed(1_000_000, 500_000)
    moving(other, paid)
    assert queries(finance, *address) == few
    assert rows_of(finance.get(*address)) >= 4 * rows


def moving(world: World, milestone: Milestone) -> None:
    entered, sent_back, *_waiting = settled(world, milestone)
    bank_entries.record_payout(
        order=entered, line=seen(entered, f"P-{entered.code}"), recorded_by=world.dean
    )
    send_back(world, sent_back)
    fail(world, milestone)
    refund(world, milestone)
    effects.process_due()
    fail(world, milestone)
    effect = effects.enqueue("payments.transfer", {"transfer": str(entered.pk)})
    Effect.objects.filter(pk=effect.pk).update(state="failed", last_error="no answer")


def rows_of(answer: Any) -> int:
    return len(soup(answer).select("tbody tr, #refunds ~ ul li, .bank-orders li"))
