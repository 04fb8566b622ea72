"""Apply to be a broker, verify who applied, and agree on what the brokerage gets.

An edit of the certificate ends the verification, one of the brokerage's part ends the agreement on it.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.profiles.models import BrokerProfile
from marketplace.accounts.models import User
from marketplace.accounts.permissions import SIGNING_ROLES, require
from marketplace.audit import trail
from marketplace.notifications.notify import notify
from marketplace.notifications.topics import Topic

BROKERAGE_FIELDS = {"brokerage", "brokerage_percent"}
CERTIFICATE_FIELDS = {"certificate", "certificate_number", "certificate_expires_on", "brokerage"}


@transaction.atomic
def save(*, profile: BrokerProfile, relations: dict[str, Any], changed: set[str]) -> BrokerProfile:
    """Save the owner's edit of `profile` with its many-to-many `relations`."""
    if changed & CERTIFICATE_FIELDS:
        profile.verified_at = profile.verified_by = None
    if changed & BROKERAGE_FIELDS:
        profile.brokerage_agreed_at = None
    profile.save()
    if changed & BROKERAGE_FIELDS and profile.brokerage_percent:
        _ask_brokerage(profile)
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
    notify([profile.user], topic=Topic.DEALS, template="broker_verified", url="/brokers/me/")


@transaction.atomic
def doubt(*, profile: BrokerProfile, administrator: User) -> None:
    """Take the verification of `profile` back: its owner introduces nobody any more."""
    profile.verified_at = profile.verified_by = None
    profile.save(update_fields=["verified_at", "verified_by"])
    trail.record(actor=administrator, action="broker.doubt", target=profile)


@transaction.atomic
def agree_with_brokerage(*, profile: BrokerProfile, percent: int, by: Any) -> None:
    """Agree, for the brokerage, that it gets `percent` of what `profile` earns from now on.

    Raises `PermissionDenied` for who may not sign for it, `ValidationError` when the broker has changed
    the part since it was on screen, or would agree with itself.
    """
    profile = BrokerProfile.objects.select_for_update().get(pk=profile.pk)
    require(by, "broker:agree_share", profile)
    if profile.brokerage_percent != percent or not percent:
        raise ValidationError(_("The broker has changed the part meanwhile."), code="changed")
    profile.brokerage_agreed_at = timezone.now()
    profile.save(update_fields=["brokerage_agreed_at"])
    trail.record(actor=by, action="broker.agree_share", target=profile, percent=percent)


def brokerage_parts(users: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return the brokerage and its agreed percentage for those of `users` who have one."""
    profiles = BrokerProfile.objects.filter(user__in=users)
    return {
        profile.user_id: (profile.brokerage_id, profile.agreed_percent)
        for profile in profiles
        if profile.brokerage_id and profile.agreed_percent
    }


def brokerage_note(broker: User) -> str:
    """Say what of the commission of `broker` goes to the brokerage, "" where nothing was agreed."""
    profile = BrokerProfile.objects.filter(user=broker).select_related("brokerage").first()
    if profile is None or profile.brokerage is None or not profile.agreed_percent:
        return ""
    return _("%(percent)d %% of it goes to %(brokerage)s, as agreed.") % {
        "percent": profile.agreed_percent,
        "brokerage": profile.brokerage.name,
    }


def _ask_brokerage(profile: BrokerProfile) -> None:
    if profile.brokerage is None:
        return
    signers = User.objects.filter(
        memberships__organisation=profile.brokerage,
        memberships__role__in=SIGNING_ROLES,
    ).exclude(pk=profile.user_id)
    notify(
        signers,
        topic=Topic.BINDING,
        template="brokerage_share",
        url=f"/brokers/{profile.pk}/brokerage/",
        about=("broker:agree_share", profile),
        context={"profile": profile},
    )
