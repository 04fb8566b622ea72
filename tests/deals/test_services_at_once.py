"""People who act on one deal at the same moment: a complaint, what it holds, and what goes on.

Whoever comes first, the books add up, nothing that a complaint holds leaves, and one decision counts.
"""

from functools import partial
from typing import Any

import pytest

from brokers.deals import complaints, performance
from brokers.deals.models import Complaint, Deal, Milestone
from brokers.deals.stages import Stage
from brokers.payments import bank_entries, payout_lists
from brokers.payments.bank_entries import Line
from brokers.payments.models import BankPayout, Order, PayoutItem, PayoutList, Refund, Transfer
from brokers.settlement.models import Payout, Settlement
from marketplace.money import Money
from marketplace.outbox import effects
from marketplace.outbox.models import Effect
from tests.deals.card import ledger_check
from tests.deals.factories import World, pdf
from tests.factories import make_administrator
from tests.payments.conftest import settle
from tests.together import at_once, needs_postgresql, refusals, together

__all__ = ["at_once"]

pytestmark = [pytest.mark.usefixtures("at_once"), needs_postgresql]


@pytest.fixture
def world(at_once, banked) -> World:
    """A deal with one milestone settled, whose payouts wait at the bank, and one delivered."""
    banked.pay(banked.first)
    banked.settle(banked.first)
    banked.pay(banked.second)
    performance.deliver(milestone=banked.second, by=banked.researcher)
    return banked


@pytest.fixture
def payout_list(world) -> PayoutList:
    """A list with all that is to be paid, which somebody else releases."""
    orders = list(Transfer.objects.filter(state=Order.State.BY_HAND))
    return payout_lists.draw_up(
        collector=world.institution, currency="CNY", orders=orders, by=world.dean
    )


def recording(world: World, transfer: Transfer) -> partial:
    line = Line(
        amount=transfer.money,
        bank_reference=str(transfer.pk),
        booked_on=transfer.requested_at.date(),
        evidence=pdf(),
    )
    return partial(bank_entries.record_payout, order=transfer, line=line, recorded_by=world.bursar)


def paid_by(milestone: Milestone) -> Any:
    return Milestone.objects.values_list("payment_reference", flat=True).get(pk=milestone.pk)


def pay_everything(world: World) -> None:
    """Let everything come to its end, and look at the books."""
    settle()
    for order in (*Refund.objects.all(), *Transfer.objects.filter(state=Order.State.BY_HAND)):
        for entry in order.bank_payouts.filter(state="recorded"):
            bank_entries.confirm(entry=entry, confirmed_by=world.dean)
        order.refresh_from_db()
        if order.state == Order.State.BY_HAND:
            world.pay_by_hand(order)
    settle()
    assert not Transfer.objects.filter(state__in=Order.OPEN).exists()
    assert not Effect.objects.filter(state=Effect.State.FAILED).exists()
    assert ledger_check() == ""


@pytest.mark.parametrize("about", ["first", "second", "deal"])
def test_a_complaint_an_acceptance_and_a_release(world, payout_list, about) -> None:
    milestone = world.second if about == "second" else world.first
    complain = partial(world.complain, milestone, kind="payment", whole=about == "deal")
    answers = together(
        complain,
        complain,
        partial(performance.accept, milestone=world.second, by=world.buyer),
        partial(performance.accept, milestone=world.second, by=world.buyer),
        partial(payout_lists.release, payout_list=payout_list, by=world.bursar),
        effects.process_due,
        effects.process_due,
        effects.process_due,
    )
    assert len(refusals(answers[:2])) == 1
    complaint = Complaint.objects.get()
    settle()
    at_bank = PayoutItem.objects.filter(payout_list__state=PayoutList.State.RELEASED)
    waiting = Transfer.objects.filter(state__in=Order.OPEN).exclude(
        pk__in=at_bank.values("transfer")
    )
    assert not Transfer.objects.filter(held=True, pk__in=at_bank.values("transfer")).exists()
    covered = Payout.objects.filter(
        **({} if complaint.milestone is None else {"receipt": paid_by(milestone)})
    )
    is_held = {t.pk: t.held for t in waiting}
    about_it = set(waiting.filter(reference__in=covered.values("pk")).values_list("pk", flat=True))
    assert {pk for pk, held in is_held.items() if held} == about_it
    is_split = Settlement.objects.filter(receipt=paid_by(world.second)).exists()
    was_refused = any(isinstance(one, Exception) for one in answers[2:4])
    if about == "first":
        assert is_split, "the other milestone goes on, whoever came first"
    elif about == "deal":
        assert is_split != was_refused
    else:
        assert not was_refused
    world.decide(complaint, "dismissed")
    world.settle(world.second)
    pay_everything(world)
    assert Deal.objects.get(pk=world.deal.pk).stage == Stage.COMPLETED
    assert Settlement.objects.count() == 2


def test_eight_decide_one_complaint(world) -> None:
    complaint = world.complain(world.first)
    judges = [make_administrator() for _number in range(5)]
    decide = partial(complaints.decide, complaint=complaint, reason="It is so.")
    part = [Money(amount, "CNY") for amount in (100_000, 200_000, 300_000)]
    decided = together(
        *[
            partial(decide, outcome="partial", amount=amount, by=judge)
            for amount, judge in zip(part, judges, strict=False)
        ],
        partial(decide, outcome="full", by=judges[3]),
        partial(decide, outcome="dismissed", by=judges[4]),
        partial(complaints.withdraw, complaint=complaint, by=world.buyer),
        effects.process_due,
        recording(world, Transfer.objects.order_by("pk")[0]),
    )
    assert len(refusals(decided[:6])) == 5
    complaint.refresh_from_db()
    assert complaint.state != Complaint.State.OPEN
    assert Refund.objects.count() == (complaint.amount is not None)
    if complaint.amount is not None:
        assert Refund.objects.get().amount == complaint.amount
    settle()
    assert not Transfer.objects.filter(held=True, state__in=Order.OPEN).exists()
    pay_everything(world)


def test_a_complaint_and_what_is_recorded_at_the_bank(world) -> None:
    """Each transfer is recorded as paid or waits for the decision, never both."""
    transfers = list(Transfer.objects.filter(state=Order.State.BY_HAND).order_by("-pk"))
    complain = partial(world.complain, world.first)
    together(complain, *[recording(world, transfer) for transfer in transfers], complain)
    recorded = set(BankPayout.objects.values_list("transfer", flat=True))
    held = set(Transfer.objects.filter(held=True).values_list("pk", flat=True))
    assert recorded | held == {transfer.pk for transfer in transfers}
    assert not recorded & held
    world.decide(Complaint.objects.get(), "full")
    pay_everything(world)
