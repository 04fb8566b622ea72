"""Who acts as a broker, and who may verify one."""

from typing import Any

import rules

from brokers.profiles.models import Assignment, BrokerProfile
from marketplace.accounts.permissions import is_administrator, is_approver, is_member
from marketplace.listings.models import TechnologyNeed


@rules.predicate
def is_broker(user: Any) -> bool:
    """Whether `user` is a verified technology broker."""
    if not user.is_authenticated:
        return False
    return BrokerProfile.objects.verified().filter(user=user).exists()


@rules.predicate
def owns_profile(user: Any, profile: BrokerProfile) -> bool:
    return profile.user_id == user.pk


@rules.predicate
def signs_for_brokerage(user: Any, profile: BrokerProfile) -> bool:
    """Whether `user` signs for the brokerage; who owns it agrees with itself, as nobody else can."""
    return profile.brokerage is not None and is_approver(user, profile.brokerage)


@rules.predicate
def has_need(user: Any, need: TechnologyNeed) -> bool:
    return is_member(user, need.organisation)


@rules.predicate
def is_asked(user: Any, assignment: Assignment) -> bool:
    return assignment.broker_id == user.pk


@rules.predicate
def has_assigned_need(user: Any, assignment: Assignment) -> bool:
    return has_need(user, assignment.need)


rules.add_perm("broker:apply", rules.is_authenticated)
rules.add_perm("broker:verify", is_administrator)
rules.add_perm("broker:read_certificate", owns_profile | is_administrator)
rules.add_perm("broker:read_record", owns_profile | is_administrator)
rules.add_perm("broker:agree_share", signs_for_brokerage)
rules.add_perm("need:assign_broker", has_need | is_administrator)
rules.add_perm("assignment:answer", is_asked)
rules.add_perm("assignment:end", is_asked | has_assigned_need | is_administrator)
