"""Payouts: reserved once, set off, made, failed, passed on by an institution; disputes hold them."""

import uuid
from datetime import date

import pytest

from brokers.settlement import dues
from brokers.settlement.errors import ReferenceConflictError
from brokers.settlement.models import Dispute, Entry, Payout
from brokers.settlement.plan import PLATFORM
from brokers.settlement.proofs import differences
from brokers.settlement.services import disputes, offsets, payouts
from tests.settlement.books import make_deal, money, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal():
    deal = make_deal()
    deal.settle(deal.receive())
    return deal


def test_a_payout_is_on_its_way_until_it_arrives(deal):
    payout = deal.reserve(deal.brokerage)
    assert payout.money == money(74_097)
    assert payouts.recipient(payout) == deal.brokerage
    assert deal.balances["in_flight"] == -74_097
    assert "payable broker" not in deal.balances
    assert deal.balances["cash"] == 970_970
    payouts.settle(payout_reference=payout.pk)
    assert "in_flight" not in deal.balances
    assert deal.balances["cash"] == 970_970 - 74_097


def test_a_failed_payout_is_owed_again(deal):
    payout = deal.reserve(deal.brokerage)
    payouts.fail(payout_reference=payout.pk)
    assert deal.balances["payable broker"] == -74_097
    assert "in_flight" not in deal.balances
    with refusal("payout_state"):
        payouts.settle(payout_reference=payout.pk)


def test_a_payout_that_is_returned_later_is_owed_again(deal):
    before = deal.balances
    payout = deal.reserve(deal.brokerage)
    payouts.settle(payout_reference=payout.pk)
    payouts.fail(payout_reference=payout.pk)
    assert deal.balances == before


def test_a_payout_that_fails_after_a_refund_is_not_owed_again(deal):
    payout = deal.reserve(deal.brokerage)
    deal.refund(deal.payments[0], 1_000_000)
    assert deal.balances["receivable broker"] == 74_097
    for _ in range(2):
        payouts.fail(payout_reference=payout.pk)
    assert "receivable broker" not in deal.balances
    assert "payable broker" not in deal.balances


def test_every_step_of_a_payout_happens_once(deal):
    reference = uuid.uuid4()
    first = deal.reserve(deal.brokerage, 70_000, reference)
    assert deal.reserve(deal.brokerage, 70_000, reference) == first
    assert deal.balances["payable broker"] == -4_097
    for step in (payouts.settle, payouts.settle, payouts.fail, payouts.fail):
        step(payout_reference=reference)
    assert deal.balances["payable broker"] == -74_097
    with pytest.raises(ReferenceConflictError):
        deal.reserve(deal.institution, None, reference)


@pytest.mark.parametrize(
    ("amount", "code"), [(0, "amount"), (-1, "amount"), (74_098, "above_owed")]
)
def test_no_more_than_is_owed_is_paid_out(deal, amount, code):
    before, rows = deal.balances, Entry.objects.count()
    with refusal(code):
        deal.reserve(deal.brokerage, amount)
    assert deal.balances == before
    assert Entry.objects.count() == rows
    assert not Payout.objects.exists()


def test_whoever_is_owed_nothing_gets_no_payout(deal):
    deal.pay_out(deal.brokerage)
    other = make_deal()
    other.receive()
    for owing in (deal, other):
        rows, reference = Entry.objects.count(), uuid.uuid4()
        payout = owing.reserve(deal.brokerage, None, reference)
        assert (payout.state, payout.amount) == (Payout.State.NOTHING, 0)
        assert owing.reserve(deal.brokerage, None, reference) == payout
        for step in (payouts.settle, payouts.fail):
            with refusal("payout_state"):
                step(payout_reference=reference)
        assert Entry.objects.count() == rows


def test_the_platform_is_paid_its_fee(deal):
    payout = deal.reserve(PLATFORM)
    assert payout.money == money(20_000)
    payouts.fail(payout_reference=payout.pk)
    assert deal.balances["platform"] == -20_000


def test_what_is_due_is_listed_with_who_gets_the_transfer():
    deal = make_deal(via=True)
    deal.collector = "organisation:0"
    assert dues.of_deal(deal.reference) == []
    deal.settle(deal.receive())
    found = {one.payee: (one.recipient, one.amount.amount) for one in dues.of_deal(deal.reference)}
    assert found == {
        deal.institution: (deal.institution, 148_194),
        deal.brokerage: (deal.brokerage, 74_097),
        deal.inventors[0]: (deal.institution, 259_339),
        deal.inventors[1]: (deal.institution, 155_604),
        deal.inventors[2]: (deal.institution, 103_736),
        PLATFORM: (PLATFORM, 20_000),
    }


def test_a_collector_owes_itself_nothing():
    deal = make_deal()
    deal.collector = deal.institution.key
    deal.settle(deal.receive())
    assert deal.institution not in {one.payee for one in dues.of_deal(deal.reference)}
    assert PLATFORM in {one.payee for one in dues.of_deal(deal.reference)}


def test_a_payout_through_the_institution_is_closed_by_its_disbursement():
    deal = make_deal(via=True)
    deal.settle(deal.receive())
    payout = deal.reserve(deal.inventors[0])
    assert payouts.recipient(payout) == deal.institution
    record = {
        "payout_reference": payout.pk,
        "withheld": money(51_868),
        "disbursed_on": date(2026, 5, 1),
        "evidence": "payroll 5/2026",
    }
    with refusal("payout_state"):
        payouts.disburse(**record)
    payouts.settle(payout_reference=payout.pk)
    for withheld, code in ((money(259_340), "withheld"), (money(-1), "withheld")):
        with refusal(code):
            payouts.disburse(**record | {"withheld": withheld})
    with refusal("currency"):
        payouts.disburse(**record | {"withheld": money(1, "USD")})
    assert payouts.disburse(**record) == payouts.disburse(**record)
    with pytest.raises(ReferenceConflictError):
        payouts.disburse(**record | {"evidence": "another"})
    with refusal("payout_state"):
        payouts.fail(payout_reference=payout.pk)


def test_a_direct_payout_is_passed_on_by_nobody(deal):
    payout = deal.reserve(deal.brokerage)
    with refusal("not_via_institution"):
        payouts.disburse(
            payout_reference=payout.pk,
            withheld=money(0),
            disbursed_on=date(2026, 5, 1),
            evidence="x",
        )
    with refusal("unknown_payout"):
        payouts.settle(payout_reference=uuid.uuid4())


def test_a_claim_is_set_off_against_the_next_payout(deal):
    deal.pay_out(deal.brokerage)
    deal.refund(deal.payments[0], 500_000)
    assert deal.balances["receivable broker"] == 37_049
    deal.settle(deal.receive())
    payout = deal.reserve(deal.brokerage)
    assert payout.amount == 74_097 - 37_049
    assert "receivable broker" not in deal.balances
    assert "payable broker" not in deal.balances


def test_a_claim_of_another_deal_is_set_off_and_both_books_balance(deal):
    deal.pay_out(deal.brokerage)
    deal.refund(deal.payments[0], 1_000_000)
    other = make_deal(reuse=deal)
    other.settle(other.receive(500_000, 0), tax=0, costs=())
    cash = deal.balances["cash"] + other.balances["cash"]
    reference = uuid.uuid4()
    payout = other.reserve(deal.brokerage, None, reference)
    assert payout.state == Payout.State.NOTHING, "49,000 are owed, 74,097 are to be given back"
    assert deal.balances["receivable broker"] == 74_097 - 49_000
    assert "payable broker" not in other.balances
    assert deal.balances["cash"] + other.balances["cash"] == cash
    assert sum(deal.balances.values()) == sum(other.balances.values()) == 0
    other.settle(other.receive(500_000, 0), tax=0, costs=())
    assert other.reserve(deal.brokerage, None, reference, other.payments[0]) == payout
    assert other.balances["payable broker"] == -49_000


@pytest.mark.parametrize("difference", ["collector", "currency"])
def test_another_collector_or_currency_is_not_set_off(deal, difference):
    deal.pay_out(deal.brokerage)
    deal.refund(deal.payments[0], 1_000_000)
    other = make_deal(reuse=deal, **({"currency": "USD"} if difference == "currency" else {}))
    if difference == "collector":
        other.collector = deal.institution.key
    other.settle(other.receive(500_000, 0), tax=0, costs=())
    assert other.reserve(deal.brokerage).amount == 49_000
    assert deal.balances["receivable broker"] == 74_097


def test_a_claim_that_is_paid_is_gone(deal):
    deal.pay_out(deal.brokerage)
    deal.refund(deal.payments[0], 1_000_000)
    recovery = {
        "recovery_reference": uuid.uuid4(),
        "payment_reference": deal.payments[0],
        "payee": deal.brokerage,
    }
    with refusal("amount"):
        offsets.recover(**recovery, amount=money(0))
    for _ in range(2):
        offsets.recover(**recovery, amount=money(74_097))
    assert "receivable broker" not in deal.balances
    with pytest.raises(ReferenceConflictError):
        offsets.recover(**recovery, amount=money(74_096))


def test_what_comes_back_beyond_the_claim_is_owed_again(deal):
    """A transfer was reversed while its claim was set off elsewhere."""
    deal.pay_out(deal.brokerage)
    deal.refund(deal.payments[0], 500_000)
    for _ in range(2):
        offsets.recover(
            recovery_reference=uuid.UUID(int=1),
            payment_reference=deal.payments[0],
            payee=deal.brokerage,
            amount=money(40_000),
        )
    assert "receivable broker" not in deal.balances
    assert deal.balances["payable broker"] == -(40_000 - 37_049)


def dispute(deal, amount=1_000_000, fee=1_500, reference=None):
    reference = reference or uuid.uuid4()
    disputes.open_(
        dispute_reference=reference,
        payment_reference=deal.payments[0],
        amount=money(amount),
        fee=money(fee),
    )
    return reference


def test_an_open_dispute_holds_the_money_and_the_payouts(deal):
    reference = dispute(deal)
    assert deal.balances["dispute_hold"] == 1_000_000
    assert deal.balances["payable broker"] == -74_097
    assert dues.of_deal(deal.reference) == []
    with refusal("on_hold"):
        deal.reserve(deal.brokerage)
    with refusal("above_refundable"):
        deal.refund(deal.payments[0], 1)
    assert dispute(deal, reference=reference) == reference
    assert Dispute.objects.count() == 1
    with pytest.raises(ReferenceConflictError):
        dispute(deal, amount=5, reference=reference)


def test_a_won_dispute_leaves_its_fee_only(deal):
    before = deal.balances
    reference = dispute(deal)
    for _ in range(2):
        disputes.win(dispute_reference=reference)
    assert deal.balances == before | {
        "cash": before["cash"] - 1_500,
        "receivable institution": 1_500,
    }
    with refusal("dispute_state"):
        disputes.lose(dispute_reference=reference)


def test_a_lost_dispute_ends_as_a_refund(deal):
    reference = dispute(deal)
    for _ in range(2):
        disputes.lose(dispute_reference=reference)
    assert deal.balances == {
        "cash": -29_030 - 1_500,
        "direct_costs": -150_000,
        "receivable institution": 179_030 + 1_500,
    }
    with refusal("dispute_state"):
        disputes.win(dispute_reference=reference)


def test_a_dispute_before_the_settlement_ends_alike():
    deal = make_deal()
    deal.receive()
    reference = dispute(deal, amount=400_000)
    deal.settle(deal.payments[0])
    disputes.lose(dispute_reference=reference)
    other = make_deal()
    other.settle(other.receive())
    disputes.lose(dispute_reference=dispute(other, amount=400_000))
    assert deal.balances == other.balances


@pytest.mark.parametrize("refunded", [400_000, 1_000_000])
def test_a_bank_may_take_back_what_was_refunded_already(deal, refunded):
    deal.refund(deal.payments[0], refunded)
    with refusal("above_refundable"):
        deal.refund(deal.payments[0], 1_000_000 - refunded + 1)
    before = deal.balances
    reference = dispute(deal)
    assert deal.balances["dispute_hold"] == 1_000_000
    with refusal("above_refundable"):
        deal.refund(deal.payments[0], 1)
    disputes.win(dispute_reference=reference)
    won = deal.balances
    assert {
        name: won.get(name, 0) - before.get(name, 0) for name in won.keys() | before.keys()
    } == {
        **dict.fromkeys(won.keys() | before.keys(), 0),
        "cash": -1_500,
        "receivable institution": 1_500,
    }
    lost = dispute(deal)
    disputes.lose(dispute_reference=lost)
    assert deal.balances == {
        "cash": -29_030 - 2 * 1_500 - refunded,
        "direct_costs": -150_000,
        "receivable institution": 179_030 + 2 * 1_500 + refunded,
    }, "example E, what the disputes cost, and what the payer has twice"
    assert not list(differences())


def test_a_senseless_dispute_is_refused(deal):
    rows = Entry.objects.count()
    for code, wrong in (
        ("amount", {"amount": 0}),
        ("amount", {"fee": -1}),
        ("above_refundable", {"amount": 1_000_001}),
    ):
        with refusal(code):
            dispute(deal, **wrong)
    with refusal("unknown_dispute"):
        disputes.win(dispute_reference=uuid.uuid4())
    assert Entry.objects.count() == rows
    assert not Dispute.objects.exists()
