"""How much of a listing its reviewer sees: all that others may read one day, never the private tier.

Private sections and files belong to the own organisation and to administrators; a moderator who is
neither does not meet them in forms, comparisons or lists of files.
"""

from typing import Any

from marketplace.listings import visibility
from marketplace.listings.models import Listing
from marketplace.listings.tiers import Tier


def reads_tier(user: Any, listing: Listing, tier: int) -> bool:
    """Whether `user`, who may open the editors' site, sees what stands in `tier` of `listing`."""
    return tier < Tier.PRIVATE or visibility.access(user, listing) == Tier.PRIVATE


def reads_section(user: Any, listing: Listing, section: str) -> bool:
    return reads_tier(user, listing, listing.tier_of(section))


def attachments_for(user: Any, listing: Any) -> list[Any]:
    """Return the files of `listing` that `user` sees in the editors' site."""
    return [a for a in listing.attachments.all() if reads_tier(user, listing, a.tier)]
