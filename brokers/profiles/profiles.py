"""Apply to be a broker, and verify who applied. An edit of the certificate ends the verification."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.profiles.models import BrokerProfile
from marketplace.accounts.models import User
from marketplace.audit import trail
from marketplace.notifications.notify import notify

CERTIFICATE_FIELDS = {"certificate", "certificate_number", "certificate_expires_on", "brokerage"}


@transaction.atomic
def save(*, profile: BrokerProfile, relations: dict[str, Any], changed: set[str]) -> BrokerProfile:
    """Save the owner's edit of `profile` with its many-to-many `relations`."""
    if changed & CERTIFICATE_FIELDS:
        profile.verified_at = profile.verified_by = None
    profile.save()
    for name, values in relations.items():
        getattr(profile, name).set(values)
    trail.record(actor=profile.user, action="broker.edit", target=profile, fields=sorted(changed))
    return profile


@transaction.atomic
def verify(*, profile: BrokerProfile, administrator: User) -> None:
    """Mark `profile` as verified. Raises `ValidationError` for one's own profile."""
    if profile.user_id == administrator.pk:
        raise ValidationError(_("Somebody else must verify your profile."))
    profile.verified_at, profile.verified_by = timezone.now(), administrator
    profile.save(update_fields=["verified_at", "verified_by"])
    trail.record(actor=administrator, action="broker.verify", target=profile)
    notify([profile.user], template="broker_verified", url="/brokers/me/")


@transaction.atomic
def doubt(*, profile: BrokerProfile, administrator: User) -> None:
    """Take the verification of `profile` back: its owner introduces nobody any more."""
    profile.verified_at = profile.verified_by = None
    profile.save(update_fields=["verified_at", "verified_by"])
    trail.record(actor=administrator, action="broker.doubt", target=profile)
