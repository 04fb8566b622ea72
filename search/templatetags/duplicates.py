"""`{% likely_duplicates listing %}`: what may have been posted already, for who writes a listing."""

from typing import Any

from django import template

from marketplace.listings.disclosure import Disclosure
from marketplace.listings.tiers import Tier
from search import duplicates

register = template.Library()


@register.inclusion_tag("search/duplicates.html", takes_context=True)
def likely_duplicates(context: template.Context, listing: Any) -> dict[str, Any]:
    """Say which listings that the writer may see say nearly the same as `listing`."""
    found = duplicates.of(listing, viewer=context["request"].user)
    return {
        "shown": [Disclosure(other, Tier(other.access)) for other in found],
        "has_own": any(other.organisation_id == listing.organisation_id for other in found),
    }
