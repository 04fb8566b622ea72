"""What a listing's page tells machines: search engines, and sites on which its address is passed on.

Always what everybody may read, whoever asks, and of a need never whose it is.
"""

from typing import Any

from django.http import HttpRequest

from marketplace.bilingual import shown_language
from marketplace.listings.disclosure import Disclosure
from marketplace.listings.models import Listing
from marketplace.listings.tiers import Tier
from marketplace.metadata import Metadata, day, describe

TYPES = {"result": "CreativeWork", "need": "Demand"}


def metadata(listing: Listing, request: HttpRequest) -> Metadata:
    """Return what the page of a published `listing` says of itself in the reader's language."""
    public = Disclosure(listing, Tier.PUBLIC)
    return describe(
        request,
        path=listing.get_absolute_url(),
        title=listing.title,
        description=listing.summary,
        structured={
            "@type": TYPES[listing.kind],
            "name": listing.title,
            "description": listing.summary,
            **(_result(public) if listing.kind == "result" else _need(public)),
        },
    )


def _result(public: Disclosure) -> dict[str, Any]:
    listing: Any = public.listing
    return {
        "inLanguage": shown_language(listing, "title"),
        "keywords": listing.keywords,
        "about": listing.industry and listing.industry.name,
        "creator": {"@type": "Organization", "name": str(listing.organisation)},
        "datePublished": day(listing.first_published_at),
        "dateModified": day(listing.last_published_at),
    }


def _need(public: Disclosure) -> dict[str, Any]:
    listing: Any = public.listing
    return {
        "areaServed": listing.region and listing.region.name,
        "validFrom": day(listing.first_published_at),
        "validThrough": day(listing.deadline),
        "priceSpecification": _budget(public),
    }


def _budget(public: Disclosure) -> dict[str, str] | None:
    low, high = public.money("budget_min"), public.money("budget_max")
    stated = low or high
    if stated is None:
        return None
    ends = {"minPrice": low, "maxPrice": high}
    return {
        "@type": "PriceSpecification",
        "priceCurrency": stated.currency,
        **{name: money.digits for name, money in ends.items() if money},
    }
