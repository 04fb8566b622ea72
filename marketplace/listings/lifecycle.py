"""From draft to live and off again, on Wagtail's revisions and workflow.

What readers see changes only when a moderator publishes a revision, or when the listing leaves the
site. While a moderator reviews a version nobody else changes it, so what is approved is what was
read. Every function is one transaction and leaves a trace in the audit log; a second call changes
nothing.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.audit import trail
from marketplace.files import uploads
from marketplace.listings import outcomes
from marketplace.listings.drafts import same_content
from marketplace.listings.models.publishing import Reviewed


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


def status(listing: Reviewed) -> Status:
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


def working_copy(listing: Reviewed) -> Any:
    """Return the newest version of `listing`, an object of its own to edit and `save_draft`."""
    newest = listing.get_latest_revision_as_object()
    if newest is listing:
        return listing.with_content_json(listing.serializable_data())
    return newest


def version(listing: Reviewed) -> str:
    """Return the mark of the newest version of `listing`; it changes with what is saved."""
    newest = listing.latest_revision
    return f"{newest.pk}-{newest.created_at:%Y%m%d%H%M%S%f}" if newest else ""


@transaction.atomic
def save_draft(
    listing: Reviewed, *, author: User, based_on: str | None = None, rewriting: int | None = None
) -> Revision:
    """Keep `listing`, new or a working copy, as a draft; return its revision.

    A version that says the same as the newest one is not stored again. `based_on` is the `version`
    that the author started from; None overwrites whatever is there. `rewriting` is the id of a
    revision that this author has just saved: while it is the newest, and nobody has reviewed or
    published it, it is written anew, so that a draft that saves itself leaves one revision.

    Raises `ValidationError` for contradictory fields, while the listing is in review or locked, and
    with the code `conflict` when another version has been saved meanwhile.
    """
    listing.full_clean()
    own = None
    if created := listing.pk is None:
        listing.save()
    else:
        row = _locked(listing)
        newest = row.latest_revision
        if newest is not None and same_content(listing, newest):
            return newest
        _refuse_edit(row, author)
        if newest is not None and based_on not in (None, version(row)):
            raise ValidationError(
                _("Another version of this listing has been saved since you opened it."),
                code="conflict",
            )
        if row.first_published_at is None:
            listing.save()
        own = newest if newest is not None and _is_sketch(newest, row, author, rewriting) else None
    revision = listing.save_revision(user=author, clean=False, overwrite_revision=own)
    uploads.keep(listing.file_ids)
    if own is None:
        action = "wagtail.create" if created else "wagtail.edit"
        trail.record(actor=author, action=action, target=listing, revision=revision.pk)
    return revision


def _is_sketch(newest: Revision, row: Reviewed, author: User, rewriting: int | None) -> bool:
    """Whether the `newest` revision of `row` is one that nobody but `author` has relied on."""
    return (
        newest.pk == rewriting
        and newest.user_id == author.pk
        and newest.pk != row.live_revision_id
        and newest.approved_go_live_at is None
        and not newest.task_states.exists()
    )


@transaction.atomic
def submit(listing: Reviewed, *, author: User) -> None:
    """Hand the newest draft of `listing` to the moderators; submitting twice changes nothing.

    Raises `ValidationError` when there is nothing to review or what there is lacks a summary.
    """
    listing = _locked(listing)
    review = listing.current_workflow_state
    if review is not None and review.status == review.STATUS_IN_PROGRESS:
        return
    if listing.latest_revision is None or (listing.live and not listing.has_unpublished_changes):
        raise ValidationError(_("Nothing has changed since the last approval."))
    working_copy(listing).refuse_unfinished()
    if review is not None:
        review.resume(user=author)
    elif (workflow := listing.get_workflow()) is not None:
        workflow.start(listing, author)
    else:
        raise ValidationError(_("Nobody reviews listings yet: tell the administrators."))


@transaction.atomic
def recall(listing: Reviewed, *, author: User) -> None:
    """Take `listing` back from review, to go on editing it."""
    _cancel_review(_locked(listing), author)


@transaction.atomic
def publish(listing: Reviewed, *, moderator: User) -> None:
    """Publish the newest draft without review. Raises `PermissionDenied` for who is no moderator."""
    require(moderator, "listing:publish", listing)
    listing = _locked(listing)
    revision = listing.latest_revision or listing.save_revision(user=moderator)
    revision.publish(user=moderator, skip_permission_checks=True)


@transaction.atomic
def withdraw(listing: Reviewed, *, author: User) -> None:
    """Take `listing` off the site and out of review; withdrawing twice changes nothing."""
    listing = _locked(listing)
    _cancel_review(listing, author)
    if listing.live:
        listing.unpublish(user=author)


@transaction.atomic
def discard(listing: Reviewed, *, author: User) -> None:
    """Delete a draft. Raises `ValidationError` for a listing that has been on the site."""
    listing = _locked(listing)
    if listing.first_published_at is not None:
        raise ValidationError(_("This listing has been on the site; withdraw it instead."))
    _cancel_review(listing, author)
    trail.record(actor=author, action="wagtail.delete", target=listing)
    listing.delete()


@transaction.atomic
def confirm(listing: Reviewed, *, author: User) -> None:
    """Store that the owner stands by the live `listing` today, which keeps it on the site longer.

    Raises `ValidationError` when it is not live.
    """
    listing = _locked(listing)
    if not listing.live:
        raise ValidationError(_("This listing is not live."))
    listing.confirm()
    trail.record(actor=author, action="listing.confirm", target=listing)


@transaction.atomic
def expire(listing: Reviewed) -> bool:
    """Take an unconfirmed `listing` off the site on its day and tell who looks after it."""
    listing = _locked(listing)
    if not listing.live or not listing.expires_on or listing.expires_on > timezone.localdate():
        return False
    listing.unpublish(set_expired=True)
    outcomes.tell_expired(listing)
    return True


def _refuse_edit(listing: Reviewed, author: User) -> None:
    if listing.workflow_in_progress:
        raise ValidationError(
            _("This listing is in review. Take it back from review to change it."),
            code="in_review",
        )
    if listing.locked and listing.locked_by_id != author.pk:
        raise ValidationError(_("An administrator has locked this listing."), code="locked")


def _cancel_review(listing: Reviewed, user: User) -> None:
    if (review := listing.current_workflow_state) is not None:
        review.cancel(user=user)


def _locked(listing: Reviewed) -> Any:
    return type(listing)._default_manager.select_for_update().get(pk=listing.pk)
