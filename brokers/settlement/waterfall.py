"""Gross → deductions → net → each share → each payee, as one value.

Invariant: every level sums to the one above it, to the minor unit. The page of a deal, every
party's statement and the postings of a settlement are made from this value and from nothing else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from brokers.settlement.commission import WHOLE, Scale, entitlement
from brokers.settlement.net_income import Charge, Deduction, Kind, net_income
from brokers.settlement.plan import Payee, Plan, Role, Share
from brokers.settlement.shares import portion, split, split_with_minimum


@dataclass(frozen=True, slots=True)
class History:
    """What earlier payments of the deal have left, refunds taken back, in minor units.

    `net` was split by this very plan, `earlier_net` by older versions; `taken` is what this plan's
    scales have given so far, by the key of the share.
    """

    earlier_net: int = 0
    net: int = 0
    taken: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MemberLine:
    """What one payee gets of a share. `key` is unique within the waterfall."""

    key: str
    payee: Payee
    amount: int


@dataclass(frozen=True, slots=True)
class ShareLine:
    """What one share gets, and its payees' parts of it."""

    key: str
    role: Role
    amount: int
    members: tuple[MemberLine, ...]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A payment, split. All amounts are minor units of `currency`."""

    currency: str
    gross: int
    deductions: tuple[Deduction, ...]
    net: int
    shares: tuple[ShareLine, ...]

    @property
    def carried(self) -> tuple[Charge, ...]:
        """What the next payment has to bear."""
        return tuple(line.carried_on() for line in self.deductions if line.shortfall)


def compute(
    plan: Plan, *, gross: int, charges: Iterable[Charge] = (), history: History | None = None
) -> Waterfall:
    """Split a payment of `gross` minor units by `plan`, which must be free of problems.

    `charges` are its fee, tax and direct costs and what earlier payments carried; the platform's
    fee is added as the plan says.
    """
    fee = portion(gross, plan.platform_fee)
    own = [Charge(Kind.PLATFORM, fee)] if fee else []
    income = net_income(gross=gross, charges=[*charges, *own])
    amounts = distribute(plan, income.net, history or History())
    return Waterfall(
        plan.currency,
        gross,
        income.deductions,
        income.net,
        tuple(_share_line(share, amounts[share.key]) for share in plan.shares),
    )


def distribute(plan: Plan, net: int, history: History) -> dict[str, int]:
    """Return what each share gets of a payment's `net` (minor units), by its key.

    Scales look at the deal's cumulative net and give what is missing to what they say; they never
    give more of one payment than their steepest rate. Rounding never takes the team below its
    floor while others have something.
    """
    due = _scaled(plan, net, history)
    left = net - sum(due.values())
    rest = {share.key: share.basis_points for share in plan.rest}
    amounts = due | split(left, rest)
    if plan.floor is None:
        return amounts
    cost = _of(plan.shares, Role.BROKER, amounts) if plan.brokerage_as_cost else 0
    minimum = _round_up((net - cost) * plan.floor.basis_points) - _of(plan.first, Role.TEAM, due)
    team = frozenset(share.key for share in plan.rest if share.role is Role.TEAM)
    if team:
        return due | split_with_minimum(left, rest, protected=team, minimum=minimum)
    return _with_team_raised(plan, due, left, rest, missing=minimum)


def _with_team_raised(
    plan: Plan, due: Mapping[str, int], left: int, rest: Mapping[str, int], *, missing: int
) -> dict[str, int]:
    """Give a team that has tiers and no share of the rest what it is `missing` of its floor."""
    tiered = next((share.key for share in plan.first if share.role is Role.TEAM), None)
    raised = max(0, min(missing, left)) if tiered else 0
    amounts = {**due, **split(left - raised, rest)}
    return amounts | ({tiered: due[tiered] + raised} if tiered else {})


def _scaled(plan: Plan, net: int, history: History) -> dict[str, int]:
    start = _cumulative(plan, history.earlier_net)
    end = _cumulative(plan, history.earlier_net + history.net + net)
    due: dict[str, int] = {}
    left = net
    for key, scale in _scales(plan):
        missing = end[key] - start[key] - history.taken.get(key, 0)
        due[key] = max(0, min(missing, left, _round_up(scale.steepest * net)))
        left -= due[key]
    return due


def _cumulative(plan: Plan, net: int) -> dict[str, int]:
    """Return what the plan's scales give of a cumulative `net`, each of what earlier ones left."""
    given: dict[str, int] = {}
    for key, scale in _scales(plan):
        given[key] = entitlement(scale, net)
        net -= given[key]
    return given


def _scales(plan: Plan) -> list[tuple[str, Scale]]:
    return [(share.key, share.scale) for share in plan.first if share.scale is not None]


def _of(shares: Iterable[Share], role: Role, amounts: Mapping[str, int]) -> int:
    return sum(amounts[share.key] for share in shares if share.role is role)


def _round_up(amount_in_basis_points: int) -> int:
    return -(-amount_in_basis_points // WHOLE)


def _share_line(share: Share, amount: int) -> ShareLine:
    parts = split(amount, {member.payee.key: member.parts for member in share.members})
    members = tuple(
        MemberLine(f"{share.key}/{member.payee.key}", member.payee, parts[member.payee.key])
        for member in share.members
    )
    return ShareLine(share.key, share.role, amount, members)
