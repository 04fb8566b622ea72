"""Who needs a second factor, and what waits until they have one.

Invariant: where `settings.MFA_REQUIRED` holds, whoever holds one of `STAFF` opens no page but those on
which a second factor is set up, and nobody uses a permission of `guarded` without one. A person who has
a second factor is asked for it at every sign-in; that is allauth's matter.
"""

from typing import Any

import rules
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from marketplace.audit import trail
from marketplace.notifications.notify import notify
from marketplace.notifications.topics import Topic

STAFF = ("site:edit", "site:moderate", "books:keep")
"""What comes with a role of the platform's own people, whatever the object."""

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
guarded: set[str] = set()


class SecondFactorMissing(PermissionDenied):
    """Raised where a person may go on as soon as a second factor has been set up."""


def guard(*permissions: str) -> None:
    """Let nobody use `permissions` without a second factor; each app says so of its own."""
    guarded.update(permissions)


def demand(user: Any) -> None:
    """Raise `SecondFactorMissing` unless `user` has a second factor, or none is asked for here."""
    if settings.MFA_REQUIRED and not has_one(user):
        raise SecondFactorMissing("this needs a second factor")


def has_one(user: Any) -> bool:
    return bool(is_mfa_enabled(user, FACTORS))


@transaction.atomic
def reset(*, person: Any, by: Any) -> None:
    """Take the authenticators and recovery codes of `person` away; the person is told.

    Who may is `account:reset_second_factor`'s matter.
    """
    Authenticator.objects.filter(user=person).delete()
    trail.record(actor=by, action="account.reset_second_factor", target=person)
    notify([person], topic=Topic.ACCOUNT, template="second_factor_reset", url="/accounts/2fa/")


def demand_of_staff(user: Any) -> None:
    """Raise `SecondFactorMissing` where `user` belongs to the platform's staff and has none."""
    if settings.MFA_REQUIRED and any(rules.has_perm(name, user) for name in STAFF):
        demand(user)
