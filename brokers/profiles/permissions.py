"""Who acts as a broker, and who may verify one."""

from typing import Any

import rules

from brokers.profiles.models import BrokerProfile
from marketplace.accounts.permissions import is_administrator


@rules.predicate
def is_broker(user: Any) -> bool:
    """Whether `user` is a verified technology broker."""
    if not user.is_authenticated:
        return False
    return BrokerProfile.objects.verified().filter(user=user).exists()


@rules.predicate
def owns_profile(user: Any, profile: BrokerProfile) -> bool:
    return profile.user_id == user.pk


rules.add_perm("broker:apply", rules.is_authenticated)
rules.add_perm("broker:verify", is_administrator)
rules.add_perm("broker:read_certificate", owns_profile | is_administrator)
