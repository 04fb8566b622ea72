"""Versions of a plan: the floor is imposed, faults are named in words, a version is for ever."""

import uuid
from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from brokers.settlement.errors import SettlementError
from brokers.settlement.messages import ERROR_MESSAGES, PLAN_MESSAGES, error_text, problem_text
from brokers.settlement.models import SplitPlan
from brokers.settlement.plan import ContractType, digest
from brokers.settlement.plan_rules import PlanError
from brokers.settlement.services import plans
from marketplace.money import Money
from tests.settlement.books import make_deal
from tests.settlement.plans import flat

pytestmark = pytest.mark.django_db


def add(deal, plan, *, state_established=True, reference=None):
    return plans.add_version(
        deal_reference=reference or deal.reference,
        plan=plan,
        state_established=state_established,
        on=date(2026, 3, 1),
    )


def test_a_version_is_its_text_and_its_rows_say_the_same():
    deal = make_deal(via=True)
    row = deal.plan
    assert row.version == 1
    assert row.digest == digest(row.text)
    assert row.plan.floor.basis_points == 5_000
    shares = list(row.share_rows.order_by("pk"))
    assert [(s.payee, s.role, s.basis_points, s.parts) for s in shares] == [
        (deal.inventors[0], "team", 7_000, 50),
        (deal.inventors[1], "team", 7_000, 30),
        (deal.inventors[2], "team", 7_000, 20),
        (deal.institution, "institution", 2_000, 1),
        (deal.brokerage, "broker", 1_000, 1),
    ]
    assert [s.via_id for s in shares] == [deal.institution.id] * 3 + [None] * 2


def test_the_same_plan_is_the_same_version_and_another_is_the_next():
    deal = make_deal()
    plan = deal.plan.plan
    assert add(deal, plan) == deal.plan
    second = add(deal, replace(plan, platform_fee=100))
    assert second.version == 2
    assert add(deal, plan).version == 3, "going back is a version of its own, signed anew"
    assert add(deal, plan, reference=uuid.uuid4()).version == 1


def test_the_floor_is_imposed_whatever_the_caller_says():
    deal = make_deal()
    low = replace(deal.plan.plan, floor=None)
    team, institution, broker = low.shares
    low = replace(
        low,
        shares=(
            replace(team, basis_points=4_000),
            replace(institution, basis_points=5_000),
            broker,
        ),
    )
    with pytest.raises(PlanError) as refusal:
        add(deal, low)
    assert SplitPlan.objects.count() == 1
    with translation.override("en"):
        (text,) = map(problem_text, refusal.value.problems)
    assert text.startswith("The team could get as little as 40 % of the net income. At least 50 %")
    assert "第四十五条" in text
    assert add(deal, low, state_established=False).version == 2
    assert add(deal, replace(low, contract_type=ContractType.SERVICE)).version == 3


def test_a_payment_keeps_the_plan_it_came_with():
    deal = make_deal()
    payment = deal.receive()
    add(deal, replace(deal.plan.plan, platform_fee=0))
    deal.settle(payment)
    assert deal.balances["platform"] == -20_000


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_problem_and_error_has_words(language):
    parameters = {"role": "broker", "key": "x", "total": 9_999, "team": 1, "floor": 5_000}
    with translation.override(language):
        with pytest.raises(PlanError) as refusal:
            make_deal(shares=flat(6_999).shares)
        assert all(problem_text(problem) for problem in refusal.value.problems)
        for code, message in PLAN_MESSAGES.items():
            assert str(message) % (parameters | {"source": "law"}), code
        for code in ERROR_MESSAGES:
            error = SettlementError(code, left=Money(5, "CNY"), reference="x")
            assert error_text(error)
