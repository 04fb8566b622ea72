"""Tell people what became of their text: submitted, approved, returned, asked to confirm, expired.

Each message names the listing by its public title, and leads to the workbench or to the editors' site,
which ask anew who may read.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from wagtail.admin.admin_url_finder import AdminURLFinder

from marketplace.accounts.models import User
from marketplace.notifications.notify import notify
from marketplace.notifications.topics import Topic


def ask_to_review(listing: Any, reviewers: Iterable[User]) -> None:
    """Tell the reviewers that a version of `listing` waits for them."""
    notify(
        reviewers,
        topic=Topic.REVIEW,
        template="listing_submitted",
        url=AdminURLFinder().get_edit_url(listing),
        about=("listing:publish", listing),
        context={"listing": listing},
        in_reader_language=False,
    )


def tell_approved(listing: Any, *, moderator: Any) -> None:
    """Tell the stewards that a moderator has put `listing` on the site."""
    _tell(listing, f"{listing.told_as}_approved", listing.get_absolute_url(), but=moderator)


def tell_returned(listing: Any, *, moderator: Any) -> None:
    """Tell the stewards that a moderator asks for changes; the page it leads to has the remarks."""
    _tell(listing, "listing_returned", listing.edit_url, but=moderator)


def ask_to_confirm(listing: Any, *, days_left: int) -> None:
    """Ask the stewards whether the live `listing` still holds."""
    _tell(listing, f"{listing.told_as}_confirm", listing.confirm_url, days_left=days_left)


def tell_expired(listing: Any) -> None:
    """Tell the stewards that nobody confirmed `listing` and it has left the site."""
    _tell(listing, f"{listing.told_as}_expired", listing.edit_url)


def _tell(listing: Any, template: str, path: str, but: Any = None, **context: Any) -> None:
    recipients = [user for user in listing.stewards() if user != but]
    notify(
        recipients,
        topic=Topic.LISTINGS,
        template=template,
        url=_unprefixed(path),
        about=("listing:edit", listing),
        context={"listing": listing, **context},
    )


def _unprefixed(path: str) -> str:
    return path.removeprefix(f"/{get_language()}")
