"""Whose listings an import makes, in whose name, and who publishes them.

An import may do no more than these people may do on the site.
"""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from marketplace.accounts.models import Membership, Organisation, User
from marketplace.accounts.permissions import is_moderator, require
from marketplace.listings.importing.faults import ImportRefusedError


def organisation(slug: str) -> Organisation:
    """Return the organisation `slug`. Raises `ImportRefusedError` when there is none."""
    try:
        return Organisation.objects.get(slug=slug)
    except Organisation.DoesNotExist:
        raise ImportRefusedError(_("There is no organisation “%s”.") % slug) from None


def author(organisation: Organisation, email: str = "") -> User:
    """Return the member `email` of `organisation`, or its first owner.

    Raises `ImportRefusedError` when there is none.
    """
    if email:
        user = _user(email)
        try:
            require(user, "listing:create", organisation)
        except PermissionDenied:
            raise ImportRefusedError(_("“%s” is no member of this organisation.") % email) from None
        return user
    owners = organisation.memberships.filter(role=Membership.Role.OWNER, user__is_active=True)
    first = owners.select_related("user").first()
    if first is None:
        raise ImportRefusedError(
            _("The organisation has no owner. Name one of its members with --author.")
        )
    return first.user


def moderator(email: str = "") -> User:
    """Return the moderator `email`, or the first one. Raises `ImportRefusedError` without one."""
    candidates = [_user(email)] if email else User.objects.filter(is_active=True).order_by("pk")
    found = next((user for user in candidates if is_moderator(user)), None)
    if found is None:
        raise ImportRefusedError(_("Only a moderator may publish. Name one with --moderator."))
    return found


def _user(email: str) -> User:
    try:
        return User.objects.get(email__iexact=email)
    except User.DoesNotExist:
        raise ImportRefusedError(_("There is no account “%s”.") % email) from None
