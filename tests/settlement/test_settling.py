"""Receipts, settlements and refunds on the real ledger: worked examples A and E to the cent."""

import uuid

import pytest

from brokers.settlement import waterfalls
from brokers.settlement.bars import BarKind
from brokers.settlement.errors import ReferenceConflictError
from brokers.settlement.models import (
    Entry,
    LedgerTransaction,
    Receipt,
    Refund,
    Reversal,
    Settlement,
)
from brokers.settlement.plan import PLATFORM
from brokers.settlement.services import receipts
from brokers.settlement.services.refunds import refundable
from tests.settlement.books import make_deal, money, refusal
from tests.settlement.plans import flat, with_platform_share

pytestmark = pytest.mark.django_db

SETTLED_A = {
    "cash": 970_970,
    "tax_payable": -60_000,
    "direct_costs": -150_000,
    "platform": -20_000,
    "payable institution": -148_194,
    "payable broker": -74_097,
    "payable inventor 1": -259_339,
    "payable inventor 2": -155_604,
    "payable inventor 3": -103_736,
}


def rows():
    return Entry.objects.count(), LedgerTransaction.objects.count(), Reversal.objects.count()


def test_what_is_received_is_an_advance_until_it_is_settled():
    deal = make_deal()
    deal.receive()
    assert deal.balances == {"cash": 970_970, "fees": 29_030, "advance": -1_000_000}


def test_example_a():
    deal = make_deal()
    settlement = deal.settle(deal.receive())
    assert settlement.net_amount == 740_970
    assert deal.balances == SETTLED_A


def test_example_e():
    deal = make_deal()
    payment = deal.receive()
    deal.settle(payment)
    refund = deal.refund(payment, 333_333)
    taken = {}
    for reversal in refund.reversals.select_related("allocation"):
        group = reversal.allocation.group
        taken[group] = taken.get(group, 0) + reversal.amount
    assert taken.pop("fee") + taken.pop("cost") == 59_676
    assert taken == {
        "team": 172_893,
        "institution": 49_398,
        "broker": 24_699,
        "tax": 20_000,
        "platform_fee": 6_667,
    }
    assert deal.balances["receivable institution"] == 59_676
    deal.refund(payment, 666_667)
    assert deal.balances == {
        "cash": -29_030,
        "direct_costs": -150_000,
        "receivable institution": 179_030,
    }


def test_example_d():
    plan = with_platform_share(flat(7_000, 2_000, 800, inventors=(1,), currency="JPY"), 200)
    deal = make_deal(template=plan)
    deal.settle(deal.receive(1_000_001, 36_000), tax=100_000, costs=())
    assert deal.balances == {
        "cash": 964_001,
        "tax_payable": -100_000,
        "payable inventor 1": -604_801,
        "payable institution": -172_800,
        "payable broker": -69_120,
        "platform": -17_280,
    }


@pytest.mark.parametrize("parts", [(333_333,), (333_333, 1, 600_000), (1, 1, 1)])
def test_a_refund_before_the_settlement_ends_as_one_after_it(parts):
    before, after = make_deal(), make_deal()
    early, late = before.receive(), after.receive()
    for part in parts:
        before.refund(early, part)
    before.settle(early)
    after.settle(late)
    for part in parts:
        after.refund(late, part)
    assert before.balances == after.balances
    assert before.balances["cash"] == 970_970 - sum(parts)


def test_a_full_refund_before_the_settlement_leaves_the_fee_to_the_loss_bearer():
    deal = make_deal()
    payment = deal.receive()
    deal.refund(payment, 400_000)
    deal.refund(payment, 600_000)
    assert deal.balances == {"cash": -29_030, "receivable institution": 29_030}
    with refusal("refunded"):
        deal.settle(payment)
    assert not Settlement.objects.exists()


def test_the_platform_bears_a_loss_as_its_own():
    deal = make_deal(loss_bearer=PLATFORM)
    payment = deal.receive()
    deal.settle(payment)
    deal.refund(payment, 1_000_000)
    assert deal.balances == {"cash": -29_030, "direct_costs": -150_000, "refund_loss": 179_030}


def test_what_was_paid_out_already_becomes_a_claim():
    deal = make_deal()
    payment = deal.receive()
    deal.settle(payment)
    deal.pay_out(deal.inventors[0])
    deal.pay_out(PLATFORM)
    deal.refund(payment, 1_000_000)
    assert deal.balances == {
        "cash": -29_030 - 259_339 - 20_000,
        "direct_costs": -150_000,
        "receivable institution": 179_030,
        "receivable inventor 1": 259_339,
        "receivable": 20_000,
    }


def test_a_shortfall_is_carried_to_the_next_payment():
    deal = make_deal()
    first, second = deal.receive(100_000, 1_000), deal.receive(500_000, 5_000)
    assert deal.settle(first).net_amount == 0
    assert deal.settle(second, tax=0, costs=()).net_amount == 500_000 - 5_000 - 113_000 - 10_000
    (deal_lines,) = [
        {line.key: line.amount for line in second.allocations.filter(carried=True)}
        for second in Settlement.objects.filter(receipt=second)
    ]
    assert deal_lines == {"cost:1": 81_000, "cost:2": 30_000, "platform_fee:1": 2_000}
    assert deal.balances["direct_costs"] == -150_000


def test_everything_is_recorded_once():
    deal = make_deal()
    payment, refund = deal.receive(), uuid.uuid4()
    deal.settle(payment)
    deal.refund(payment, 5_000, refund)
    before = rows()
    receipts.record(
        payment_reference=payment,
        deal_reference=deal.reference,
        plan=deal.plan,
        collector_key=deal.collector,
        gross=money(1_000_000),
        fee=money(29_030),
    )
    deal.settle(payment)
    deal.refund(payment, 5_000, refund)
    assert rows() == before
    deal.refund(payment, 5_000)
    assert rows() > before, "an equal refund with another reference is another refund"


def test_the_same_reference_with_other_contents_is_refused():
    deal = make_deal()
    payment, refund = deal.receive(), uuid.uuid4()
    deal.settle(payment)
    deal.refund(payment, 5_000, refund)
    before = rows()
    conflicting = {
        "payment_reference": payment,
        "deal_reference": deal.reference,
        "plan": deal.plan,
        "collector_key": deal.collector,
        "gross": money(1_000_001),
        "fee": money(29_030),
    }
    for again in (
        lambda: receipts.record(**conflicting),
        lambda: deal.settle(payment, tax=1),
        lambda: deal.settle(payment, costs=(1,)),
        lambda: deal.refund(payment, 5_001, refund),
    ):
        with pytest.raises(ReferenceConflictError):
            again()
    assert rows() == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"gross": money(0)}, "amount"),
        ({"gross": money(-1)}, "amount"),
        ({"fee": money(-1)}, "amount"),
        ({"fee": money(101)}, "fee_above_gross"),
        ({"fee": money(1, "USD")}, "currency"),
        ({"gross": money(100, "JPY"), "fee": money(1, "JPY")}, "currency"),
        ({"deal_reference": uuid.uuid4()}, "other_deal"),
    ],
)
def test_a_senseless_receipt_is_refused(changes, code):
    deal = make_deal()
    wanted = {
        "payment_reference": uuid.uuid4(),
        "deal_reference": deal.reference,
        "plan": deal.plan,
        "collector_key": "platform",
        "gross": money(100),
        "fee": money(1),
    }
    with refusal(code):
        receipts.record(**wanted | changes)
    assert not Receipt.objects.exists()
    assert rows() == (0, 0, 0)


def test_a_senseless_settlement_or_refund_is_refused():
    deal = make_deal()
    payment = deal.receive()
    before = rows()
    for code, asked in (
        ("unknown_payment", lambda: deal.settle(uuid.uuid4())),
        ("amount", lambda: deal.settle(payment, tax=-1)),
        ("amount", lambda: deal.settle(payment, costs=(-1,))),
        ("unknown_payment", lambda: deal.refund(uuid.uuid4(), 1)),
        ("amount", lambda: deal.refund(payment, 0)),
        ("amount", lambda: deal.refund(payment, -1)),
        ("above_refundable", lambda: deal.refund(payment, 1_000_001)),
    ):
        with refusal(code):
            asked()
    assert rows() == before
    assert not Refund.objects.exists()
    deal.refund(payment, 999_999)
    assert refundable(Receipt.objects.get()) == money(1)
    with refusal("above_refundable"):
        deal.refund(payment, 2)


def test_the_waterfall_is_shown_down_to_the_ledger_rows(django_assert_num_queries):
    deal = make_deal()
    payment = deal.receive()
    deal.settle(payment)
    deal.refund(payment, 333_333)
    for _ in range(3):
        deal.settle(deal.receive())
    with django_assert_num_queries(3):
        shown, *_others = waterfalls.of_deal(deal.reference)
    kinds = [bar.kind for bar in shown.bars]
    assert kinds[:7] == [BarKind.GROSS, *[BarKind.DEDUCTION] * 5, BarKind.NET]
    by_key = {bar.key: bar for bar in shown.bars}
    assert by_key["gross"].remaining == money(666_667)
    assert by_key["net"].amount == money(740_970)
    assert by_key["cost:1"].label == "patent"
    assert by_key["team"].taken_back == money(172_893)
    for bar in shown.bars:
        if bar.kind in {BarKind.DEDUCTION, BarKind.PAYEE}:
            assert -sum(row.amount for row in bar.rows) == bar.remaining.amount
    shares = [bar for bar in shown.bars if bar.kind is BarKind.SHARE]
    assert [bar.start.amount for bar in shares] == [0, 518_679, 666_873]
    assert [bar.start.amount for bar in shown.bars[1:6]] == [
        970_970,
        910_970,
        790_970,
        760_970,
        740_970,
    ]
