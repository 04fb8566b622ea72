"""Roles, and who may do what with accounts and organisations.

Every app says in its own `permissions.py` who may `noun:verb`; views call `require`, templates
`{% has_perm %}`. A permission that nobody defined denies. Some permissions wait for a second factor,
see `second_factor`.
"""

from typing import Any

import rules
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef

from marketplace.accounts import second_factor
from marketplace.accounts.models import Membership, Organisation, User

Role = Membership.Role
Roles = dict[int, Role]
"""The role that a person holds in each of its organisations, by primary key."""
_RANK = {Role.MEMBER: 0, Role.APPROVER: 1, Role.OWNER: 2}
SIGNING_ROLES = (Role.APPROVER, Role.OWNER)
"""Who has one of them may sign for the organisation; see `is_approver`."""

ADMINISTRATORS = "Administrators"
MODERATORS = "Moderators"
FINANCE = "Finance"


def require(user: Any, permission: str, target: Any = None) -> None:
    """Raise `PermissionDenied` unless `user` has `permission` on `target`.

    It is `SecondFactorMissing` where the permission waits for a second factor only.
    """
    if not rules.has_perm(permission, user, target):
        raise PermissionDenied(permission)
    if permission in second_factor.guarded:
        second_factor.demand(user)


def has_role(user: Any, organisation: Organisation | None, role: Role) -> bool:
    """Whether `user` has at least `role` in `organisation`."""
    return organisation is not None and holds(roles_of(user), organisation.pk, role)


def holds(roles: Roles, organisation: int, role: Role) -> bool:
    """Whether `roles` has at least `role` in the organisation with this primary key."""
    held = roles.get(organisation)
    return held is not None and _RANK[held] >= _RANK[role]


def roles_of(user: Any) -> Roles:
    """Return the role of `user` in each of its organisations, as it is now; while a page is read, as it
    was when the request came, see `middleware.MembershipsMiddleware`.
    """
    if not user.is_authenticated:
        return {}
    return {one.organisation_id: Role(one.role) for one in user.memberships.all()}


def in_group(user: Any, name: str) -> bool:
    """Whether `user` is in the platform's staff group `name`."""
    return name in _groups(user)


def _groups(user: Any) -> dict[str, bool]:
    """Return the groups of `user` by name, and whether each opens the editors' site; read once per user
    object.
    """
    if not user.is_authenticated or not user.is_active:
        return {}
    if not hasattr(user, "_staff_groups"):
        opening = Permission.objects.filter(
            codename="access_admin", content_type__app_label="wagtailadmin", group=OuterRef("pk")
        )
        user._staff_groups = dict(user.groups.values_list("name", Exists(opening)))
    return user._staff_groups


@rules.predicate
def is_administrator(user: Any) -> bool:
    """Whether `user` runs the platform."""
    return user.is_active and (user.is_superuser or in_group(user, ADMINISTRATORS))


@rules.predicate
def is_moderator(user: Any) -> bool:
    return is_administrator(user) or in_group(user, MODERATORS)


@rules.predicate
def is_finance(user: Any) -> bool:
    """Whether `user` keeps the platform's books."""
    return is_administrator(user) or in_group(user, FINANCE)


@rules.predicate
def enters_wagtail(user: Any) -> bool:
    """Whether the editors' site is open to `user`: groups open it."""
    return user.is_active and (user.is_superuser or any(_groups(user).values()))


@rules.predicate
def is_member(user: Any, organisation: Organisation) -> bool:
    return has_role(user, organisation, Role.MEMBER)


@rules.predicate
def is_approver(user: Any, organisation: Organisation) -> bool:
    """Whether `user` may sign for `organisation`."""
    return has_role(user, organisation, Role.APPROVER)


@rules.predicate
def is_owner(user: Any, organisation: Organisation) -> bool:
    return has_role(user, organisation, Role.OWNER)


@rules.predicate
def is_equal_or_above(user: Any, person: User) -> bool:
    """Whether `user` may touch the account of `person`: of a superuser only a superuser may."""
    return bool(user.is_superuser) or not person.is_superuser


@rules.predicate
def is_oneself(user: Any, person: User) -> bool:
    return bool(user.pk == person.pk)


rules.add_perm("site:edit", enters_wagtail)
rules.add_rule("site:edit", enters_wagtail)
rules.add_perm("site:moderate", is_moderator)
rules.add_perm("books:keep", is_finance)
rules.add_perm("audit:read", is_administrator)
rules.add_perm("background:keep", is_administrator)
# Target: the account.
rules.add_perm("account:reset_second_factor", is_administrator & is_equal_or_above & ~is_oneself)
second_factor.guard("audit:read", "background:keep", "account:reset_second_factor")
rules.add_perm("organisation:create", rules.is_authenticated)
rules.add_perm("organisation:read_members", is_member | is_administrator)
rules.add_perm("organisation:edit", is_owner | is_administrator)
rules.add_perm("organisation:invite", is_owner | is_administrator)
rules.add_perm("organisation:sign", is_approver)
