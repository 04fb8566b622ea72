"""Sample organisations and accounts."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.utils import timezone

from brokers.profiles.models import BrokerProfile
from brokers.profiles.profiles import agree_with_brokerage, verify
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.accounts.permissions import ADMINISTRATORS, FINANCE, MODERATORS
from marketplace.demo import source
from marketplace.taxonomy.codes import short_region_code
from marketplace.taxonomy.models import Region

PASSWORD = "sample-password"  # noqa: S105  every sample account's, printed when the demo starts
_GROUPS = {"administrator": ADMINISTRATORS, "moderator": MODERATORS, "finance": FINANCE}
_LANGUAGES = {"zh": "zh-hans", "en": "en"}


def load_organisations() -> None:
    """Make the sample organisations that are missing."""
    for row in source.read("organisations"):
        Organisation.objects.get_or_create(
            slug=row["slug"],
            defaults={
                **source.bilingual(row, "name", "description"),
                "kind": row["kind"],
                "region": Region.objects.get(pk=short_region_code(row["region"])),
                "website": row["website"],
                "state_established": row["state_established"],
                "is_sample": True,
                "verified_at": timezone.now(),
            },
        )


def load_people() -> None:
    """Make the sample accounts that are missing, with verified addresses, roles and profiles."""
    for row in source.read("people"):
        if not User.objects.filter(email=row["email"]).exists():
            _make(row)


def _make(row: dict[str, Any]) -> None:
    language = row["language"]
    user = User.objects.create_user(
        row["email"],
        PASSWORD,
        first_name=row[f"display_name_{language}"],
        language=_LANGUAGES[language],
        is_staff=bool(row["staff"]),
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if row["organisation"]:
        organisation = Organisation.objects.get(slug=row["organisation"])
        Membership.objects.create(user=user, organisation=organisation, role=row["role"])
    if row["staff"]:
        user.groups.add(Group.objects.get(name=_GROUPS[row["staff"]]))
    if row["broker_profile"]:
        _make_broker(user, row["broker_profile"])


def _make_broker(user: User, row: dict[str, Any]) -> None:
    profile = BrokerProfile.objects.create(
        user=user,
        brokerage=user.organisations.filter(kind=Organisation.Kind.BROKERAGE).first(),
        languages=[_LANGUAGES[language] for language in row["languages"]],
        certificate_number=row["certificate"]["number"],
        certificate_expires_on=source.day(row["certificate"]["expires"]),
        brokerage_percent=row["brokerage_percent"],
        **source.bilingual(row, "bio"),
    )
    profile.industries.set(row["fields"])
    profile.regions.set(Region.objects.filter(pk__in=map(short_region_code, row["regions"])))
    verify(profile=profile, administrator=person("admin@example.org"))
    if profile.brokerage is not None and profile.brokerage_percent:
        signer = profile.brokerage.memberships.get(role=Membership.Role.OWNER).user
        percent = profile.brokerage_percent
        agree_with_brokerage(profile=profile, percent=percent, by=signer)


def person(email: str) -> User:
    """Return a sample account."""
    return User.objects.get(email=email)
