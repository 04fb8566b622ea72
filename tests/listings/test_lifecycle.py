"""The services behind the buttons: what they refuse, what a revision may not bring back."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from marketplace.audit import trail
from marketplace.listings import lifecycle
from marketplace.listings.models import ResearchResult, TechnologyNeed
from tests import factories

pytestmark = pytest.mark.django_db


def actions(listing: Any) -> list[str]:
    return [entry.action for entry in trail.history(listing)]


def test_each_step_leaves_a_trace_with_its_actor(workflow: Any) -> None:
    listing, moderator = factories.make_result(), factories.make_moderator()
    lifecycle.submit(listing, author=listing.author)
    factories.approve(listing, moderator=moderator)
    lifecycle.confirm(listing, author=listing.author)
    lifecycle.withdraw(listing, author=listing.author)
    assert list(reversed(actions(listing))) == [
        "wagtail.create",
        "wagtail.workflow.start",
        "wagtail.workflow.approve",
        "wagtail.publish",
        "listing.confirm",
        "wagtail.unpublish",
    ]
    actors = {entry.action: entry.user for entry in trail.history(listing)}
    assert actors["wagtail.publish"] == moderator
    assert actors["wagtail.unpublish"] == listing.author


def test_only_moderators_publish_without_review() -> None:
    listing = factories.make_result()
    for person in (listing.author, factories.make_user()):
        with pytest.raises(PermissionDenied):
            lifecycle.publish(listing, moderator=person)
    listing.refresh_from_db()
    assert not listing.live


def test_a_working_copy_is_an_object_of_its_own() -> None:
    listing = factories.make_result(title_en="Live", live=True)
    copy = lifecycle.working_copy(listing)
    copy.title_en = "Other"
    assert listing.title_en == "Live"


def test_an_old_revision_brings_back_no_state_of_the_row(workflow: Any) -> None:
    listing = factories.make_result(live=True)
    old = listing.latest_revision
    lifecycle.confirm(listing, author=listing.author)
    elsewhere = factories.make_organisation()
    ResearchResult.objects.filter(pk=listing.pk).update(
        organisation=elsewhere, locked=True, external_id="imported", source="file"
    )
    old.refresh_from_db()
    old.publish(user=None)
    listing = ResearchResult.objects.get(pk=listing.pk)
    assert listing.organisation == elsewhere
    assert listing.locked
    assert (listing.source, listing.external_id) == ("file", "imported")


def test_a_crash_while_publishing_leaves_everything_as_it_was(monkeypatch: Any) -> None:
    listing = factories.make_result(title_en="Old", live=True)
    before = ResearchResult.objects.filter(pk=listing.pk).values().get()
    draft = lifecycle.working_copy(listing)
    draft.title_en = "New"
    revision = lifecycle.save_draft(draft, author=listing.author)
    monkeypatch.setattr(
        "wagtail.actions.publish_revision.PublishRevisionAction._after_publish",
        lambda *_args: (_ for _ in ()).throw(RuntimeError("killed")),
    )
    with pytest.raises(RuntimeError):
        revision.publish(user=None)
    after = ResearchResult.objects.filter(pk=listing.pk).values().get()
    unsaved = {"latest_revision_id", "has_unpublished_changes"}
    assert {k: v for k, v in after.items() if k not in unsaved} == {
        k: v for k, v in before.items() if k not in unsaved
    }


@pytest.mark.parametrize(
    "tiers",
    [
        [],
        "public",
        {"nothing": 0},
        {"problem": 4},
        {"problem": "0"},
        {"problem": []},
        {"problem": True},
    ],
)
def test_tiers_that_do_not_exist_are_refused(tiers: Any) -> None:
    listing = factories.make_result()
    listing.tiers = tiers
    with pytest.raises(ValidationError, match="four tiers"):
        listing.full_clean()


def test_nothing_to_submit_is_said(workflow: Any) -> None:
    listing = factories.make_result(live=True)
    with pytest.raises(ValidationError, match="Nothing has changed"):
        lifecycle.submit(listing, author=listing.author)


def test_a_listing_without_a_summary_is_not_submitted(workflow: Any) -> None:
    listing = factories.make_need(title_zh="只有标题", summary_en="")
    with pytest.raises(ValidationError, match="two or three sentences"):
        lifecycle.submit(listing, author=listing.author)
    assert lifecycle.status(TechnologyNeed.objects.get()) == lifecycle.Status.DRAFT


def test_a_recalled_review_can_no_longer_be_approved(workflow: Any) -> None:
    listing, moderator = factories.make_result(), factories.make_moderator()
    lifecycle.submit(listing, author=listing.author)
    listing = ResearchResult.objects.get(pk=listing.pk)
    state = listing.current_workflow_task_state
    lifecycle.recall(listing, author=listing.author)
    state.refresh_from_db()
    with pytest.raises(PermissionDenied):
        state.task.specific.on_action(state, moderator, "approve")
    assert not ResearchResult.objects.get(pk=listing.pk).live
