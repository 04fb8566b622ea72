"""Plans that several tests split money by, and Hypothesis strategies for plans and scales."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from brokers.settlement.commission import Scale, Tier
from brokers.settlement.legal import Floor
from brokers.settlement.plan import (
    OFFICE,
    PLATFORM,
    ContractType,
    Member,
    Payee,
    PayeeKind,
    Plan,
    PlanForm,
    Role,
    Share,
)

FLOOR = Floor(5_000, date(2015, 10, 1), "促进科技成果转化法第四十五条")


def organisation(number: int) -> Payee:
    return Payee(PayeeKind.ORGANISATION, number)


def user(number: int) -> Payee:
    return Payee(PayeeKind.USER, number)


INSTITUTION, BROKERAGE = organisation(1), organisation(2)


def flat(
    team: int = 7_000,
    institution: int = 2_000,
    broker: int = 1_000,
    *,
    inventors: tuple[int, ...] = (50, 30, 20),
    **changes,
) -> Plan:
    shares = (
        Share("team", Role.TEAM, _people(inventors), team),
        Share("institution", Role.INSTITUTION, (Member(INSTITUTION),), institution),
        Share("broker", Role.BROKER, (Member(BROKERAGE),), broker),
    )
    plan = Plan(PlanForm.FLAT, ContractType.LICENCE, "CNY", shares, INSTITUTION)
    return replace(plan, **changes)


def brokers_first(
    scale: Scale,
    *,
    team: int = 7_000,
    co_brokers: tuple[int, ...] = (1,),
    **changes,
) -> Plan:
    brokers = tuple(Member(organisation(10 + i), parts) for i, parts in enumerate(co_brokers))
    shares = (
        Share("broker", Role.BROKER, brokers, scale=scale),
        Share("team", Role.TEAM, _people((1,)), team),
        Share("institution", Role.INSTITUTION, (Member(INSTITUTION),), 10_000 - team),
    )
    plan = Plan(PlanForm.BROKERS_FIRST, ContractType.LICENCE, "CNY", shares, INSTITUTION)
    return replace(plan, **changes)


def with_platform_share(plan: Plan, basis_points: int) -> Plan:
    share = Share("platform", Role.PLATFORM, (Member(PLATFORM),), basis_points)
    return replace(plan, shares=(*plan.shares, share))


def _people(parts: tuple[int, ...]) -> tuple[Member, ...]:
    return tuple(Member(user(i + 1), weight) for i, weight in enumerate(parts))


@st.composite
def scales(draw, *, steepest: int = 10_000) -> Scale:
    """Sound scales, most of them with several tiers and some with minimum, cap and ceiling."""
    steps = sorted(draw(st.sets(st.integers(1, 10**8), max_size=3)))
    rates = draw(
        st.lists(st.integers(0, steepest), min_size=len(steps) + 1, max_size=len(steps) + 1)
    )
    tiers = tuple(map(Tier, (0, *steps), (*steps, None), rates))
    minimum = draw(st.just(0) | st.integers(0, 10**6))
    cap = draw(st.none() | st.integers(max(1, minimum), 10**8))
    return Scale(tiers, minimum, cap, draw(st.just(steepest) | st.integers(1, steepest)))


def with_office_fee(plan: Plan, basis_points: int) -> Plan:
    """Let the institution take a fee after the commission, before the rest is shared."""
    scale = Scale((Tier(0, None, basis_points),))
    office = Share(OFFICE, Role.INSTITUTION, (Member(INSTITUTION),), scale=scale)
    return replace(plan, shares=(*plan.first, office, *plan.rest))


def with_team_tiers(plan: Plan, *tiers: tuple[int, int | None, int]) -> Plan:
    """Give the team tiers instead of its share, which goes to the institution."""
    shares = [
        replace(share, basis_points=0, scale=Scale(tuple(Tier(*tier) for tier in tiers)))
        if share.role is Role.TEAM
        else share
        for share in plan.shares
    ]
    team = sum(share.basis_points for share in plan.shares if share.role is Role.TEAM)
    raised = [
        replace(share, basis_points=share.basis_points + team)
        if share.role is Role.INSTITUTION and share.scale is None
        else share
        for share in shares
    ]
    return replace(plan, shares=tuple(raised))


@st.composite
def sound_plans(draw) -> Plan:
    """Plans of both forms without a problem, half of them bound by the legal floor."""
    bound = draw(st.booleans())
    team = draw(st.integers(6_250 if bound else 0, 10_000))
    changes = {"floor": FLOOR if bound else None, "platform_fee": draw(st.integers(0, 500))}
    people = tuple(draw(st.lists(st.integers(1, 9), min_size=1, max_size=4)))
    if draw(st.booleans()):
        institution = draw(st.integers(0, 10_000 - team))
        rest = 10_000 - team - institution
        plan = flat(team, institution, rest, inventors=people, **changes)
    else:
        scale = draw(scales(steepest=2_000 if bound else 10_000))
        plan = brokers_first(scale, team=team, co_brokers=people, **changes)
    if draw(st.booleans()):
        plan = _as_a_policy_says(draw, plan, bound=bound)
    bearers = [PLATFORM, *(member.payee for member in plan.members)]
    return replace(plan, loss_bearer=draw(st.sampled_from(bearers)))


def _as_a_policy_says(draw, plan: Plan, *, bound: bool) -> Plan:
    """Take an office fee, and give the team two tiers, without going below a floor of half."""
    plan = with_office_fee(plan, draw(st.integers(1, 500 if bound else 9_000)))
    low = 6_700 if bound else 0
    end, first, second = (
        draw(st.integers(1, 10**8)),
        draw(st.integers(low, 10_000)),
        draw(st.integers(low, 10_000)),
    )
    return with_team_tiers(plan, (0, end, first), (end, None, second))
