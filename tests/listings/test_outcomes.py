"""The author learns what became of a review, once, in the own language, and by no second mail."""

from typing import Any

import pytest
from django.test import Client

from marketplace.listings import lifecycle
from marketplace.listings.models import ResearchResult
from marketplace.notifications.models import Notification
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(mailoutbox: Any, workflow: Any) -> Any:
    listing = factories.make_result(title_en="Submitted")
    lifecycle.submit(listing, author=listing.author)
    mailoutbox.clear()
    return listing


def subjects(mailoutbox: Any, person: Any) -> list[str]:
    return [mail.subject for mail in mailoutbox if mail.to == [person.email]]


def test_approved(mailoutbox: Any, submitted: Any) -> None:
    factories.approve(submitted)
    note = submitted.author.notifications.get()
    assert note.subject == "“Submitted” is on the site"
    assert note.url == f"/en/results/{submitted.pk}-submitted/"
    assert subjects(mailoutbox, submitted.author) == [note.subject]


def test_returned_with_remarks_that_stand_on_the_page_and_not_in_the_mail(
    client: Client, mailoutbox: Any, submitted: Any
) -> None:
    factories.return_with(submitted, "Please name the <b>electrolyte</b>.")
    note = submitted.author.notifications.get()
    assert note.url == f"/en/listings/result/{submitted.pk}/edit/"
    [mail] = [mail for mail in mailoutbox if mail.to == [submitted.author.email]]
    assert "electrolyte" not in mail.subject + mail.body
    client.force_login(submitted.author)
    for path in (note.url, "/en/listings/mine/"):
        page = client.get(path).content.decode()
        assert "Please name the &lt;b&gt;electrolyte&lt;/b&gt;." in page


def test_in_the_reader_s_language(workflow: Any) -> None:
    author = factories.make_user(language="zh-hans")
    listing = factories.make_result(factories.make_organisation(owner=author))
    lifecycle.submit(listing, author=author)
    factories.approve(listing)
    assert author.notifications.get().url.startswith("/zh-hans/results/")


def test_a_colleague_s_submission_is_told_to_the_author(workflow: Any) -> None:
    listing = factories.make_result()
    colleague = factories.add_member(listing.organisation)
    lifecycle.submit(listing, author=colleague)
    factories.approve(listing)
    assert [note.recipient for note in Notification.objects.all()] == [listing.author]


def test_published_in_wagtail_straight_from_review(submitted: Any) -> None:
    moderator = factories.make_moderator()
    submitted.refresh_from_db()
    submitted.latest_revision.publish(user=moderator, skip_permission_checks=True)
    assert submitted.author.notifications.get().subject == "“Submitted” is on the site"


def test_publishing_without_a_review_tells_nobody(workflow: Any) -> None:
    factories.make_result(live=True)
    assert not Notification.objects.exists()


def test_who_approves_the_own_listing_is_not_told(workflow: Any) -> None:
    moderator = factories.make_moderator()
    listing = factories.make_result(factories.make_organisation(owner=moderator))
    lifecycle.submit(listing, author=moderator)
    factories.approve(listing, moderator=moderator)
    assert not Notification.objects.exists()


def test_a_withdrawal_or_a_recall_tells_nobody(submitted: Any) -> None:
    lifecycle.recall(submitted, author=submitted.author)
    lifecycle.submit(submitted, author=submitted.author)
    lifecycle.withdraw(submitted, author=submitted.author)
    assert not Notification.objects.exists()


def test_moderators_learn_of_a_submission(mailoutbox: Any, workflow: Any) -> None:
    moderator = factories.make_moderator()
    listing = factories.make_result(title_en="Submitted")
    lifecycle.submit(listing, author=listing.author)
    (note,) = moderator.notifications.all()
    assert note.subject == "“Submitted” waits for your review"
    assert subjects(mailoutbox, moderator) == [note.subject]
    client = Client()
    client.force_login(moderator)
    page = client.get(note.url)
    assert page.status_code == 200
    assert "Submitted" in page.content.decode()


def test_moderators_learn_of_it_again_after_it_was_returned(workflow: Any, submitted: Any) -> None:
    moderator = factories.make_moderator()
    factories.return_with(submitted, "Please say more.")
    lifecycle.submit(submitted, author=submitted.author)
    assert moderator.notifications.count() == 1


def test_reviewers_are_told_in_their_own_language_and_submitters_not(
    mailoutbox: Any, workflow: Any
) -> None:
    chinese = factories.make_moderator(language="zh-hans")
    author = factories.make_moderator(language="en")
    disabled = factories.make_moderator(is_active=False)
    lifecycle.submit(
        factories.make_result(factories.make_organisation(owner=author)), author=author
    )
    assert "等待" in chinese.notifications.get().subject
    assert not author.notifications.exists()
    assert not disabled.notifications.exists()
    assert [mail.to for mail in mailoutbox] == [[chinese.email]]


def test_a_title_of_two_lines_is_one_subject(mailoutbox: Any, workflow: Any) -> None:
    listing = factories.make_result(title_en="One\r\nBcc: two@example.org")
    lifecycle.submit(listing, author=listing.author)
    factories.approve(listing)
    assert subjects(mailoutbox, listing.author) == ["“One Bcc: two@example.org” is on the site"]


def test_a_failed_approval_tells_nobody_and_changes_nothing(submitted: Any) -> None:
    nobody = factories.make_user()
    with pytest.raises(Exception, match="permission"):
        factories.approve(submitted, moderator=nobody)
    assert not Notification.objects.exists()
    fresh = ResearchResult.objects.get(pk=submitted.pk)
    assert lifecycle.status(fresh) == lifecycle.Status.IN_REVIEW
    assert fresh.verified_on is None
