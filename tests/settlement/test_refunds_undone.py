"""Refunds are on their way first; made or undone, the books say what is so at every step."""

import uuid

import pytest

from brokers.settlement.models import Entry, Receipt, Refund, Reversal
from brokers.settlement.plan import PLATFORM
from brokers.settlement.proofs import cash_differences, differences
from brokers.settlement.services import disputes, refunds
from brokers.settlement.services.refunds import refundable
from tests.settlement.books import make_deal, money, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sound():
    yield
    assert list(differences()) == []


@pytest.fixture
def deal():
    deal = make_deal()
    deal.settle(deal.receive())
    return deal


def test_what_is_refunded_is_taken_back_at_once_and_leaves_the_cash_when_made(deal):
    before = deal.balances
    refund = deal.order_refund(deal.payments[0], 333_333)
    assert deal.balances["refund_due"] == -333_333
    assert deal.balances["cash"] == before["cash"]
    assert deal.balances["payable broker"] == -(74_097 - 24_699)
    assert deal.reserve(deal.brokerage).amount == 74_097 - 24_699, "nobody is paid out of it"
    for news in (True, False):
        assert refunds.make(refund_reference=refund.pk) is news
    assert "refund_due" not in deal.balances
    assert deal.balances["cash"] == before["cash"] - 333_333


@pytest.mark.parametrize("made", [True, False])
@pytest.mark.parametrize("amount", [1, 333_333, 1_000_000])
def test_an_undone_refund_leaves_no_trace(deal, made, amount):
    before = deal.balances
    refund = deal.order_refund(deal.payments[0], amount)
    if made:
        refunds.make(refund_reference=refund.pk)
    for news in (True, False):
        assert refunds.undo(refund_reference=refund.pk) is news
    assert deal.balances == before
    assert refundable(Receipt.objects.get()) == money(1_000_000)
    if not made:
        with refusal("refund_state"):
            refunds.make(refund_reference=refund.pk)


@pytest.mark.parametrize("bearer", ["institution", "platform"])
@pytest.mark.parametrize("made", [True, False])
def test_an_unsettled_payment_is_an_advance_again(made, bearer):
    deal = make_deal(**({"loss_bearer": PLATFORM} if bearer == "platform" else {}))
    payment = deal.receive()
    before = deal.balances
    first, second = deal.order_refund(payment, 400_000), deal.order_refund(payment, 600_000)
    assert "advance" not in deal.balances
    if made:
        refunds.make(refund_reference=first.pk)
    refunds.undo(refund_reference=first.pk)
    assert deal.balances["advance"] == -400_000
    assert deal.balances["fees"] == 29_030
    refunds.undo(refund_reference=second.pk)
    assert deal.balances == before
    settled = make_deal(**({"loss_bearer": PLATFORM} if bearer == "platform" else {}))
    settled.settle(settled.receive())
    deal.settle(payment)
    assert deal.balances == settled.balances


def test_a_refund_that_comes_back_after_the_settlement_it_came_before():
    deal, other = make_deal(), make_deal()
    payment = deal.receive()
    refund = deal.refund(payment, 300_000)
    deal.settle(payment)
    refunds.undo(refund_reference=refund.pk)
    other.settle(other.receive())
    assert deal.balances == other.balances


def test_what_was_claimed_for_it_is_claimed_no_more(deal):
    deal.pay_out(deal.brokerage)
    refund = deal.refund(deal.payments[0], 500_000)
    assert deal.balances["receivable broker"] == 37_049
    refunds.undo(refund_reference=refund.pk)
    assert "receivable broker" not in deal.balances
    assert "payable broker" not in deal.balances


def test_what_was_set_off_for_it_is_owed_again(deal):
    deal.pay_out(deal.brokerage)
    refund = deal.refund(deal.payments[0], 500_000)
    deal.settle(deal.receive())
    deal.pay_out(deal.brokerage)
    refunds.undo(refund_reference=refund.pk)
    assert deal.balances["payable broker"] == -37_049
    deal.pay_out(deal.brokerage)
    assert "payable broker" not in deal.balances


def test_partial_refunds_in_any_order_around_one_that_comes_back(deal):
    payment = deal.payments[0]
    first = deal.refund(payment, 333_333)
    deal.refund(payment, 333_333)
    refunds.undo(refund_reference=first.pk)
    with refusal("above_refundable"):
        deal.refund(payment, 666_668)
    deal.refund(payment, 666_667)
    assert deal.balances == {
        "cash": -29_030,
        "direct_costs": -150_000,
        "receivable institution": 179_030,
    }, "example E, whatever came between"
    assert Refund.objects.count() == 4


def test_refunds_on_their_way_may_have_left_the_collector_or_not(deal):
    deal.order_refund(deal.payments[0], 333_333)
    cash = deal.balances["cash"]
    for held in (cash, cash - 333_333):
        assert list(cash_differences({("platform", "CNY"): held})) == []
    for held in (cash + 1, cash - 333_334):
        assert len(list(cash_differences({("platform", "CNY"): held}))) == 1


def test_an_unknown_refund_changes_nothing(deal):
    refund = deal.refund(deal.payments[0], 5)
    refunds.undo(refund_reference=refund.pk)
    undoing, lost = Refund.objects.get(undoes=refund).pk, uuid.uuid4()
    disputes.open_(
        dispute_reference=lost,
        payment_reference=deal.payments[0],
        amount=money(7),
        fee=money(0),
    )
    disputes.lose(dispute_reference=lost)
    before = Entry.objects.count(), Reversal.objects.count()
    for reference in (uuid.uuid4(), undoing, lost):
        for step in (refunds.make, refunds.undo):
            with refusal("unknown_refund"):
                step(refund_reference=reference)
    assert (Entry.objects.count(), Reversal.objects.count()) == before


def test_the_fee_of_a_won_dispute_may_be_returned(deal):
    before = deal.balances
    dispute = uuid.uuid4()
    disputes.open_(
        dispute_reference=dispute,
        payment_reference=deal.payments[0],
        amount=money(1_000_000),
        fee=money(1_500),
    )
    for returned, code in ((money(1_501), "amount"), (money(-1), "amount"), (money(1, "USD"),) * 2):
        with refusal(code if isinstance(code, str) else "currency"):
            disputes.win(dispute_reference=dispute, fee_returned=returned)
    disputes.win(dispute_reference=dispute, fee_returned=money(1_500))
    assert deal.balances == before
