"""The payer's bank disputes a card payment: the money is held, then released or given back."""

import uuid

import pytest
from django.core.exceptions import ValidationError

from brokers.deals.models import DealEvent, Milestone
from brokers.payments.loopback import person
from brokers.payments.models import Dispute, Refund, Transfer
from brokers.payments.stripe.client import client
from brokers.settlement.models import Dispute as Hold
from marketplace.outbox import effects
from marketplace.outbox.models import Effect
from tests.deals.card import CardWorld, ledger_check, run_outbox
from tests.payments.loopback_fixtures import _catcher, _loopback, hook, loopback, post

__all__ = ["_catcher", "_loopback", "hook", "loopback", "post"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(loopback) -> CardWorld:
    world = CardWorld()
    world.open_accounts()
    world.deal = world.example(500_000)
    world.first, world.second = Milestone.objects.all()
    world.charge = world.pay(world.first)
    return world


@pytest.fixture
def tell(hook, post):
    """Post the newest delivery of a kind, and let the outbox run."""

    def deliver(kind: str, count: int = 1) -> None:
        assert post(hook.wait_for(kind, count=count)).status_code == 200
        run_outbox()

    return deliver


def events() -> list[str]:
    kinds = DealEvent.objects.filter(kind__startswith="chargeback")
    return list(kinds.values_list("kind", flat=True))


def test_a_dispute_holds_the_money_and_the_payouts_until_it_is_won(world, loopback, tell) -> None:
    dispute = loopback.switch("disputes", charge=world.charge.external_id)["dispute"]
    tell("charge.dispute.created")
    tell("charge.dispute.funds_withdrawn")
    world.settle(world.first)
    assert world.balances(world.deal)["dispute_hold"] == 1_000_000
    assert world.balances(world.deal)["receivable institution"] == 1_500, "the fee"
    assert not Transfer.objects.exists(), "nothing is paid out meanwhile"
    assert ledger_check() == ""
    loopback.switch("disputes", dispute=dispute, status="won", fee_returned=500)
    tell("charge.dispute.funds_reinstated")
    tell("charge.dispute.closed")
    assert "dispute_hold" not in world.balances(world.deal)
    paid = dict(Transfer.objects.values_list("account__external_id", "amount"))
    assert paid[world.account_of(world.broker)] == 74_097
    assert paid[world.account_of(world.institution)] == 148_194 - 1_000
    assert ledger_check() == ""
    assert events() == ["chargeback_opened", "chargeback_won"]


def test_a_lost_dispute_is_a_refund_that_payees_give_back(world, loopback, tell) -> None:
    world.settle(world.first)
    dispute = loopback.switch("disputes", charge=world.charge.external_id)["dispute"]
    tell("charge.dispute.created")
    assert ledger_check() == ""
    loopback.switch("disputes", dispute=dispute, status="lost")
    tell("charge.dispute.closed")
    assert world.balances(world.deal) == {
        "cash": -29_030 - 1_500,
        "direct_costs": -150_000,
        "receivable institution": 179_030 + 1_500,
    }, "example E, and what the dispute cost"
    assert loopback.held("cny") == -29_030 - 1_500
    assert ledger_check() == ""
    assert events() == ["chargeback_opened", "chargeback_lost"]


@pytest.mark.parametrize("status", ["won", "lost"])
def test_told_late_in_reverse_and_twice_it_ends_alike(world, loopback, hook, post, status) -> None:
    dispute = loopback.switch("disputes", charge=world.charge.external_id)["dispute"]
    loopback.switch("disputes", dispute=dispute, status=status)
    hook.wait_for("charge.dispute.closed")
    for delivery in [*reversed(hook.caught), *hook.caught]:
        assert post(delivery).status_code == 200
    run_outbox()
    effects.enqueue("payments.dispute_changed", {"dispute": str(Dispute.objects.get().pk)})
    run_outbox()
    assert Hold.objects.get().state == status
    assert events() == ["chargeback_opened", f"chargeback_{status}"]
    assert ledger_check() == ""


def test_a_dispute_that_is_heard_of_before_the_payment(world, loopback, tell) -> None:
    charge = world.start(world.second)
    person.pay(charge.checkout_url)
    paid = loopback.list("events", type="charge.succeeded")[0]["data"]["object"]["id"]
    loopback.switch("disputes", charge=paid)
    tell("charge.dispute.created")
    assert world.balances(world.deal)["dispute_hold"] == 500_000
    assert Milestone.objects.get(pk=world.second.pk).paid_at
    assert ledger_check() == ""


def test_a_bank_takes_back_what_was_refunded_already(world, loopback, tell) -> None:
    world.settle(world.first)
    world.refund(world.first, 400_000, uuid.uuid4())
    run_outbox()
    assert Refund.objects.get().state == "paid"
    charge = world.charge.external_id
    dispute = loopback.switch("disputes", charge=charge, amount=1_000_000)["dispute"]
    tell("charge.dispute.created")
    assert world.balances(world.deal)["dispute_hold"] == 1_000_000
    assert ledger_check() == ""
    loopback.switch("disputes", dispute=dispute, status="lost")
    tell("charge.dispute.closed")
    assert world.balances(world.deal)["receivable institution"] == 179_030 + 1_500 + 400_000
    assert ledger_check() == ""
    assert not Effect.objects.filter(state="failed").exists()


def test_part_of_a_payment_is_disputed_and_the_rest_can_be_refunded(world, loopback, tell) -> None:
    loopback.switch("disputes", charge=world.charge.external_id, amount=400_000)
    tell("charge.dispute.created")
    with pytest.raises(ValidationError, match=r"At most 6000\.00 CNY"):
        world.refund(world.first, 600_001, uuid.uuid4())
    assert not Refund.objects.exists()
    world.refund(world.first, 600_000, uuid.uuid4())
    assert ledger_check() == ""


def test_what_the_platform_sends_to_its_own_bank_is_held_still(world, loopback) -> None:
    """The gateway's balance goes down; what it owes to others is held all the same."""
    client().v1.payouts.create({"amount": 300_000, "currency": "cny"})
    assert loopback.held("cny") == world.charge.amount - world.charge.fee - 300_000
    assert ledger_check() == ""
