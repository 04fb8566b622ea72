"""Worked example C and what a scale promises about any net income."""

from hypothesis import given
from hypothesis import strategies as st

from brokers.settlement.commission import Scale, Tier, entitlement
from brokers.settlement.plan import ContractType
from brokers.settlement.waterfall import History, compute
from tests.settlement.plans import brokers_first, scales

TIERS = (
    Tier(0, 50_000_000, 500),
    Tier(50_000_000, 100_000_000, 300),
    Tier(100_000_000, None, 100),
)
NETS = (40_000_000, 70_000_000, 40_000_001)


def commissions(plan, nets, *, earlier=0):
    """Yield what the broker gets of each net; `earlier` was split by older versions."""
    given_so_far, net_so_far = 0, 0
    for net in nets:
        history = History(earlier, net_so_far, taken={"broker": given_so_far})
        broker = next(
            line.amount
            for line in compute(plan, gross=net, history=history).shares
            if line.key == "broker"
        )
        yield broker
        given_so_far, net_so_far = given_so_far + broker, net_so_far + net


def test_example_c():
    assert list(commissions(brokers_first(Scale(TIERS)), NETS)) == [2_000_000, 2_100_000, 400_000]
    capped = brokers_first(Scale(TIERS, cap=4_300_000))
    assert list(commissions(capped, NETS)) == [2_000_000, 2_100_000, 200_000]


def test_example_c_divides_the_commission_between_co_brokers():
    plan = brokers_first(Scale(TIERS), co_brokers=(60, 25, 15))
    history = History(net=40_000_000, taken={"broker": 2_000_000})
    lines = compute(plan, gross=70_000_000, history=history).shares[0].members
    assert [line.amount for line in lines] == [1_260_000, 525_000, 315_000]


@given(scales(), st.lists(st.integers(0, 10**9), min_size=1, max_size=6))
def test_splitting_a_milestone_cannot_change_the_total(scale, nets):
    plan = brokers_first(scale, contract_type=ContractType.SERVICE)
    at_once = sum(commissions(plan, [sum(nets)]))
    assert sum(commissions(plan, nets)) == at_once == entitlement(scale, sum(nets))


@given(
    scales(), *[st.lists(st.integers(0, 10**9), min_size=1, max_size=4)] * 2, st.integers(50, 99)
)
def test_an_amendment_that_keeps_the_scale_cannot_change_the_total(scale, before, after, team):
    """Another version of the plan goes on from the cumulative net of those before it."""
    plan = brokers_first(scale, contract_type=ContractType.SERVICE)
    amended = brokers_first(scale, contract_type=ContractType.SERVICE, team=team * 100)
    total = sum(commissions(plan, before)) + sum(commissions(amended, after, earlier=sum(before)))
    assert total == entitlement(scale, sum(before) + sum(after))


@given(scales(), st.integers(0, 10**12), st.integers(0, 10**9))
def test_a_scale_grows_with_the_net_but_not_faster(scale, net, more):
    before, after = entitlement(scale, net), entitlement(scale, net + more)
    assert 0 <= before <= after <= before + more
    assert before <= net
    assert scale.cap is None or after <= scale.cap
    assert after - before <= -(-more * scale.steepest // 10_000)


def test_a_minimum_yields_to_the_ceiling_and_to_the_net():
    scale = Scale((Tier(0, None, 100),), minimum=5_000)
    assert [entitlement(scale, net) for net in (0, 3_000, 9_000, 600_000)] == [0, 3000, 5000, 6000]
    bounded = Scale((Tier(0, None, 100),), minimum=5_000, ceiling=1_000)
    assert [entitlement(bounded, net) for net in (3_000, 60_000)] == [300, 5_000]


def test_a_refund_makes_the_tiers_be_looked_at_again():
    plan = brokers_first(Scale((Tier(0, 100_000, 1_000), Tier(100_000, None, 100))))
    after_full_refund_of_the_first = History(net=100_000, taken={"broker": 1_000})
    (broker, *_) = compute(plan, gross=50_000, history=after_full_refund_of_the_first).shares
    assert broker.amount == 5_000, "at most the steepest rate of one payment, the rest later"
    over_paid = History(net=10_000, taken={"broker": 9_000})
    (broker, *_) = compute(plan, gross=50_000, history=over_paid).shares
    assert broker.amount == 0


def test_a_new_plan_leaves_what_older_ones_gave():
    plan = brokers_first(Scale((Tier(0, 100_000, 1_000), Tier(100_000, None, 100))))
    (broker, *_) = compute(plan, gross=50_000, history=History(earlier_net=80_000)).shares
    assert broker.amount == 2_000 + 300
