"""Plans: their canonical text, everything that makes one unfit to sign, and the legal floor."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given

from brokers.settlement import plan_text
from brokers.settlement.commission import Scale, Tier
from brokers.settlement.legal import floor_in_force
from brokers.settlement.messages import problem_text
from brokers.settlement.plan import (
    PLATFORM,
    ContractType,
    Member,
    PlanForm,
    Role,
    Route,
    digest,
)
from brokers.settlement.plan_rules import PlanError, check, find_problems, team_at_worst
from tests.settlement.plans import (
    FLOOR,
    brokers_first,
    flat,
    organisation,
    sound_plans,
    user,
    with_platform_share,
)

FIVE_PER_CENT = Scale((Tier(0, None, 500),))


def problems(plan):
    return {(problem.path, problem.code) for problem in find_problems(plan)}


def with_share(plan, share_key, **changes):
    shares = tuple(replace(s, **changes) if s.key == share_key else s for s in plan.shares)
    return replace(plan, shares=shares)


def with_tiers(*tiers, **changes):
    return brokers_first(Scale(tuple(Tier(*tier) for tier in tiers), **changes))


def with_broker(member):
    return with_share(flat(), "broker", members=(member,))


@given(sound_plans())
def test_a_sound_plan_is_its_text(plan):
    text = plan_text.canonical(plan)
    assert plan_text.read(text) == plan
    assert plan_text.canonical(plan_text.read(text)) == text
    assert problems(plan) == set()


def test_the_digest_is_of_the_text_to_the_letter():
    text = plan_text.canonical(flat())
    assert text.startswith('{"brokerage_as_cost":"","contract_type":"licence","currency":"CNY"')
    assert digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest(plan_text.canonical(flat(6_999, 2_001))) != digest(text)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"format":2}', '{"format":1}', "7"])
def test_other_texts_are_no_plans(text):
    with pytest.raises(ValueError, match=r"plan|Expecting"):
        plan_text.read(text)


@pytest.mark.parametrize(
    ("plan", "problem"),
    [
        (flat(6_999), ("shares", "total")),
        (flat(7_001), ("shares", "total")),
        (flat(11_000, -2_000), ("shares.institution.basis_points", "rate")),
        (flat(platform_fee=10_000), ("platform_fee", "rate")),
        (flat(platform_fee=-1), ("platform_fee", "rate")),
        (flat(currency="UGX"), ("currency", "currency")),
        (flat(loss_bearer=user(99)), ("loss_bearer", "loss_bearer")),
        (flat(form=PlanForm.BROKERS_FIRST), ("form", "brokers_first")),
        (brokers_first(FIVE_PER_CENT, form=PlanForm.FLAT), ("form", "flat_with_tiers")),
        (with_share(flat(), "team", members=()), ("shares.team", "no_member")),
        (with_share(flat(), "team", key="fee"), ("shares.fee", "key")),
        (with_share(flat(), "team", key="institution"), ("shares.institution", "key")),
        (with_share(flat(), "team", key="Team 1"), ("shares.Team 1", "key")),
        (with_share(flat(), "team", role=Role.BROKER), ("shares", "role_twice")),
        (with_broker(Member(user(1))), ("shares.broker.user:1", "payee_twice")),
        (with_broker(Member(user(9), 0)), ("shares.broker.user:9", "parts")),
        (with_broker(Member(user(9), -1)), ("shares.broker.user:9", "parts")),
        (with_broker(Member(PLATFORM)), ("shares.broker.platform", "platform_payee")),
        (
            with_broker(Member(user(9), route=Route.INSTITUTION)),
            ("shares.broker.user:9", "via_missing"),
        ),
        (
            with_broker(Member(user(9), route=Route.INSTITUTION, via=user(8))),
            ("shares.broker.user:9", "via_wrong"),
        ),
        (
            with_broker(Member(organisation(9), route=Route.INSTITUTION, via=organisation(9))),
            ("shares.broker.organisation:9", "via_wrong"),
        ),
        (
            with_broker(Member(user(9), via=organisation(1))),
            ("shares.broker.user:9", "via_direct"),
        ),
        (
            with_platform_share(flat(6_000, platform_fee=200), 1_000),
            ("platform_fee", "platform_twice"),
        ),
        (with_tiers(), ("shares.broker.tiers", "no_tier")),
        (with_tiers((1, None, 500)), ("shares.broker.tiers.0", "tier_gap")),
        (with_tiers((0, 9, 500), (10, None, 1)), ("shares.broker.tiers.1", "tier_gap")),
        (with_tiers((0, 9, 500), (8, None, 1)), ("shares.broker.tiers.1", "tier_overlap")),
        (with_tiers((0, None, 500), (8, None, 1)), ("shares.broker.tiers.1", "tier_overlap")),
        (with_tiers((0, 0, 500), (0, None, 1)), ("shares.broker.tiers.0", "tier_order")),
        (with_tiers((0, 9, 500)), ("shares.broker.tiers.0", "tier_open")),
        (with_tiers((0, None, 10_001)), ("shares.broker.tiers.0", "rate")),
        (with_tiers((0, None, -1)), ("shares.broker.tiers.0", "rate")),
        (with_tiers((0, None, 1), minimum=-1), ("shares.broker.cap", "cap")),
        (with_tiers((0, None, 1), minimum=5, cap=4), ("shares.broker.cap", "cap")),
        (with_tiers((0, None, 1), ceiling=0), ("shares.broker.ceiling", "rate")),
        (
            with_share(brokers_first(FIVE_PER_CENT), "broker", basis_points=500),
            ("shares.broker.basis_points", "rate"),
        ),
    ],
)
def test_a_plan_with_a_fault_is_not_signed(plan, problem):
    assert problem in problems(plan)
    with pytest.raises(PlanError) as refusal:
        check(plan)
    assert problem in {(found.path, found.code) for found in refusal.value.problems}
    assert all(problem_text(found) for found in refusal.value.problems)


def test_every_fault_is_named_at_once():
    plan = with_share(flat(6_000, currency="zzz"), "team", members=())
    assert {code for _, code in problems(plan)} >= {"total", "currency", "no_member"}


def test_commission_first_and_then_half_of_the_rest_is_refused():
    plan = brokers_first(FIVE_PER_CENT, team=5_000, floor=FLOOR)
    assert team_at_worst(plan) == Fraction(4_750, 10_000)
    (problem,) = find_problems(plan)
    assert (problem.code, problem.path) == ("below_floor", "shares")
    assert problem.parameters["floor"] == 5_000
    assert problem.parameters["team"] == 4_750
    assert problem.parameters["source"]


def test_unless_the_institutions_policy_counts_brokerage_as_a_cost():
    plan = brokers_first(FIVE_PER_CENT, team=5_000, floor=FLOOR, brokerage_as_cost="policy 2024-7")
    assert problems(plan) == set()
    shares = flat(4_500, 4_500, 1_000, floor=FLOOR)
    assert problems(shares) == {("shares", "below_floor")}
    assert problems(replace(shares, brokerage_as_cost="policy 2024-7")) == set()


def test_half_of_the_whole_net_is_enough():
    assert problems(flat(5_000, 4_000, 1_000, floor=FLOOR)) == set()
    assert problems(flat(4_999, 4_001, 1_000, floor=FLOOR)) == {("shares", "below_floor")}
    assert problems(brokers_first(FIVE_PER_CENT, team=5_264, floor=FLOOR)) == set()


def test_a_minimum_commission_counts_up_to_its_ceiling():
    minimum = Scale((Tier(0, None, 500),), minimum=100_000)
    assert problems(brokers_first(minimum, team=9_000, floor=FLOOR)) == {("shares", "below_floor")}
    bounded = replace(minimum, ceiling=2_000)
    assert problems(brokers_first(bounded, team=6_250, floor=FLOOR)) == set()


@pytest.mark.parametrize(
    ("contract_type", "on", "basis_points"),
    [
        (ContractType.LICENCE, date(2026, 1, 1), 5_000),
        (ContractType.ASSIGNMENT, date(2015, 10, 1), 5_000),
        (ContractType.ASSIGNMENT, date(2015, 9, 30), 2_000),
        (ContractType.LICENCE, date(2015, 9, 30), None),
        (ContractType.DEVELOPMENT, date(2026, 1, 1), None),
        (ContractType.SERVICE, date(2026, 1, 1), None),
    ],
)
def test_the_floor_follows_contract_type_and_date(contract_type, on, basis_points):
    floor = floor_in_force(contract_type=contract_type, state_established=True, on=on)
    assert (floor and floor.basis_points) == basis_points
    assert floor is None or floor.source
    assert floor_in_force(contract_type=contract_type, state_established=False, on=on) is None


def test_brokers_are_named_for_the_check_against_the_parties():
    plan = brokers_first(FIVE_PER_CENT, co_brokers=(60, 40))
    assert plan.brokers == (organisation(10), organisation(11))
