"""Published policies of universities and the law, as plans, with their examples.

Sources: Stanford University, Office of Technology Licensing, “Stanford Policies on Intellectual
Property” (otl.stanford.edu; its published slides name the office's 15 %); University of Notre Dame,
IDEA Center, “Policies & Procedures”, revenue distribution (ideacenter.nd.edu); The Ohio State
University, Keenan Center, “Returns to the Inventor and University” (keenan.osu.edu);
促进科技成果转化法 (2015), Article 45.
"""

from dataclasses import replace

import pytest

from brokers.settlement.commission import Scale, Tier
from brokers.settlement.net_income import Charge, Kind
from brokers.settlement.plan import Plan
from brokers.settlement.plan_rules import find_problems
from brokers.settlement.waterfall import History, Waterfall, compute
from tests.settlement.plans import FLOOR, brokers_first, flat, with_office_fee, with_team_tiers

USD = 100
FIVE_PER_CENT = Scale((Tier(0, None, 500),))
NOTRE_DAME = with_team_tiers(
    flat(0, 10_000, 0), (0, 100_000 * USD, 5_000), (100_000 * USD, None, 2_500)
)


def shares(split: Waterfall) -> dict[str, int]:
    return {share.key: share.amount for share in split.shares if share.amount}


def of_net(plan: Plan, net: int, history: History | None = None) -> int:
    return shares(compute(plan, gross=net, history=history)).get("team", 0)


def test_legal_costs_then_an_office_fee_of_15_per_cent_then_the_split() -> None:
    """Of 100,000 with 20,000 of legal costs: 12,000 for the office, a third of 68,000 for inventors."""
    plan = with_office_fee(flat(3_334, 6_666, 0), 1_500)
    assert not list(find_problems(plan))
    legal = Charge(Kind.COST, 20_000 * USD, "Legal costs")
    split = compute(plan, gross=100_000 * USD, charges=[legal])
    assert split.net == 80_000 * USD
    assert shares(split) == {
        "office": 12_000 * USD,
        "team": 2_267_120,
        "institution": 4_532_880,
    }


@pytest.mark.parametrize(
    ("net", "team"),
    [(60_000, 30_000), (100_000, 50_000), (100_001, 50_000.25), (300_000, 100_000)],
)
def test_half_of_the_first_100_000_of_net_then_a_quarter(net: int, team: float) -> None:
    assert not list(find_problems(NOTRE_DAME))
    assert of_net(NOTRE_DAME, net * USD) == team * USD


def test_the_tiers_look_at_all_that_the_deal_has_brought() -> None:
    first = of_net(NOTRE_DAME, 60_000 * USD)
    so_far = History(net=60_000 * USD, taken={"team": first})
    second = of_net(NOTRE_DAME, 60_000 * USD, so_far)
    assert (first, second) == (30_000 * USD, 25_000 * USD)
    assert first + second == of_net(NOTRE_DAME, 120_000 * USD)


def test_half_of_the_first_100_000_then_34_per_cent() -> None:
    end = 100_000 * USD
    ohio_state = with_team_tiers(flat(0, 10_000, 0), (0, end, 5_000), (end, None, 3_400))
    assert of_net(ohio_state, 200_000 * USD) == 84_000 * USD


def test_at_least_half_of_the_whole_net_to_those_who_made_it() -> None:
    commission_first = brokers_first(FIVE_PER_CENT, team=5_000, floor=FLOOR)
    assert [problem.code for problem in find_problems(commission_first)] == ["below_floor"]
    half_of_all = flat(5_000, 4_500, 500, inventors=(1,), floor=FLOOR)
    assert not list(find_problems(half_of_all))
    assert of_net(half_of_all, 100_000_00) == 50_000_00


def test_an_office_fee_and_later_tiers_count_against_the_floor() -> None:
    fee = with_office_fee(flat(5_500, 4_500, 0, floor=FLOOR), 1_500)
    assert [problem.code for problem in find_problems(fee)] == ["below_floor"], "85 % of 55 %"
    assert not list(find_problems(with_office_fee(flat(5_900, 4_100, 0, floor=FLOOR), 1_500)))
    falling = replace(NOTRE_DAME, floor=FLOOR)
    assert [problem.code for problem in find_problems(falling)] == ["below_floor"]


def test_rounding_never_takes_a_team_with_tiers_below_its_floor() -> None:
    tiers = ((0, 100, 5_000), (100, None, 5_000))
    plan = with_team_tiers(flat(0, 10_000, 0, floor=FLOOR), *tiers)
    history, taken = History(), 0
    for paid in (1, 1, 1, 99, 3):
        given = of_net(plan, paid, history)
        assert 2 * given >= paid
        taken += given
        history = History(net=history.net + paid, taken={"team": taken})
    assert 0 <= 2 * taken - history.net <= 5, "half a unit for each payment at most"


@pytest.mark.parametrize(
    "plan",
    [
        with_team_tiers(with_office_fee(flat(0, 10_000, 0), 100), (0, None, 100), (50, None, 1)),
        with_office_fee(with_office_fee(flat(), 100), 100),
    ],
)
def test_tiers_and_fees_that_make_no_sense_are_refused(plan: Plan) -> None:
    assert list(find_problems(plan))
