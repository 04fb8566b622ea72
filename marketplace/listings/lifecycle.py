"""From draft to live and off again, on Wagtail's revisions and workflow.

What readers see changes only when a moderator publishes a revision, or when the listing leaves the
site. Every function is one transaction and leaves a trace in the audit log.
"""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.audit import trail
from marketplace.listings.models import Listing
from marketplace.listings.models.listing import FRESH_FOR


class Status(models.TextChoices):
    """Where a listing stands, as its owners see it."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    RETURNED = "returned", _("returned with remarks")
    LIVE = "live", _("live")
    LIVE_DRAFT = "live_draft", _("live, with changes not yet submitted")
    LIVE_IN_REVIEW = "live_in_review", _("live, with changes in review")
    LIVE_RETURNED = "live_returned", _("live, changes returned with remarks")
    EXPIRED = "expired", _("expired")
    WITHDRAWN = "withdrawn", _("withdrawn")


def status(listing: Listing) -> Status:
    """Return where `listing` stands."""
    review = listing.current_workflow_state
    if review is not None:
        waiting = review.status == review.STATUS_IN_PROGRESS
        if listing.live:
            return Status.LIVE_IN_REVIEW if waiting else Status.LIVE_RETURNED
        return Status.IN_REVIEW if waiting else Status.RETURNED
    if listing.live:
        return Status.LIVE_DRAFT if listing.has_unpublished_changes else Status.LIVE
    if listing.expired:
        return Status.EXPIRED
    return Status.WITHDRAWN if listing.first_published_at else Status.DRAFT


def working_copy(listing: Listing) -> Any:
    """Return the newest version of `listing`, detached: saving it never touches what is live."""
    return listing.get_latest_revision_as_object()


@transaction.atomic
def save_draft(listing: Listing, *, author: User) -> Revision:
    """Keep `listing`, new or a working copy, as a draft; return its revision.

    Raises `ValidationError` for contradictory fields.
    """
    listing.full_clean()
    created = listing.pk is None
    if created:
        listing.save()
    revision = listing.save_revision(user=author, clean=False)
    action = "wagtail.create" if created else "wagtail.edit"
    trail.record(actor=author, action=action, target=listing, revision=revision.pk)
    return revision


@transaction.atomic
def submit(listing: Listing, *, author: User) -> None:
    """Hand the newest draft of `listing` to the moderators; submitting twice changes nothing.

    Raises `ValidationError` when there is nothing to review.
    """
    listing = _locked(listing)
    review = listing.current_workflow_state
    if review is not None:
        if review.status == review.STATUS_NEEDS_CHANGES:
            review.resume(user=author)
        return
    if listing.latest_revision is None or (listing.live and not listing.has_unpublished_changes):
        raise ValidationError(_("Nothing has changed since the last approval."))
    listing.get_workflow().start(listing, author)


@transaction.atomic
def publish(listing: Listing, *, moderator: User) -> None:
    """Publish the newest draft without review. Raises `PermissionDenied` for who is no moderator."""
    require(moderator, "listing:publish", listing)
    listing = _locked(listing)
    _cancel_review(listing, moderator)
    revision = listing.latest_revision or listing.save_revision(user=moderator)
    revision.publish(user=moderator, skip_permission_checks=True)


@transaction.atomic
def withdraw(listing: Listing, *, author: User) -> None:
    """Take `listing` off the site and out of review; withdrawing twice changes nothing."""
    listing = _locked(listing)
    _cancel_review(listing, author)
    if listing.live:
        listing.unpublish(user=author)


@transaction.atomic
def confirm(listing: Listing, *, author: User) -> None:
    """Store that the owner stands by the live `listing` today, which keeps it on the site longer.

    Raises `ValidationError` when it is not live.
    """
    listing = _locked(listing)
    if not listing.live:
        raise ValidationError(_("This listing is not live."))
    listing.confirm_until(timezone.localdate() + FRESH_FOR)
    trail.record(actor=author, action="listing.confirm", target=listing)


def expire(listing: Listing) -> None:
    """Take an unconfirmed `listing` off the site."""
    with transaction.atomic():
        locked = _locked(listing)
        if locked.live and locked.expires_on and locked.expires_on < timezone.localdate():
            locked.unpublish(set_expired=True)


def due_for_confirmation(listings: models.QuerySet[Any], within: timedelta) -> models.QuerySet[Any]:
    """Return the live ones of `listings` that leave the site `within` that time unless confirmed."""
    return listings.filter(live=True, expires_on=timezone.localdate() + within)


def _cancel_review(listing: Listing, user: User) -> None:
    if (review := listing.current_workflow_state) is not None:
        review.cancel(user=user)


def _locked(listing: Listing) -> Any:
    return type(listing)._default_manager.select_for_update().get(pk=listing.pk)
