"""How many matches stand on the page of a listing: few at first, more for who asks for them."""

from collections.abc import Mapping

from marketplace.listings.models import Listing

FEW, MANY = 5, 20
PARAMETER = "best"
"""Not "matches": a field of that name would hide the method of its form that htmx calls."""


def asked(parameters: Mapping[str, object]) -> int:
    """Return how many matches the `parameters` of an address or of a form ask for."""
    return MANY if parameters.get(PARAMETER) == str(MANY) else FEW


def address(listing: Listing, parameters: Mapping[str, object]) -> str:
    """Return the address of the page of `listing` with as many matches as `parameters` ask for."""
    page = listing.get_absolute_url()
    return f"{page}?{PARAMETER}={MANY}" if asked(parameters) == MANY else page
