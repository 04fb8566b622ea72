"""Found an organisation, change what it says of itself and who belongs to it.

An organisation always keeps an owner; one that was verified stays so only under the name and code that
were looked at.
"""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Membership, Organisation, User
from marketplace.audit import trail

VERIFIED_FIELDS = frozenset({"name_zh", "name_en", "credit_code"})
"""What administrators compare with the register when they verify an organisation."""


@transaction.atomic
def found(*, organisation: Organisation, founder: User) -> Organisation:
    """Save the new `organisation` with `founder` as its owner."""
    organisation.save()
    Membership.objects.create(user=founder, organisation=organisation, role=Membership.Role.OWNER)
    trail.record(actor=founder, action="organisation.found", target=organisation)
    return organisation


@transaction.atomic
def edit(*, organisation: Organisation, fields: Collection[str], actor: User) -> None:
    """Save `organisation`, of which `fields` have changed. Another name or code is verified anew."""
    if organisation.verified_at is not None and not VERIFIED_FIELDS.isdisjoint(fields):
        organisation.verified_at = None
        trail.record(actor=actor, action="organisation.doubt", target=organisation)
    organisation.save()
    trail.record(
        actor=actor, action="organisation.edit", target=organisation, fields=sorted(fields)
    )


@transaction.atomic
def change_role(*, membership: Membership, role: str, actor: User) -> None:
    """Give the member another role. Raises `ValidationError` for the last owner."""
    if role != Membership.Role.OWNER:
        _keep_an_owner(membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    _record(actor, "organisation.change_role", membership, before=before, role=role)


@transaction.atomic
def remove(*, membership: Membership, actor: User) -> None:
    """End the membership. Raises `ValidationError` for the last owner."""
    _keep_an_owner(membership)
    _record(actor, "organisation.remove_member", membership)
    membership.delete()


def _keep_an_owner(membership: Membership) -> None:
    organisation = Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    others = organisation.memberships.filter(role=Membership.Role.OWNER).exclude(pk=membership.pk)
    if membership.role == Membership.Role.OWNER and not others.exists():
        raise ValidationError(_("An organisation needs an owner: name another one first."))


def _record(actor: User, action: str, membership: Membership, **details: str) -> None:
    trail.record(
        actor=actor,
        action=action,
        target=membership.organisation,
        user=membership.user_id,
        **details,
    )
