"""Sample experts: people on the team of sample results who have asked for a page."""

from marketplace.demo import source
from marketplace.demo.people import person
from marketplace.listings import lifecycle
from marketplace.listings.models import ExpertProfile
from marketplace.listings.models.experts import with_public_team
from marketplace.taxonomy.models import Industry

TEXTS = ("name", "position", "profile")


def load() -> None:
    """Publish the profiles that are missing."""
    for row in source.read("experts"):
        user = person(row["email"])
        if ExpertProfile.objects.filter(user=user).exists():
            continue
        profile = ExpertProfile(
            user=user,
            organisation=user.organisations.get(),
            cooperation_modes=row["cooperation_modes"],
            **source.bilingual(row, *TEXTS),
        )
        profile.results = list(with_public_team().filter(author=user))
        profile.industries = list(Industry.objects.filter(pk__in=row["industries"]))
        lifecycle.save_draft(profile, author=user)
        lifecycle.publish(profile, moderator=person("moderator@example.org"))
