"""Whatever is doubled or comes out of order, the books of a whole deal end the same."""

import random
import uuid
from collections import Counter

import pytest

from brokers.deals import performance
from brokers.deals.models import Deal, DealEvent, Milestone
from brokers.payments.loopback import person
from brokers.payments.models import Charge, PayoutAccount, Transfer, WebhookEvent
from brokers.payments.stripe.client import client
from marketplace.outbox.models import Effect
from tests.deals.card import CardWorld, ledger_check, postings, run_outbox
from tests.payments.loopback_fixtures import _catcher, _loopback, hook, loopback, post

__all__ = ["_catcher", "_loopback", "hook", "loopback", "post"]

pytestmark = pytest.mark.django_db


def go_all_the_way() -> Deal:
    """Two payments, both settled, both refunded in part, the first one wholly in the end."""
    world = CardWorld()
    world.open_accounts()
    deal = world.example(500_000)
    first, second = Milestone.objects.filter(agreement__deal=deal)
    for step in (
        lambda: world.pay(first),
        lambda: world.settle_once(first),
        lambda: world.bill(deal),
        lambda: world.pay(second),
        lambda: world.refund(first, 333_333, uuid.uuid4()),
        lambda: world.refund(second, 100_000, uuid.uuid4()),
        lambda: world.settle_once(second),
        lambda: world.bill(deal),
        lambda: world.refund(first, 666_667, uuid.uuid4()),
    ):
        step()
        run_until_done()
    return deal


def run_until_done() -> None:
    for _ in range(20):
        run_outbox()
    waiting = Effect.objects.exclude(state=Effect.State.DONE)
    assert not waiting.exists(), list(waiting.values("kind", "last_error"))


def history(deal: Deal) -> Counter:
    return Counter(DealEvent.objects.filter(deal=deal).values_list("kind", flat=True))


@pytest.mark.parametrize("seed", range(4))
def test_all_events_again_in_any_order_change_nothing(loopback, hook, post, seed) -> None:
    deal = go_all_the_way()
    before, told = postings(deal), history(deal)
    hook.wait_for("refund.created", count=3)
    deliveries = hook.caught * 2
    random.Random(seed).shuffle(deliveries)  # noqa: S311
    for delivery in deliveries:
        assert post(delivery).status_code == 200
        if seed % 2:
            run_outbox()
    run_until_done()
    assert WebhookEvent.objects.filter(processed_at=None).count() == 0
    assert postings(deal) == before
    assert history(deal) == told
    assert ledger_check() == ""


def test_a_payment_that_only_events_tell_of_is_booked_once(loopback, hook, post) -> None:
    """The payer closes the browser; the event comes before, twice, and after we asked ourselves."""
    world = CardWorld()
    deal = world.example()
    charge = world.start(Milestone.objects.get())
    person.pay(charge.checkout_url)
    for _ in range(2):
        post(hook.wait_for("checkout.session.completed"))
    run_outbox()
    assert history(deal)["milestone_paid"] == 1
    performance.payment_received(charge=Charge.objects.get())
    assert ledger_check() == ""


def test_an_account_disabled_mid_payout_is_paid_when_it_can_be(loopback, hook, post) -> None:
    world = CardWorld()
    world.open_accounts()
    deal = world.example()
    milestone = Milestone.objects.get()
    world.pay(milestone)
    account = world.account_of(world.broker)
    loopback.switch("accounts", account=account, reason="rejected.fraud")
    world.settle(milestone)
    assert Transfer.objects.get(account__external_id=account).state == "failed"
    assert world.balances(deal)["payable broker"] == -74_097
    assert ledger_check() == ""
    post(hook.wait_for("account.updated", count=4))
    run_outbox()
    assert PayoutAccount.objects.get(external_id=account).status == "disabled"
    loopback.switch("accounts", account=account, reason=None)
    post(hook.wait_for("account.updated", count=5))
    run_outbox()
    assert loopback.held("cny", account) == 74_097
    assert "payable broker" not in world.balances(deal)
    assert history(deal)["payout_failed"] == 1
    assert ledger_check() == ""


def test_ledger_check_notices_what_moves_behind_its_back(loopback) -> None:
    world = CardWorld()
    world.open_accounts()
    world.example()
    milestone = Milestone.objects.get()
    world.pay(milestone)
    assert ledger_check() == ""
    destination = world.account_of(world.broker)
    client().v1.transfers.create({"amount": 1, "currency": "cny", "destination": destination})
    assert "platform holds 9709.69 CNY, the ledger says 9709.70 CNY" in ledger_check()


def test_ledger_check_notices_a_payment_that_was_not_booked(loopback) -> None:
    world = CardWorld()
    world.example()
    charge = world.start(Milestone.objects.get())
    person.pay(charge.checkout_url)
    assert "platform holds 9709.70 CNY, the ledger says 0.00 CNY" in ledger_check()
    loopback.switch("faults", kind="error", method="GET", path="/v1/balance", times=3)
    assert "did not say what it holds" in ledger_check()
