"""What a complaint holds of a deal: its own payment, whatever becomes of others, until it is let go."""

import uuid

import pytest

from brokers.settlement import dues, statements
from brokers.settlement.errors import ReferenceConflictError
from brokers.settlement.models import Entry, Payout
from brokers.settlement.plan import PLATFORM
from brokers.settlement.proofs import differences
from brokers.settlement.services import holds, offsets, payouts, refunds
from tests.settlement.books import make_deal, money, refusal

pytestmark = pytest.mark.django_db

FIRST, SECOND = 74_097, 46_000
"""What the brokerage gets of each payment."""


@pytest.fixture
def deal():
    deal = make_deal()
    deal.settle(deal.receive())
    deal.settle(deal.receive(500_000, 0), tax=30_000, costs=())
    return deal


def due(deal):
    """Return what the brokerage can be paid, by payment."""
    own = [one for one in dues.of_deal(deal.reference) if one.payee == deal.brokerage]
    return {part.payment_reference: part.amount for one in own for part in one.parts}


def held(deal):
    (own,) = statements.of_party(deal.reference, deal.brokerage)
    return {payment: amount.amount for payment, amount in own.held_back}


def test_one_payment_is_held_and_the_other_goes_on(deal):
    first, second = deal.payments
    assert due(deal) == {first: FIRST, second: SECOND}
    before = deal.balances
    reference = deal.hold(first)
    assert (due(deal), held(deal)) == ({second: SECOND}, {first: FIRST})
    assert deal.reserve(deal.brokerage, payment=first).state == Payout.State.NOTHING
    with refusal("above_owed"):
        deal.reserve(deal.brokerage, 1, payment=first)
    deal.pay_out(deal.brokerage)
    assert "payable broker" not in deal.balances
    assert deal.balances["held broker"] == -FIRST
    assert not list(differences())
    holds.release(hold_reference=reference)
    assert deal.balances["payable broker"] == -FIRST
    assert deal.balances["cash"] == before["cash"] - SECOND
    assert deal.reserve(deal.brokerage).amount == FIRST


def test_everybody_is_held_and_let_go():
    deal = make_deal()
    deal.collector = deal.institution.key
    deal.settle(deal.receive())
    before = deal.balances
    everything = deal.hold()
    assert dues.of_deal(deal.reference) == []
    assert not {name for name in deal.balances if name.startswith(("payable", "platform"))}
    (of_platform,) = statements.of_party(deal.reference, PLATFORM)
    assert dict(of_platform.held_back) == {deal.payments[0]: money(-before["platform"])}
    (of_collector,) = statements.of_party(deal.reference, deal.institution)
    assert (of_collector.held_back, of_collector.kept) == ((), money(148_194))
    for _ in range(2):
        holds.release(hold_reference=everything)
    assert deal.balances == before


def test_what_two_complaints_hold_goes_on_after_both(deal):
    first, second = deal.payments
    one, everything = deal.hold(first), deal.hold()
    assert held(deal) == {first: FIRST, second: SECOND}
    holds.release(hold_reference=everything)
    assert (due(deal), held(deal)) == ({second: SECOND}, {first: FIRST})
    holds.release(hold_reference=one)
    assert due(deal) == {first: FIRST, second: SECOND}


def test_a_hold_is_placed_once(deal):
    reference = deal.hold(deal.payments[0])
    rows = Entry.objects.count()
    assert deal.hold(deal.payments[0], reference) == reference
    assert Entry.objects.count() == rows
    with pytest.raises(ReferenceConflictError):
        deal.hold(deal.payments[1], reference)
    with refusal("unknown_payment"):
        deal.hold(uuid.uuid4())
    with refusal("unknown_hold"):
        holds.release(hold_reference=uuid.uuid4())


def test_a_held_payment_is_not_settled(deal):
    third = deal.receive()
    reference = deal.hold(third)
    with refusal("held"):
        deal.settle(third)
    deal.settle(deal.receive())
    holds.release(hold_reference=reference)
    deal.settle(third)


def test_a_refund_of_another_payment_does_not_take_what_is_held(deal):
    """The first payment was paid out and is refunded: what the second one holds is not touched."""
    first, second = deal.payments
    payouts.settle(payout_reference=deal.reserve(deal.brokerage, payment=first).pk)
    reference = deal.hold(second)
    deal.refund(first, 1_000_000)
    assert (held(deal), deal.balances["receivable broker"]) == ({second: SECOND}, FIRST)
    assert not list(differences())
    holds.release(hold_reference=reference)
    assert deal.reserve(deal.brokerage).state == Payout.State.NOTHING
    assert deal.balances["receivable broker"] == FIRST - SECOND


def test_a_claim_of_another_deal_is_not_met_with_what_is_held(deal):
    debtor = make_deal(reuse=deal)
    debtor.settle(debtor.receive())
    debtor.pay_out(deal.brokerage)
    debtor.refund(debtor.payments[0], 1_000_000)
    deal.hold(deal.payments[0])
    assert deal.reserve(deal.brokerage).state == Payout.State.NOTHING
    assert held(deal) == {deal.payments[0]: FIRST}
    assert debtor.balances["receivable broker"] == FIRST - SECOND


def test_a_refund_takes_what_its_own_complaint_holds(deal):
    first, second = deal.payments
    reference = deal.hold(first)
    refund = deal.order_refund(first, 500_000)
    assert held(deal) == {first: FIRST - 37_049}
    assert due(deal) == {second: SECOND}
    refunds.undo(refund_reference=refund.pk)
    assert held(deal) == {first: FIRST}
    deal.refund(first, 1_000_000)
    holds.release(hold_reference=reference)
    assert due(deal) == {second: SECOND}


@pytest.mark.parametrize("arrived", [False, True])
def test_what_comes_back_of_a_held_payment_is_held(deal, arrived):
    first, second = deal.payments
    payout = deal.reserve(deal.brokerage, payment=first)
    if arrived:
        payouts.settle(payout_reference=payout.pk)
    deal.hold(first)
    assert not held(deal)
    payouts.fail(payout_reference=payout.pk)
    assert (due(deal), held(deal)) == ({second: SECOND}, {first: FIRST})


def test_what_is_paid_back_beyond_a_claim_is_held(deal):
    first, second = deal.payments
    payouts.settle(payout_reference=deal.reserve(deal.brokerage, payment=first).pk)
    deal.hold(first)
    offsets.recover(
        recovery_reference=uuid.uuid4(),
        payment_reference=first,
        payee=deal.brokerage,
        amount=money(40_000),
    )
    assert (due(deal), held(deal)) == ({second: SECOND}, {first: 40_000})


def test_what_a_refund_took_too_much_is_missing_of_the_oldest(deal):
    """A payment that was paid out is refunded: the next one bears it, and the one after is whole."""
    first, second = deal.payments
    payouts.settle(payout_reference=deal.reserve(deal.brokerage, payment=first).pk)
    deal.settle(third := deal.receive())
    deal.refund(first, 500_000)
    left = SECOND - 37_049
    assert due(deal) == {second: left, third: FIRST}
    deal.hold(second)
    assert (due(deal), held(deal)) == ({third: FIRST}, {second: left})
    deal.pay_out(deal.brokerage)
    assert (due(deal), held(deal)) == ({}, {second: left})
