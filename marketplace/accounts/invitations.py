"""Invite people to an organisation; only who proves to own the invited address can accept."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.accounts.models import Invitation, Membership, Organisation, User
from marketplace.audit import trail
from marketplace.bilingual import site_name


@transaction.atomic
def invite(*, organisation: Organisation, email: str, role: str, actor: User) -> Invitation:
    """Invite `email` and send the link. An open invitation of the same address is replaced.

    Raises `ValidationError` when the address belongs to a member.
    """
    email = email.lower()
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if organisation.memberships.filter(user__email=email).exists():
        raise ValidationError({"email": _("This person is a member already.")})
    organisation.invitations.filter(email=email, accepted_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    invitation = Invitation.objects.create(
        organisation=organisation, email=email, role=role, invited_by=actor
    )
    trail.record(actor=actor, action="organisation.invite", target=organisation, role=role)
    _send(invitation)
    return invitation


def _send(invitation: Invitation) -> None:
    """Write to the invited address in the language of its account, or else in the inviter's."""
    known = User.objects.filter(email=invitation.email).first()
    with translation.override((known or invitation.invited_by).language):
        link = settings.SITE_URL + reverse("accounts:invitation", args=[invitation.token])
        text = render_to_string(
            "accounts/invitation_mail.txt",
            {"invitation": invitation, "link": link, "site": site_name()},
        )
        subject, _newline, body = text.strip().partition("\n")
        send_mail(subject, body.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [invitation.email])


def is_for(user: User, invitation: Invitation) -> bool:
    """Tell whether `user` has proved to own the address that `invitation` was sent to."""
    own = EmailAddress.objects.filter(user=user, email__iexact=invitation.email, verified=True)
    return own.exists()


def waiting(user: User) -> QuerySet[Invitation]:
    """Return the open invitations of `user`, newest first."""
    own = EmailAddress.objects.filter(user=user, verified=True).values(address=Lower("email"))
    return Invitation.objects.filter(
        email__in=own, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    ).select_related("organisation")


@transaction.atomic
def accept(*, invitation: Invitation, user: User) -> Membership:
    """Make `user` a member.

    Raises `ValidationError` when the invitation is no longer open, and `PermissionDenied` when the
    invited address is not a verified one of `user`.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not invitation.is_open:
        raise ValidationError(_("This invitation is no longer open. Ask for a new one."))
    if not is_for(user, invitation):
        raise PermissionDenied("the invitation was sent to another address")
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    membership, _created = Membership.objects.get_or_create(
        user=user, organisation=invitation.organisation, defaults={"role": invitation.role}
    )
    trail.record(actor=user, action="organisation.join", target=invitation.organisation)
    return membership


@transaction.atomic
def revoke(*, invitation: Invitation, actor: User) -> None:
    """Close an open invitation; closing twice changes nothing."""
    open_ones = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if open_ones.update(revoked_at=timezone.now()):
        trail.record(
            actor=actor, action="organisation.revoke_invitation", target=invitation.organisation
        )
