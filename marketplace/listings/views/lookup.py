"""Find the listing that an address names, or answer as if it did not exist.

Who may not change a listing is told nothing about it: 404, the same as for a number that was never
given out.
"""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from marketplace.accounts.models import User
from marketplace.listings.kinds import KINDS


def own_listing(request: HttpRequest, kind: str, pk: int, permission: str) -> Any:
    """Return the listing if the reader has `permission` on it. Raises `Http404` otherwise."""
    listings = KINDS[kind]._default_manager.select_related("organisation", "latest_revision")
    listing = get_object_or_404(listings, pk=pk)
    if not request.user.has_perm(permission, listing):
        raise Http404
    return listing


def signed_in(request: HttpRequest) -> User:
    """Return the person of a request that has passed `login_required`."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError(user)
    return user
