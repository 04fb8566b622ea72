"""What a listing's page tells machines: search engines, and sites on which its address is passed on.

Always what everybody may read, whoever asks, and of a need never whose it is.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, to_locale

from marketplace.bilingual import shown_language, site_name
from marketplace.listings.disclosure import Disclosure
from marketplace.listings.models import Listing
from marketplace.listings.tiers import Tier

SCHEMA = "https://schema.org"
TYPES = {"result": "CreativeWork", "need": "Demand"}


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """`address` is the one to pass on; `structured` the listing in the words of schema.org."""

    address: str
    title: str
    description: str
    site: str
    locale: str
    structured: dict[str, Any]


def metadata(listing: Listing, request: HttpRequest) -> Metadata:
    """Return what the page of a published `listing` says of itself in the reader's language."""
    address = request.build_absolute_uri(listing.get_absolute_url())
    return Metadata(
        address=address,
        title=listing.title,
        description=" ".join(listing.summary.split()),
        site=site_name(),
        locale=to_locale(get_language() or settings.LANGUAGE_CODE),
        structured=_structured(Disclosure(listing, Tier.PUBLIC), address),
    )


def _structured(public: Disclosure, address: str) -> dict[str, Any]:
    listing: Any = public.listing
    said = {
        "@context": SCHEMA,
        "@type": TYPES[listing.kind],
        "@id": address,
        "url": address,
        "name": listing.title,
        "description": listing.summary,
        **(_result(public) if listing.kind == "result" else _need(public)),
    }
    return {name: value for name, value in said.items() if value}


def _result(public: Disclosure) -> dict[str, Any]:
    listing: Any = public.listing
    return {
        "inLanguage": shown_language(listing, "title"),
        "keywords": listing.keywords,
        "about": listing.industry and listing.industry.name,
        "creator": {"@type": "Organization", "name": str(listing.organisation)},
        "datePublished": _day(listing.first_published_at),
        "dateModified": _day(listing.last_published_at),
    }


def _need(public: Disclosure) -> dict[str, Any]:
    listing: Any = public.listing
    return {
        "areaServed": listing.region and listing.region.name,
        "validFrom": _day(listing.first_published_at),
        "validThrough": _day(listing.deadline),
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


def _day(moment: Any) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
