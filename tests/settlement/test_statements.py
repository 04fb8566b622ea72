"""Statements: each party's figures, in one currency, add up to its share of the net income."""

import uuid

import pytest

from brokers.settlement import statements
from brokers.settlement.models import Settlement
from brokers.settlement.plan import PLATFORM
from brokers.settlement.services import disputes, offsets, payouts
from tests.settlement.books import SIGNED, make_deal, money

pytestmark = pytest.mark.django_db


def adds_up(statement, payee):
    loss = money(0) if payee == PLATFORM else statement.loss
    settled = statement.paid - statement.returned + statement.on_its_way + statement.owed
    rest = statement.kept + statement.set_off - statement.to_return
    return statement.share - loss == settled + rest


def statement_of(deal, payee):
    (statement,) = statements.of_party(deal.reference, payee)
    assert adds_up(statement, payee)
    return statement


def test_example_a_as_each_party_reads_it():
    deal = make_deal()
    deal.settle(deal.receive())
    deal.receive(5_000, 0)
    broker = statement_of(deal, deal.brokerage)
    assert broker.gross == money(1_000_000)
    assert broker.unaccepted == money(5_000)
    assert [(line.kind, line.label, line.amount.amount) for line in broker.deductions] == [
        ("cost", "appraisal", 30_000),
        ("cost", "patent", 120_000),
        ("fee", "", 29_030),
        ("platform_fee", "", 20_000),
        ("tax", "", 60_000),
    ]
    assert broker.net == money(740_970)
    assert broker.share == broker.owed == money(74_097)
    everybody = [deal.institution, deal.brokerage, *deal.inventors]
    assert sum(statement_of(deal, payee).share.amount for payee in everybody) == 740_970
    assert statement_of(deal, PLATFORM).share == money(20_000)


def test_a_statement_follows_the_money():
    deal = make_deal(via=True)
    payment = deal.receive()
    deal.settle(payment)
    inventor = deal.inventors[0]
    first = deal.reserve(inventor, 100_000)
    assert statement_of(deal, inventor).on_its_way == money(100_000)
    payouts.settle(payout_reference=first.pk)
    there = statement_of(deal, inventor)
    assert (there.paid, there.at_institution, there.owed) == (
        money(100_000),
        money(100_000),
        money(159_339),
    )
    payouts.disburse(
        payout_reference=first.pk, withheld=money(20_000), disbursed_on=SIGNED, evidence="payroll"
    )
    passed_on = statement_of(deal, inventor)
    assert (passed_on.at_institution, passed_on.withheld) == (money(0), money(20_000))
    deal.refund(payment, 1_000_000)
    refunded = statement_of(deal, inventor)
    assert (refunded.gross, refunded.net, refunded.share) == (money(0), money(0), money(0))
    assert (refunded.paid, refunded.to_return) == (money(100_000), money(100_000))
    offsets.recover(
        recovery_reference=uuid.uuid4(),
        payment_reference=payment,
        payee=inventor,
        amount=money(40_000),
    )
    assert statement_of(deal, inventor).returned == money(40_000)
    assert statement_of(deal, inventor).to_return == money(60_000)


def test_the_loss_bearer_reads_its_loss():
    deal = make_deal()
    payment = deal.receive()
    deal.settle(payment)
    deal.refund(payment, 333_333)
    assert statement_of(deal, deal.institution).loss == money(59_676)
    assert statement_of(deal, deal.brokerage).loss == money(0)
    own = make_deal(loss_bearer=PLATFORM)
    early = own.receive()
    own.refund(early, 1_000_000)
    assert statement_of(own, PLATFORM).loss == money(29_030)


def test_a_collector_has_its_own_share_and_bears_its_own_loss():
    deal = make_deal()
    deal.collector = deal.institution.key
    payment = deal.receive()
    deal.settle(payment)
    assert statement_of(deal, deal.institution).kept == money(148_194)
    assert statement_of(deal, deal.institution).owed == money(0)
    assert statement_of(deal, deal.brokerage).owed == money(74_097)
    deal.refund(payment, 1_000_000)
    assert statement_of(deal, deal.institution).kept == money(-179_030)


def test_what_a_dispute_holds_is_shown():
    deal = make_deal()
    deal.settle(deal.receive())
    disputes.open_(
        dispute_reference=uuid.uuid4(),
        payment_reference=deal.payments[0],
        amount=money(10),
        fee=money(0),
    )
    assert statement_of(deal, deal.brokerage).held == money(74_097)


def test_what_was_set_off_between_deals_is_shown_in_both():
    deal = make_deal()
    deal.settle(deal.receive())
    deal.pay_out(deal.brokerage)
    deal.refund(deal.payments[0], 1_000_000)
    other = make_deal(reuse=deal)
    other.settle(other.receive(500_000, 0), tax=0, costs=())
    other.reserve(deal.brokerage)
    assert statement_of(other, deal.brokerage).set_off == money(49_000)
    assert statement_of(deal, deal.brokerage).set_off == money(-49_000)


def test_an_outsider_and_a_deal_without_money_have_nothing_to_read():
    deal = make_deal()
    assert statements.of_party(deal.reference, deal.brokerage) == []
    deal.settle(deal.receive())
    outsider = make_deal().brokerage
    assert statement_of(deal, outsider).share == money(0)
    assert Settlement.objects.count() == 1


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries):
    deal = make_deal()
    for _ in range(4):
        deal.settle(deal.receive())
    with django_assert_max_num_queries(12):
        statements.of_party(deal.reference, deal.brokerage)
