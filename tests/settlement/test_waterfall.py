"""Worked examples A and D, shortfalls, and what holds for every payment under every plan."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokers.settlement.net_income import Charge, Kind, net_income
from brokers.settlement.plan import Role
from brokers.settlement.waterfall import History, compute
from tests.settlement.plans import FLOOR, flat, sound_plans, with_platform_share

EXAMPLE_A_CHARGES = (
    Charge(Kind.FEE, 29_030),
    Charge(Kind.TAX, 60_000),
    Charge(Kind.COST, 120_000, "patent"),
    Charge(Kind.COST, 30_000, "appraisal"),
)
charges = st.lists(
    st.builds(Charge, st.sampled_from([Kind.FEE, Kind.TAX, Kind.COST]), st.integers(0, 10**6)),
    max_size=5,
)
histories = st.builds(
    History,
    st.integers(0, 10**8),
    st.integers(0, 10**8),
    st.dictionaries(st.just("broker"), st.integers(0, 10**7)),
)


def test_example_a():
    waterfall = compute(flat(platform_fee=200), gross=1_000_000, charges=EXAMPLE_A_CHARGES)
    assert [(line.key, line.applied) for line in waterfall.deductions] == [
        ("fee:1", 29_030),
        ("tax:1", 60_000),
        ("cost:1", 120_000),
        ("cost:2", 30_000),
        ("platform_fee:1", 20_000),
    ]
    assert waterfall.net == 740_970
    assert [line.amount for line in waterfall.shares] == [518_679, 148_194, 74_097]
    assert [line.amount for line in waterfall.shares[0].members] == [259_339, 155_604, 103_736]
    assert waterfall.carried == ()


def test_example_d():
    plan = with_platform_share(flat(7_000, 2_000, 800, inventors=(1,), currency="JPY"), 200)
    charges = (Charge(Kind.FEE, 36_000), Charge(Kind.TAX, 100_000))
    waterfall = compute(plan, gross=1_000_001, charges=charges)
    assert waterfall.net == 864_001
    assert [line.amount for line in waterfall.shares] == [604_801, 172_800, 69_120, 17_280]


def test_a_shortfall_is_carried_and_borne_by_the_next_payment_first():
    first = compute(flat(platform_fee=200), gross=100_000, charges=EXAMPLE_A_CHARGES)
    assert [line.applied for line in first.deductions] == [29_030, 60_000, 10_970, 0, 0]
    assert first.net == 0
    assert all(line.amount == 0 for line in first.shares)
    assert first.carried == (
        Charge(Kind.COST, 109_030, "patent", carried=True),
        Charge(Kind.COST, 30_000, "appraisal", carried=True),
        Charge(Kind.PLATFORM, 2_000, carried=True),
    )
    new = (Charge(Kind.FEE, 1_000), Charge(Kind.COST, 5_000, "expert"))
    second = compute(flat(platform_fee=200), gross=300_000, charges=[*new, *first.carried])
    assert [(line.charge.label, line.applied) for line in second.deductions] == [
        ("", 1_000),
        ("patent", 109_030),
        ("appraisal", 30_000),
        ("expert", 5_000),
        ("", 2_000),
        ("", 6_000),
    ]
    assert second.net == 146_970
    assert second.carried == ()


def test_negative_amounts_are_refused():
    for gross, amount in ((-1, 1), (1, -1)):
        with pytest.raises(ValueError, match="not negative"):
            net_income(gross=gross, charges=[Charge(Kind.COST, amount)])


@given(sound_plans(), st.integers(0, 10**9), charges, histories)
def test_every_level_sums_to_the_one_above(plan, gross, charges, history):
    waterfall = compute(plan, gross=gross, charges=charges, history=history)
    assert waterfall.net >= 0
    assert gross == sum(line.applied for line in waterfall.deductions) + waterfall.net
    assert waterfall.net == sum(share.amount for share in waterfall.shares)
    for share in waterfall.shares:
        assert share.amount == sum(member.amount for member in share.members)
        assert all(member.amount >= 0 for member in share.members)
    asked = sum(charge.amount for charge in charges) + (gross * plan.platform_fee + 5_000) // 10_000
    borne = sum(line.applied for line in waterfall.deductions)
    assert borne + sum(charge.amount for charge in waterfall.carried) == asked
    assert not (waterfall.net and waterfall.carried)


@given(sound_plans(), st.lists(st.integers(0, 10**8), min_size=1, max_size=5))
def test_the_team_gets_its_floor_of_every_payment(plan, payments):
    net, taken = 0, 0
    for gross in payments:
        history = History(net=net, taken={"broker": taken})
        waterfall = compute(plan, gross=gross, history=history)
        team = sum(line.amount for line in waterfall.shares if line.role is Role.TEAM)
        if plan.floor is not None:
            assert team >= Fraction(waterfall.net * FLOOR.basis_points, 10_000)
        net += waterfall.net
        taken += sum(line.amount for line in waterfall.shares if line.role is Role.BROKER)


def test_rounding_never_costs_the_team_its_floor():
    halves = replace(flat(5_000, 5_000, 0, inventors=(1,)), floor=FLOOR)
    team, institution, _ = compute(halves, gross=1).shares
    assert (team.amount, institution.amount) == (1, 0)


def test_brokerage_as_a_cost_measures_the_floor_by_what_it_leaves():
    plan = replace(
        flat(4_500, 4_500, 1_000, inventors=(1,)), floor=FLOOR, brokerage_as_cost="policy"
    )
    assert [line.amount for line in compute(plan, gross=1_000).shares] == [450, 450, 100]
