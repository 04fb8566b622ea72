"""Several workers at once on one deal: nothing is posted twice, nothing is paid twice, nothing lost."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import transaction

from brokers.settlement import ledger
from brokers.settlement.errors import SettlementError
from brokers.settlement.models import Entry, Payout, Settlement
from brokers.settlement.plan import PLATFORM
from brokers.settlement.proofs import differences
from tests.settlement.books import make_deal

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("copy of the database")]
WORKERS = 8


@pytest.fixture
def _django_db_helper(django_db_setup):
    """Stand in for pytest-django's transaction around a test: here `connect` gives a private copy."""


@pytest.fixture
def at_once(connect):
    """Return a function that calls something from several workers at the same moment."""

    def run(*calls):
        start = Barrier(len(calls))

        def work(call):
            with connect():
                start.wait()
                try:
                    return call()
                except SettlementError as refusal:
                    return refusal.code

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(work, calls))

    with connect():
        yield run


def test_a_payment_is_settled_once_whoever_is_first(at_once):
    deal = make_deal()
    payment = deal.receive()
    settled = at_once(*[lambda: deal.settle(payment).pk] * WORKERS)
    assert len(set(settled)) == 1
    assert Settlement.objects.count() == 1
    assert deal.balances["payable broker"] == -74_097
    assert list(differences()) == []


def test_the_same_payout_is_reserved_once_and_others_get_nothing(at_once):
    deal = make_deal()
    deal.settle(deal.receive())
    reference = uuid.uuid4()
    same = at_once(*[lambda: deal.reserve(deal.brokerage, 70_000, reference).pk] * WORKERS)
    assert same == [reference] * WORKERS
    assert deal.balances["payable broker"] == -4_097
    rest = at_once(*[lambda: deal.reserve(deal.brokerage).amount] * WORKERS)
    assert sorted(rest) == [0] * (WORKERS - 1) + [4_097]
    assert Payout.objects.filter(state="reserved").count() == 2
    assert list(differences()) == []


def test_refunds_at_once_never_exceed_what_was_received(at_once):
    deal = make_deal()
    payment = deal.receive()
    deal.settle(payment)
    done = at_once(*[lambda: type(deal.refund(payment, 300_000)).__name__] * WORKERS)
    assert sorted(done) == ["Refund"] * 3 + ["above_refundable"] * (WORKERS - 3)
    assert list(differences()) == []


def test_a_refund_and_payouts_at_once_leave_payables_or_claims(at_once):
    deal = make_deal()
    payment = deal.receive()
    deal.settle(payment)
    payees = [deal.institution, deal.brokerage, *deal.inventors, PLATFORM]
    at_once(
        lambda: deal.refund(payment, 1_000_000),
        *[lambda payee=payee: deal.pay_out(payee) if payee else None for payee in payees],
    )
    assert list(differences()) == []
    left = deal.balances
    assert left.pop("receivable institution", 0) >= 179_030
    assert not any(account.startswith("payable") for account in left)


def test_payments_of_one_deal_at_once_split_by_the_cumulative_net(at_once):
    deal = make_deal()
    at_once(*[lambda: deal.settle(deal.receive(), 0, ())] * WORKERS)
    assert Settlement.objects.count() == WORKERS
    assert list(differences()) == []


def test_books_of_several_deals_are_locked_in_one_order(at_once):
    one, two = make_deal().reference, make_deal().reference

    @transaction.atomic
    def lock(*references):
        return len(ledger.locked(*references))

    forth, back = (lambda: lock(one, two)), (lambda: lock(two, one))
    assert at_once(*[forth, back] * (WORKERS // 2)) == [2] * WORKERS
    assert not Entry.objects.exists()


def test_books_are_locked_within_a_transaction_only(at_once):
    with pytest.raises(transaction.TransactionManagementError):
        ledger.locked(uuid.uuid4())
