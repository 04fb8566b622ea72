"""Keep the site fresh: owners of listings and experts are asked to confirm, and what nobody confirms
leaves by itself.

Each of the two questions is asked once in the life of a date: `asked_days_before` remembers the last
one and is cleared when the listing is confirmed or published anew. A job that did not run for days
asks the nearest question only.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from marketplace.listings import lifecycle, outcomes
from marketplace.listings.kinds import KINDS
from marketplace.listings.models import ExpertProfile
from marketplace.listings.models.publishing import Reviewed
from marketplace.outbox import periodic

ASK_DAYS_BEFORE = (7, 30)
KEPT_FRESH: tuple[type[Reviewed], ...] = (*KINDS.values(), ExpertProfile)


@periodic.every(timedelta(hours=1))
def ask_to_confirm() -> int:
    """Ask the owners of live listings that leave the site soon; return how many were asked about."""
    today, asked = timezone.localdate(), 0
    for days, closer in zip(ASK_DAYS_BEFORE, (0, *ASK_DAYS_BEFORE), strict=False):
        for model in KEPT_FRESH:
            due = model._default_manager.filter(
                Q(asked_days_before=None) | Q(asked_days_before__gt=days),
                live=True,
                expires_on__gt=today + timedelta(days=closer),
                expires_on__lte=today + timedelta(days=days),
            )
            asked += sum(_ask(listing, days) for listing in list(due))
    return asked


@transaction.atomic
def _ask(listing: Reviewed, days: int) -> bool:
    """Ask about one listing unless another worker has done so since it was read."""
    untouched = type(listing)._default_manager.filter(
        pk=listing.pk,
        live=True,
        expires_on=listing.expires_on,
        asked_days_before=listing.asked_days_before,
    )
    if not untouched.update(asked_days_before=days) or listing.expires_on is None:
        return False
    outcomes.ask_to_confirm(listing, days_left=(listing.expires_on - timezone.localdate()).days)
    return True


@periodic.every(timedelta(hours=1))
def expire_unconfirmed() -> int:
    """Take every listing off the site whose day has come; return their number."""
    today = timezone.localdate()
    return sum(
        lifecycle.expire(listing)
        for model in KEPT_FRESH
        for listing in list(model._default_manager.filter(live=True, expires_on__lte=today))
    )
