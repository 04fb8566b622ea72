"""The public facts of a listing, as the criteria compare them.

Facts of a closed section count as not stated, so that a score is the same for every reader and
tells nobody what is closed.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from marketplace.listings.disclosure import Disclosure
from marketplace.listings.models import Listing
from marketplace.listings.tiers import Tier
from search.criteria import Facts
from search.functions import functions_of

FIELDS = {
    "result": ("trl", "price_min", "price_max"),
    "need": ("min_trl", "budget_min", "budget_max"),
}
_SHARED_FIELDS = (
    "title_zh",
    "title_en",
    "industry",
    "region",
    "cooperation_modes",
    "currency",
    "tiers",
    "verified_on",
)


@dataclass(frozen=True, slots=True)
class _Node:
    """What `field` of a listing points to: its code is at hand, its name is read when shown."""

    listing: Listing
    field: str

    @property
    def code(self) -> str:
        return getattr(self.listing, f"{self.field}_id")

    @property
    def name(self) -> str:
        return getattr(self.listing, self.field).name


def bare(listings: QuerySet[Any]) -> QuerySet[Any]:
    """Return `listings` with no more than `of` reads: a listing's texts are a page each."""
    return listings.only(*_SHARED_FIELDS, *FIELDS[listings.model.kind])


def of(listing: Listing, *, today: date) -> Facts:
    """Return the facts of `listing`; to name its industry and region, have them at hand."""
    public = Disclosure(listing, Tier.PUBLIC)
    level, lowest, highest = FIELDS[listing.kind]
    confirmed = listing.verified_on
    return Facts(
        industry=_Node(listing, "industry") if listing.industry_id else None,
        region=_Node(listing, "region") if listing.region_id else None,
        functions=functions_of(f"{listing.title_zh}\n{listing.title_en}"),
        trl=getattr(listing, level),
        modes=frozenset(listing.cooperation_modes or ()),
        lowest=public.money(lowest),
        highest=public.money(highest),
        confirmed_days=(today - confirmed).days if confirmed else None,
    )
