"""The public facts of a listing, as the criteria compare them.

Facts of a closed section count as not stated, so that a score is the same for every reader and
tells nobody what is closed.
"""

from datetime import date

from django.utils import timezone

from marketplace.listings.disclosure import Disclosure
from marketplace.listings.models import Listing
from marketplace.listings.tiers import Tier
from search.criteria import Facts
from search.functions import functions_of

FIELDS = {
    "result": ("trl", "price_min", "price_max"),
    "need": ("min_trl", "budget_min", "budget_max"),
}


def of(listing: Listing, *, today: date | None = None) -> Facts:
    """Return the facts of `listing`, whose industry and region should be at hand."""
    public = Disclosure(listing, Tier.PUBLIC)
    level, lowest, highest = FIELDS[listing.kind]
    confirmed = listing.verified_on
    return Facts(
        industry=listing.industry,
        region=listing.region,
        functions=functions_of(f"{listing.title_zh}\n{listing.title_en}"),
        trl=getattr(listing, level),
        modes=frozenset(listing.cooperation_modes or ()),
        lowest=public.money(lowest),
        highest=public.money(highest),
        confirmed_days=((today or timezone.localdate()) - confirmed).days if confirmed else None,
    )
