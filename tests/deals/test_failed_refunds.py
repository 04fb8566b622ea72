"""Why a refund failed is told to who keeps the books of the payment, and to nobody else."""

import uuid
from typing import Any

import pytest
from django.utils import translation

from brokers.deals import refunds
from brokers.deals.models import Milestone
from brokers.deals.reading import failed_refunds
from brokers.payments import orders, registry
from brokers.payments.gateway import Outcome, State
from brokers.payments.models import Refund
from marketplace.money import Money
from marketplace.outbox import effects
from tests.deals.conftest import Visit
from tests.deals.factories import World
from tests.factories import in_group, make_administrator, make_user
from tests.pages import soup, text_of

pytestmark = pytest.mark.django_db
WORDS = "Payee's account is blocked"


def refund(world: World, milestone: Milestone) -> Refund:
    milestone.refresh_from_db()
    return refunds.request(
        milestone=milestone,
        amount=Money(100_000, "CNY"),
        reason="Too late.",
        by=world.dean,
        reference=uuid.uuid4(),
    )


def fail(world: World, milestone: Milestone) -> Refund:
    failed = refund(world, milestone)
    orders.apply(failed, Outcome(state=State.FAILED, row=str(failed.pk), failure=WORDS))
    effects.process_due()
    return failed


@pytest.fixture
def failing(banked: Any) -> Any:
    banked.pay(banked.first)
    banked.pay(banked.second)
    fail(banked, banked.first)
    return banked


def test_finance_reads_why(failing: Any, visit: Visit) -> None:
    finance = visit(in_group(make_user(), "Finance"))
    [row] = soup(finance.get("failures")).select("#refunds ~ ul li")
    assert WORDS in row.get_text()
    assert str(failing.enterprise) in row.get_text()
    assert WORDS in text_of(visit(make_administrator()).get("milestones", failing.deal.pk))
    assert row.a["href"] == f"/en/deals/{failing.deal.pk}/milestones/"
    refund(failing, failing.first)
    assert not soup(finance.get("failures")).select("#refunds"), "it was ordered again"


def test_so_do_keepers_of_the_books_and_nobody_else(failing: Any, visit: Visit) -> None:
    for person in (failing.dean, failing.bursar):
        assert WORDS in text_of(visit(person).get("milestones", failing.deal.pk))
    for person in (failing.researcher, failing.buyer, failing.broker):
        page = text_of(visit(person).get("milestones", failing.deal.pk))
        assert "Refund, failed" in page
        assert WORDS not in page


@pytest.mark.parametrize(
    ("reason", "chinese"),
    [
        ("lost_or_stolen_card", "付款方的银行卡已失效"),
        ("", "支付服务商未说明原因"),
        ("No such payment_intent: 'pi_1'", "No such payment_intent: 'pi_1'"),
    ],
)
def test_names_are_explained_and_words_are_left(reason: str, chinese: str) -> None:
    gateway = registry.get("stripe")
    with translation.override("zh-hans"):
        assert chinese in str(gateway.explain_refund(reason))
    assert registry.get("bank").explain_refund(WORDS) == WORDS


def test_nothing_is_said_of_one_that_did_not_fail(failing: Any) -> None:
    assert failed_refunds.why(refund(failing, failing.first)) == ""
