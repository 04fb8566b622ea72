"""Whatever is lost, late, doubled or crashes: money moves once and the rows say what is so."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from brokers.payments import orders, refunds, registry, reversals, transfers
from brokers.payments.gateway import OutcomeUnknown
from brokers.payments.models import Refund, Transfer
from marketplace.money import Money
from marketplace.outbox import effects
from marketplace.outbox.models import Effect
from tests.payments.conftest import settle

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(hours=25)


class Crash(BaseException):
    """The process dies here."""


@pytest.fixture(params=["transfer", "reversal", "refund"])
def order(request, make_transfer, make_paid_charge):
    """An order of each kind that nothing has been done about yet."""
    make_paid_charge()
    if request.param == "refund":
        return refunds.request(
            reference=uuid.uuid4(),
            charge=make_paid_charge(),
            amount=Money(7_000, "CNY"),
            reason="late",
        )
    transfer = make_transfer(Money(7_000, "CNY"))
    if request.param == "transfer":
        return transfer
    settle()
    return reversals.request(reference=uuid.uuid4(), transfer=transfer, amount=Money(7_000, "CNY"))


@pytest.fixture
def moved(order, loopback):
    """How often the gateway did what `order` asks for."""

    def count():
        if order.noun == "reversal":
            path = f"transfers/{order.transfer.external_id}/reversals"
            return len(loopback.list(path))
        return len(loopback.list(f"{order.noun}s"))

    return count


def _path(order):
    return {"refund": "/v1/refunds"}.get(order.noun, "/v1/transfers")


def _is_paid(order):
    order.refresh_from_db()
    return order.state == order.State.PAID


def _was_sent_long_ago(order):
    type(order).objects.filter(pk=order.pk).update(sent_at=timezone.now() - LONG_AGO)


@pytest.mark.parametrize(("status", "times"), [(409, 3), (429, 1), (500, 3), (503, 3)])
def test_a_passing_error_is_repeated(order, moved, loopback, announced, status, times):
    """Three times, where the client itself repeats the call twice."""
    loopback.switch("faults", kind="error", status=status, times=times, path=_path(order))
    settle()
    assert not _is_paid(order)
    assert announced.of(order) == [f"{order.noun}_paid"]
    assert _is_paid(order)
    assert moved() == 1


def test_a_lost_answer_is_repeated_with_the_same_key(order, moved, loopback, announced):
    loopback.switch("faults", kind="drop", times=3, path=_path(order))
    settle()
    assert moved() == 1
    assert not _is_paid(order)
    settle()
    assert _is_paid(order)
    assert moved() == 1
    assert announced.of(order) == [f"{order.noun}_paid"]


def test_a_lost_answer_older_than_a_day_is_looked_up_before_anything_is_repeated(
    order, moved, loopback, announced
):
    loopback.switch("faults", kind="drop", times=3, path=_path(order))
    settle()
    loopback.switch("keys")
    _was_sent_long_ago(order)
    settle()
    assert _is_paid(order)
    assert order.external_id
    assert moved() == 1
    assert announced.of(order) == [f"{order.noun}_paid"]


def test_a_call_that_never_arrived_is_made_with_a_new_key_after_a_day(
    order, moved, loopback, announced
):
    loopback.switch("faults", kind="broken", path=_path(order))
    settle()
    settle()
    assert (moved(), _is_paid(order)) == (0, False)
    _was_sent_long_ago(order)
    settle()
    assert _is_paid(order)
    assert order.attempt == 2
    assert moved() == 1
    assert announced.of(order) == [f"{order.noun}_paid"]


def test_a_crash_before_the_call_loses_nothing(order, moved, announced, monkeypatch):
    gateway = registry.get("stripe")
    with monkeypatch.context() as patched:
        patched.setattr(gateway, f"send_{order.noun}", _raise)
        with pytest.raises(Crash):
            settle()
    assert moved() == 0
    _recover()
    assert _is_paid(order)
    assert moved() == 1
    assert announced.of(order) == [f"{order.noun}_paid"]


def test_a_crash_after_the_call_doubles_nothing(order, moved, announced, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(orders, "apply", _raise)
        with pytest.raises(Crash):
            settle()
    assert moved() == 1
    assert not _is_paid(order)
    _recover()
    assert _is_paid(order)
    assert moved() == 1
    assert announced.of(order) == [f"{order.noun}_paid"]


def test_two_workers_at_once_move_the_money_once(order, moved, announced, monkeypatch):
    gateway = registry.get("stripe")
    send = getattr(gateway, f"send_{order.noun}")

    def send_while_another_does(wanted):
        monkeypatch.setattr(gateway, f"send_{order.noun}", send)
        orders.carry_out(type(order), order.pk)
        return send(wanted)

    monkeypatch.setattr(gateway, f"send_{order.noun}", send_while_another_does)
    settle()
    assert _is_paid(order)
    assert moved() == 1
    assert announced.of(order) == [f"{order.noun}_paid"]


def test_two_workers_after_a_day_move_the_money_once(order, moved, announced, monkeypatch):
    """Both find nothing at the gateway; the slower one uses the key that the faster one chose."""
    gateway = registry.get("stripe")
    find = getattr(gateway, f"find_{order.noun}")
    _was_sent_long_ago(order)

    def find_while_another_sends(wanted):
        monkeypatch.setattr(gateway, f"find_{order.noun}", find)
        nothing = find(wanted)
        orders.carry_out(type(order), order.pk)
        return nothing

    monkeypatch.setattr(gateway, f"find_{order.noun}", find_while_another_sends)
    settle()
    assert _is_paid(order)
    assert moved() == 1
    assert announced.of(order) == [f"{order.noun}_paid"]


def test_the_same_effect_twice_does_nothing_more(order, moved, announced):
    orders.schedule(order)
    settle()
    orders.schedule(order)
    settle()
    assert moved() == 1
    assert announced.of(order) == [f"{order.noun}_paid"]


def test_a_request_that_is_rolled_back_leaves_no_order(make_payee, make_paid_charge, loopback):
    charge, account = make_paid_charge(), make_payee()
    with transaction.atomic():
        transfers.request(
            reference=uuid.uuid4(), account=account, amount=Money(100, "CNY"), charge=charge
        )
        transaction.set_rollback(True)
    settle()
    assert not Transfer.objects.exists()
    assert not Effect.objects.filter(kind="payments.transfer").exists()
    assert loopback.list("transfers") == []


def test_a_wrong_key_moves_nothing_and_is_mended_by_the_right_one(order, moved, settings):
    right, settings.STRIPE_API_KEY = settings.STRIPE_API_KEY, "sk_test_wrong"
    with pytest.raises(OutcomeUnknown):
        orders.carry_out(type(order), order.pk)
    settings.STRIPE_API_KEY = right
    settle()
    assert _is_paid(order)
    assert moved() == 1


def test_equal_refunds_lost_and_looked_up_are_told_apart(make_paid_charge, loopback, announced):
    charge = make_paid_charge()
    make_paid_charge()
    pair = [
        refunds.request(
            reference=uuid.uuid4(), charge=charge, amount=Money(5_000, "CNY"), reason="late"
        )
        for _ in range(2)
    ]
    loopback.switch("faults", kind="drop", times=6, path="/v1/refunds")
    settle()
    loopback.switch("keys")
    Refund.objects.update(sent_at=timezone.now() - LONG_AGO)
    settle()
    for refund in pair:
        refund.refresh_from_db()
        assert announced.of(refund) == ["refund_paid"]
    assert len({refund.external_id for refund in pair}) == 2
    assert len(loopback.list("refunds")) == 2


def _raise(*args, **kwargs):
    raise Crash


def _recover():
    """Come back after the lease of what was running has ended."""
    effects.process_due(now=timezone.now() + effects.LEASE + timedelta(seconds=1))
