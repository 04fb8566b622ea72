"""Versions of an institution's policy in words, each with what it gives of an example."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import plan_words
from brokers.settlement.commission import entitlement
from brokers.settlement.models import Policy
from brokers.settlement.shares import portion
from marketplace.money import Money, decimals

EXAMPLES = (100_000, 1_000_000)
"""Net incomes, in whole units, of which a version's page shows the shares."""


@dataclass(frozen=True)
class Example:
    """How a `net` income is shared: `office` first, then `team` and the rest for the institution."""

    net: Money
    office: Money
    team: Money
    rest: Money


@dataclass(frozen=True)
class PolicyLine:
    policy: Policy
    state: str
    tone: str
    team: str
    examples: list[Example]


def policy_lines(versions: Iterable[Policy], current: Policy | None) -> list[PolicyLine]:
    """Return `versions` with their state: in force is `current`."""
    return [
        PolicyLine(
            policy,
            *_state(policy, current),
            plan_words.scale_text(policy.team_scale, policy.currency),
            [_example(policy, units) for units in EXAMPLES],
        )
        for policy in versions
    ]


def _state(policy: Policy, current: Policy | None) -> tuple[str, str]:
    if policy == current:
        return _("in force"), "success"
    if policy.effective_from > timezone.localdate():
        return _("not yet in force"), "accent"
    return _("replaced"), ""


def _example(policy: Policy, units: int) -> Example:
    net = units * 10 ** decimals(policy.currency)
    office = portion(net, policy.office_fee)
    team = entitlement(policy.team_scale, net - office)
    amounts = (net, office, team, net - office - team)
    return Example(*(Money(amount, policy.currency) for amount in amounts))
