"""`{% best_matches listing %}`: what fits a listing best, with scores and reasons, for its page, and
`{% similar_listings listing %}`: what is like it.

The words that met are marked in titles and summaries.
"""

from typing import Any

from django import template

from marketplace.listings.cards import card_of
from search import highlights, lengths, matching, tokens
from search.decisions import offers
from search.matching import Match

register = template.Library()


@register.inclusion_tag("search/best_matches.html", takes_context=True)
def best_matches(context: template.Context, listing: Any) -> dict[str, Any]:
    """Show the results that meet a need best, or the needs that a result meets best."""
    request = context["request"]
    limit = lengths.asked(request.GET)
    find = matching.best_results if listing.kind == "need" else matching.best_needs
    matches = find(listing, viewer=request.user, limit=limit)
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "listing": listing,
        "number": limit,
        "more": lengths.MANY if len(matches) == limit == lengths.FEW else None,
        "rows": [
            {"match": match, "card": _card(match), **choice}
            for match, choice in zip(
                matches, offers.of(listing, matches, viewer=request.user), strict=True
            )
        ],
    }


@register.inclusion_tag("search/similar_offer.html")
def similar_listings(listing: Any) -> dict[str, Any]:
    """Offer the listings of the same kind that are most like `listing`; they come when a reader gets
    to them.
    """
    return {"listing": listing}


def _card(match: Match) -> dict[str, Any]:
    shown = card_of(match.listing)
    marks = {term: 1 for word in match.words for term in tokens.terms(word.text)}
    return shown | {name: highlights.mark(shown[name], marks) for name in ("title", "summary")}
