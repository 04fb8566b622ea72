"""Tell people what became of their listing: submitted, approved, returned, asked to confirm, expired.

Each message names the listing by its public title, and leads to the workbench or to the editors' site,
which ask anew who may read.
"""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from wagtail.admin.admin_url_finder import AdminURLFinder

from marketplace.accounts.models import Membership, User
from marketplace.notifications.notify import notify


def stewards(listing: Any) -> list[User]:
    """Return who looks after `listing`: its author while a member, else the organisation's owners."""
    memberships = Membership.objects.filter(
        organisation=listing.organisation_id, user__is_active=True
    ).select_related("user")
    if own := memberships.filter(user=listing.author_id).first():
        return [own.user]
    return [owner.user for owner in memberships.filter(role=Membership.Role.OWNER)]


def ask_to_review(listing: Any, reviewers: Iterable[User]) -> None:
    """Tell the reviewers that a version of `listing` waits for them."""
    notify(
        reviewers,
        template="listing_submitted",
        url=AdminURLFinder().get_edit_url(listing),
        context={"listing": listing},
        in_reader_language=False,
    )


def tell_approved(listing: Any, *, moderator: Any) -> None:
    """Tell the stewards that a moderator has put `listing` on the site."""
    _tell(listing, "listing_approved", _public_path(listing), but=moderator)


def tell_returned(listing: Any, *, moderator: Any) -> None:
    """Tell the stewards that a moderator asks for changes; the page it leads to has the remarks."""
    path = _path("listings:edit", listing.kind, listing.pk)
    _tell(listing, "listing_returned", path, but=moderator)


def ask_to_confirm(listing: Any, *, days_left: int) -> None:
    """Ask the stewards whether the live `listing` still holds."""
    _tell(listing, "listing_confirm", _path("listings:mine"), days_left=days_left)


def tell_expired(listing: Any) -> None:
    """Tell the stewards that nobody confirmed `listing` and it has left the site."""
    _tell(listing, "listing_expired", _path("listings:edit", listing.kind, listing.pk))


def _tell(listing: Any, template: str, path: str, but: Any = None, **context: Any) -> None:
    recipients = [user for user in stewards(listing) if user != but]
    notify(recipients, template=template, url=path, context={"listing": listing, **context})


def _path(name: str, *args: Any) -> str:
    return _unprefixed(reverse(name, args=args))


def _public_path(listing: Any) -> str:
    return _unprefixed(listing.get_absolute_url())


def _unprefixed(path: str) -> str:
    return path.removeprefix(f"/{get_language()}")
