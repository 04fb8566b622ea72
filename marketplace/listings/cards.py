"""A listing as one row or card of a list: what `components/listing.html` takes, and nothing closed."""

from typing import Any

from django.utils.translation import gettext as _

from marketplace import dates
from marketplace.bilingual import shown_language
from marketplace.listings.disclosure import Disclosure
from marketplace.listings.tiers import Tier
from marketplace.templatetags.components import amount_range

RELATED = ("organisation", "industry__parent__parent", "region")
"""What a queryset of listings selects with them, so that cards ask the database nothing."""

_AMOUNTS = {"result": ("price_min", "price_max"), "need": ("budget_min", "budget_max")}


def card(disclosure: Disclosure) -> dict[str, Any]:
    """Return the parameters of `components/listing.html`, and the `lang` of the texts."""
    listing: Any = disclosure.listing
    return {
        "kind": listing.kind,
        "url": listing.get_absolute_url(),
        "title": listing.title,
        "summary": listing.summary,
        "lang": shown_language(listing, "title"),
        "summary_lang": shown_language(listing, "summary"),
        "organisation": disclosure.organisation,
        "region": listing.region,
        "industry": listing.industry,
        "trl": listing.trl if listing.kind == "result" else listing.min_trl,
        "modes": listing.get_cooperation_modes_list(),
        "flags": _flags(listing),
        "amount": _amount(disclosure),
        "date": listing.first_published_at,
    }


def card_of(listing: Any) -> dict[str, Any]:
    """Return the `card` of a listing that is annotated with the reader's `access`."""
    return card(Disclosure(listing, Tier(listing.access)))


def _flags(listing: Any) -> list[str]:
    if listing.kind == "result" or not listing.is_open_challenge:
        return []
    until = dates.day(listing.deadline)
    return [_("Open challenge until %(date)s") % {"date": until}]


def _amount(disclosure: Disclosure) -> str:
    low, high = (disclosure.money(field) for field in _AMOUNTS[disclosure.listing.kind])
    return amount_range(low, high) if low or high else ""
