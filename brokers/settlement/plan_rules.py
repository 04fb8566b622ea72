"""What a split plan must fulfil before anybody may sign it.

Invariant: a plan without problems is complete (shares make 100 %, tiers leave no gap, everybody is
named once, every route is known) and leaves the team at least its legal floor of any payment.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from brokers.settlement.commission import WHOLE, Scale
from brokers.settlement.net_income import Kind
from brokers.settlement.plan import (
    PLATFORM,
    Member,
    Payee,
    PayeeKind,
    Plan,
    PlanForm,
    Role,
    Route,
    Share,
)
from marketplace.money import CURRENCIES

_FIRST = (Role.BROKER, Role.INSTITUTION, Role.TEAM)
"""In which order shares with a scale are taken: commission, the office's fee, the team's tiers."""

_KEY = re.compile(r"[a-z][a-z0-9-]{0,30}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a code, where in the plan, and what the message names.

    `path` is "shares.team.basis_points", "shares.broker.tiers.1", "shares.team.user:5",
    "shares", "loss_bearer" and the like.
    """

    code: str
    path: str
    parameters: dict[str, object] = field(default_factory=dict)


class PlanError(ValueError):
    """A plan may not be signed; `problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.path}: {problem.code}" for problem in problems))
        self.problems = problems


def check(plan: Plan) -> None:
    """Raise `PlanError` with every problem of `plan`, if it has any."""
    if problems := list(find_problems(plan)):
        raise PlanError(problems)


def find_problems(plan: Plan) -> Iterator[Problem]:
    """Yield every problem of `plan`, in the order of its parts."""
    before = [
        *_whole_plan(plan),
        *_form(plan),
        *_shares(plan),
        *_payees(plan),
        *_platform(plan),
    ]
    yield from before
    if not before:
        yield from _floor(plan)


def team_at_worst(plan: Plan) -> Fraction:
    """Return the least part of any payment's net income that the team can get under `plan`.

    Measured against the whole net income, or against what brokerage leaves of it where the
    institution's policy counts brokerage as a cost. The plan's shares must be sound.
    """
    remaining, team = Fraction(1), Fraction(0)
    for share in plan.first:
        scale = share.scale
        if scale is None or (share.role is Role.BROKER and plan.brokerage_as_cost):
            continue
        rate = scale.flattest if share.role is Role.TEAM else scale.steepest
        taken = remaining * rate / WHOLE
        team += taken if share.role is Role.TEAM else 0
        remaining -= taken
    points = Counter[Role]()
    for share in plan.rest:
        points[share.role] += share.basis_points
    base = WHOLE - (points[Role.BROKER] if plan.brokerage_as_cost else 0)
    return team + (remaining * points[Role.TEAM] / base if base else 0)


def _whole_plan(plan: Plan) -> Iterator[Problem]:
    if plan.currency not in CURRENCIES:
        yield Problem("currency", "currency")
    if not 0 <= plan.platform_fee < WHOLE:
        yield Problem("rate", "platform_fee")
    if plan.loss_bearer not in {PLATFORM, *(member.payee for member in plan.members)}:
        yield Problem("loss_bearer", "loss_bearer")


def _form(plan: Plan) -> Iterator[Problem]:
    by_scale = [share.role for share in plan.first]
    by_points = [share.role for share in plan.rest]
    if plan.form is PlanForm.FLAT and Role.BROKER in by_scale:
        yield Problem("flat_with_tiers", "form")
    if plan.form is PlanForm.BROKERS_FIRST and (
        Role.BROKER not in by_scale or Role.BROKER in by_points
    ):
        yield Problem("brokers_first", "form")
    if by_scale != [role for role in _FIRST if role in by_scale]:
        yield Problem("order", "shares")
    roles = Counter(by_scale + by_points)
    for role in (Role.BROKER, Role.PLATFORM):
        if roles[role] > 1:
            yield Problem("role_twice", "shares", {"role": role})


def _shares(plan: Plan) -> Iterator[Problem]:
    keys = Counter(share.key for share in plan.shares)
    for share in plan.shares:
        path = f"shares.{share.key}"
        if keys[share.key] > 1 or share.key in set(Kind) or not _KEY.fullmatch(share.key):
            yield Problem("key", path, {"key": share.key})
        if not 0 <= share.basis_points <= WHOLE or (share.scale and share.basis_points):
            yield Problem("rate", f"{path}.basis_points")
        if share.scale is not None:
            yield from scale_problems(share.scale, path)
        if not share.members:
            yield Problem("no_member", path)
        for member in share.members:
            yield from _member(member, f"{path}.{member.payee.key}")
    total = sum(share.basis_points for share in plan.rest)
    if total != WHOLE:
        yield Problem("total", "shares", {"total": total})


def scale_problems(scale: Scale, path: str) -> Iterator[Problem]:
    """Yield every problem of a `scale`, at places below `path`."""
    if not scale.tiers:
        yield Problem("no_tier", f"{path}.tiers")
    expected: int | None = 0
    for number, tier in enumerate(scale.tiers):
        place = f"{path}.tiers.{number}"
        if not 0 <= tier.basis_points <= WHOLE:
            yield Problem("rate", place)
        if expected is None or tier.start < expected:
            yield Problem("tier_overlap", place)
        elif tier.start > expected:
            yield Problem("tier_gap", place)
        if tier.end is not None and tier.end <= tier.start:
            yield Problem("tier_order", place)
        expected = tier.end
    if scale.tiers and expected is not None:
        yield Problem("tier_open", f"{path}.tiers.{len(scale.tiers) - 1}")
    if scale.minimum < 0 or (scale.cap is not None and scale.cap < max(scale.minimum, 1)):
        yield Problem("cap", f"{path}.cap")
    if not 0 < scale.ceiling <= WHOLE:
        yield Problem("rate", f"{path}.ceiling")


def _member(member: Member, path: str) -> Iterator[Problem]:
    if member.parts < 1:
        yield Problem("parts", path)
    if member.route is Route.DIRECT:
        if member.via is not None:
            yield Problem("via_direct", path)
    elif member.via is None:
        yield Problem("via_missing", path)
    elif member.via.kind is not PayeeKind.ORGANISATION or member.via == member.payee:
        yield Problem("via_wrong", path)
    elif member.payee == PLATFORM:
        yield Problem("via_direct", path)


def _payees(plan: Plan) -> Iterator[Problem]:
    """Nobody is named twice, except that an institution may have its office fee and its share."""
    seen: dict[Payee, list[Share]] = {}
    for share in plan.shares:
        for member in share.members:
            before = seen.setdefault(member.payee, [])
            roles = {share.role, *(other.role for other in before)}
            if before and (share in before or roles != {Role.INSTITUTION}):
                yield Problem("payee_twice", f"shares.{share.key}.{member.payee.key}")
            before.append(share)


def _platform(plan: Plan) -> Iterator[Problem]:
    for share in plan.shares:
        for member in share.members:
            if (member.payee == PLATFORM) != (share.role is Role.PLATFORM):
                yield Problem("platform_payee", f"shares.{share.key}.{member.payee.key}")
    if plan.platform_fee and any(share.role is Role.PLATFORM for share in plan.shares):
        yield Problem("platform_twice", "platform_fee")


def _floor(plan: Plan) -> Iterator[Problem]:
    if plan.floor is None:
        return
    worst, floor = team_at_worst(plan), Fraction(plan.floor.basis_points, WHOLE)
    if worst < floor:
        yield Problem(
            "below_floor",
            "shares",
            {
                "floor": plan.floor.basis_points,
                "team": int(worst * WHOLE),
                "source": plan.floor.source,
            },
        )
