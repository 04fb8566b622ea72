"""Refunds of card payments through the whole house: books, gateway, payees' accounts, to the cent."""

import uuid

import pytest

from brokers.deals import refunds
from brokers.deals.models import DealEvent, Milestone
from brokers.payments.charges import refundable
from brokers.payments.models import Order, Refund, Reversal, Transfer
from marketplace.outbox import effects
from tests.deals.card import CardWorld, cny, ledger_check, run_outbox
from tests.payments.loopback_fixtures import _catcher, _loopback, hook, loopback, post

__all__ = ["_catcher", "_loopback", "hook", "loopback", "post"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(loopback) -> CardWorld:
    """Example A, paid, settled and paid out; two more milestones to be paid."""
    world = CardWorld()
    world.open_accounts()
    world.deal = world.example(500_000, 500_000)
    world.first, world.second, world.third = Milestone.objects.all()
    world.pay(world.first)
    world.settle(world.first)
    assert set(Transfer.objects.values_list("state", flat=True)) == {"paid"}
    assert ledger_check() == ""
    return world


def order(world, amount, milestone=None):
    return world.refund(milestone or world.first, amount, uuid.uuid4())


def state(refund):
    refund.refresh_from_db()
    return refund.state


def events(*kinds):
    return list(DealEvent.objects.filter(kind__in=kinds).values_list("kind", flat=True))


def test_example_e_on_the_card_rail(world, loopback) -> None:
    """Every step is proved; the last refund waits for what was spent, and is made when it is there."""
    assert loopback.held("cny") == 230_000, "tax, costs and the platform's fee"
    refund = order(world, 333_333)
    assert ledger_check() == ""
    assert Reversal.objects.count() == 3, "asked back at once, not when the refund was made"
    run_outbox()
    assert state(refund) == Order.State.PAID
    assert ledger_check() == ""
    assert world.balances(world.deal) == {
        "cash": 230_000 - 333_333 + 172_893 + 49_398 + 24_699 + 59_676,
        "tax_payable": -40_000,
        "direct_costs": -150_000,
        "platform": -13_333,
    }, "the institution's loss came back from its account as well"

    rest = order(world, 666_667)
    run_outbox()
    assert state(rest) == Order.State.REQUESTED, "29,030 of it went to the payment service"
    assert ledger_check() == ""
    world.pay(world.second)
    assert state(rest) == Order.State.PAID
    assert ledger_check() == ""
    assert world.balances(world.deal) == {
        "cash": -29_030 + 485_470,
        "fees": 14_530,
        "advance": -500_000,
        "direct_costs": -150_000,
        "receivable institution": 179_030,
    }


def test_a_refund_larger_than_the_balance_is_made_from_what_payees_give_back(world, loopback):
    refund = order(world, 900_000)
    run_outbox()
    assert state(refund) == Order.State.PAID
    assert loopback.held("cny") == 970_970 - 900_000 - sum(
        loopback.held("cny", world.account_of(owner))
        for owner in (world.institution, world.researcher, world.broker)
    )
    assert ledger_check() == ""


def test_what_a_payee_does_not_have_any_more_is_set_off_later(world, loopback) -> None:
    world.empty(world.broker)
    refund = order(world, 500_000)
    run_outbox()
    assert Reversal.objects.get(transfer__account__user=world.broker).state == "failed"
    assert state(refund) == Order.State.PAID
    assert world.balances(world.deal)["receivable broker"] == 37_049
    assert ledger_check() == ""
    world.pay(world.second)
    world.settle(world.second)
    newest = Transfer.objects.filter(account__user=world.broker).latest("requested_at")
    share = (500_000 - 14_530 - 30_000 - 10_000) // 10
    assert newest.amount == share - 37_049
    assert "receivable broker" not in world.balances(world.deal)
    assert ledger_check() == ""


def test_refunds_close_together_take_nothing_back_twice(world, loopback) -> None:
    """The second is ordered while the reversals of the first are still under way."""
    order(world, 200_000)
    order(world, 200_000)
    run_outbox()
    taken = Reversal.objects.filter(transfer__account__user=world.broker)
    assert sum(taken.values_list("amount", flat=True)) == 29_639
    assert loopback.held("cny", world.account_of(world.broker)) == 74_097 - 29_639
    assert "payable broker" not in world.balances(world.deal)
    assert ledger_check() == ""


def test_a_transfer_under_way_is_asked_back_when_it_arrives(loopback) -> None:
    """A refund and a payout at the same time."""
    world = CardWorld()
    world.open_accounts()
    deal = world.example()
    milestone = Milestone.objects.get()
    world.pay(milestone)
    loopback.switch("faults", kind="error", status=500, times=6, path="/v1/transfers")
    world.settle_once(milestone)
    assert set(Transfer.objects.values_list("state", flat=True)) == {"requested"}
    refund = order(world, 900_000, milestone)
    assert not Reversal.objects.exists()
    assert ledger_check() == ""
    run_outbox()
    assert set(Transfer.objects.values_list("state", flat=True)) == {"paid"}
    assert state(refund) == Order.State.PAID
    world.bill(deal)
    run_outbox()
    assert not [name for name in world.balances(deal) if name.startswith("payable")]
    assert ledger_check() == ""


def test_a_reversal_of_what_was_set_off_meanwhile_is_owed_again(world, loopback) -> None:
    world.pay(world.second)
    loopback.switch("faults", kind="error", status=500, times=60, path="/v1/transfers/")
    order(world, 500_000)
    run_outbox()
    assert Reversal.objects.filter(state="requested").count() == 3
    world.settle(world.second)
    assert "receivable broker" not in world.balances(world.deal)
    loopback.switch("faults")
    run_outbox()
    assert set(Reversal.objects.values_list("state", flat=True)) == {"paid"}
    share = (500_000 - 14_530 - 30_000 - 10_000) // 10
    assert loopback.held("cny", world.account_of(world.broker)) == 74_097 - 37_049 + share
    assert ledger_check() == ""


@pytest.mark.parametrize("late", [False, True])
def test_a_refund_that_comes_back_is_posted_and_can_be_sent_again(
    world, loopback, hook, post, late
) -> None:
    """`late`: both of its ends are told after they happened."""
    before = world.balances(world.deal)
    refund = order(world, 333_333)
    run_outbox()
    loopback.switch("refunds", refund=Refund.objects.get().external_id)
    post(hook.wait_for("refund.failed"))
    run_outbox()
    assert state(refund) == Order.State.FAILED
    if late:
        for kind in ("paid", "failed", "paid"):
            effects.enqueue(f"payments.refund_{kind}", {"refund": str(refund.pk)})
        run_outbox()
    assert events("refunded", "refund_failed") == ["refunded", "refund_failed"]
    assert world.balances(world.deal) == before, "the shares are paid out again"
    assert loopback.held("cny", world.account_of(world.broker)) == 74_097
    assert ledger_check() == ""
    again = order(world, 1_000_000)
    world.pay(world.second)
    assert state(again) == Order.State.PAID
    assert ledger_check() == ""


def test_a_refund_that_is_refused_gives_the_shares_back(world, loopback) -> None:
    before = world.balances(world.deal)
    refund = order(world, 333_333)
    Refund.objects.filter(pk=refund.pk).update(sent_at=None)
    charge = refund.charge
    type(charge).objects.filter(pk=charge.pk).update(payment_id="pi_unknown")
    run_outbox()
    assert state(refund) == Order.State.FAILED
    assert events("refunded", "refund_failed") == ["refund_failed"]
    assert world.balances(world.deal) == before
    assert ledger_check() == ""


def test_of_two_equal_refunds_the_one_that_comes_back_is_undone(world, loopback, hook, post):
    first, second = order(world, 100_000), order(world, 100_000)
    run_outbox()
    assert len({state(first), state(second), Order.State.PAID}) == 1
    loopback.switch("refunds", refund=second.external_id)
    post(hook.wait_for("refund.failed"))
    run_outbox()
    assert (state(first), state(second)) == (Order.State.PAID, Order.State.FAILED)
    assert world.balances(world.deal)["cash"] == loopback.held("cny")
    assert ledger_check() == ""


def test_a_second_click_orders_and_tells_once(world) -> None:
    reference = uuid.uuid4()
    assert world.refund(world.first, 5_000, reference) == world.refund(
        world.first, 5_000, reference
    )
    assert events("refund_requested") == ["refund_requested"]
    run_outbox()
    for _ in range(2):
        refunds.ended(refund=Refund.objects.get())
    assert events("refunded") == ["refunded"]
    assert ledger_check() == ""


def test_what_is_left_of_a_payment_counts_orders_on_their_way(world) -> None:
    order(world, 999_999)
    assert refundable(Refund.objects.get().charge) == cny(1)
