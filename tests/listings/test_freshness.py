"""Owners are asked twice, once for each date; what nobody confirms leaves the site by itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.listings import effects, lifecycle
from marketplace.listings.models import ResearchResult
from marketplace.listings.models.publishing import FRESH_FOR
from marketplace.notifications.models import Notification
from marketplace.outbox import periodic
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[factories.make_result, factories.make_need])
def listing(request: Any) -> Any:
    return request.param(title_en="Fresh", live=True)


def leaves_in(listing: Any, days: int) -> None:
    expires_on = timezone.localdate() + timedelta(days=days)
    type(listing).objects.filter(pk=listing.pk).update(expires_on=expires_on)


def told(listing: Any) -> list[str]:
    return list(listing.author.notifications.order_by("pk").values_list("subject", flat=True))


def test_publishing_starts_the_time_on_the_site(listing: Any) -> None:
    assert listing.verified_on == timezone.localdate()
    assert listing.expires_on == timezone.localdate() + FRESH_FOR


@pytest.mark.parametrize(
    ("days", "asked"), [(31, 0), (30, 1), (29, 1), (8, 1), (7, 1), (1, 1), (0, 0), (-3, 0)]
)
def test_owners_are_asked_in_the_last_thirty_days(listing: Any, days: int, asked: int) -> None:
    leaves_in(listing, days)
    for _run in range(3):
        effects.ask_to_confirm()
    assert len(told(listing)) == asked


def test_two_questions_in_the_life_of_a_date(mailoutbox: Any, listing: Any) -> None:
    days_of_questions = []
    for days in range(40, 0, -1):
        leaves_in(listing, days)
        if effects.ask_to_confirm():
            days_of_questions.append(days)
        effects.ask_to_confirm()
    assert days_of_questions == [30, 7]
    assert told(listing) == ["Is “Fresh” still up to date?"] * 2
    [thirty, seven] = listing.author.notifications.order_by("pk")
    assert "in 30 days" in thirty.body
    assert "in 7 days" in seven.body
    assert seven.url == "/en/listings/mine/"
    assert [mail.to for mail in mailoutbox] == [[listing.author.email]] * 2


def test_a_job_that_slept_asks_the_nearest_question_only(listing: Any) -> None:
    leaves_in(listing, 3)
    assert effects.ask_to_confirm() == 1
    assert effects.ask_to_confirm() == 0
    assert "in 3 days" in listing.author.notifications.get().body


def test_confirming_starts_anew(client: Client, listing: Any) -> None:
    leaves_in(listing, 5)
    effects.ask_to_confirm()
    client.force_login(listing.author)
    assert client.post(f"/en/listings/{listing.kind}/{listing.pk}/confirm/").status_code == 302
    listing.refresh_from_db()
    assert listing.expires_on == timezone.localdate() + FRESH_FOR
    assert effects.ask_to_confirm() == 0
    leaves_in(listing, 30)
    assert effects.ask_to_confirm() == 1


def test_two_workers_ask_once(listing: Any) -> None:
    leaves_in(listing, 7)
    as_the_other_read_it = type(listing).objects.get(pk=listing.pk)
    effects.ask_to_confirm()
    assert not effects._ask(as_the_other_read_it, 7)
    assert len(told(listing)) == 1


@pytest.mark.parametrize(("days", "leaves"), [(1, False), (0, True), (-9, True)])
def test_what_nobody_confirms_leaves_on_its_day(listing: Any, days: int, leaves: bool) -> None:
    leaves_in(listing, days)
    assert effects.expire_unconfirmed() == leaves
    assert effects.expire_unconfirmed() == 0
    listing.refresh_from_db()
    assert listing.live != leaves
    page = Client().get(f"/en/{listing.kind}s/{listing.pk}/", follow=True)
    assert page.status_code == (404 if leaves else 200)
    assert told(listing) == ["“Fresh” has left the site"] * leaves
    if leaves:
        assert lifecycle.status(listing) == lifecycle.Status.EXPIRED


def test_an_expired_listing_comes_back_by_review(workflow: Any, listing: Any) -> None:
    leaves_in(listing, 0)
    effects.expire_unconfirmed()
    lifecycle.submit(listing, author=listing.author)
    factories.approve(listing)
    listing = type(listing).objects.get(pk=listing.pk)
    assert lifecycle.status(listing) == lifecycle.Status.LIVE
    assert listing.expires_on == timezone.localdate() + FRESH_FOR


def test_confirmed_meanwhile_stays(listing: Any) -> None:
    leaves_in(listing, 0)
    seen_by_the_job = type(listing).objects.get(pk=listing.pk)
    lifecycle.confirm(listing, author=listing.author)
    assert not lifecycle.expire(seen_by_the_job)
    listing.refresh_from_db()
    assert listing.live


def test_nothing_asks_about_drafts(workflow: Any) -> None:
    draft, gone = factories.make_result(), factories.make_result(live=True)
    lifecycle.withdraw(gone, author=gone.author)
    ResearchResult.objects.update(expires_on=timezone.localdate() + timedelta(days=3))
    assert effects.ask_to_confirm() == 0
    ResearchResult.objects.update(expires_on=timezone.localdate())
    assert effects.expire_unconfirmed() == 0
    assert told(draft) == []


def test_an_author_who_has_left_is_replaced_by_the_owners(listing: Any) -> None:
    owner = listing.author
    author = factories.add_member(listing.organisation)
    type(listing).objects.filter(pk=listing.pk).update(author=author)
    leaves_in(listing, 7)
    listing.organisation.memberships.filter(user=author).delete()
    effects.ask_to_confirm()
    assert [n.recipient for n in Notification.objects.all()] == [owner]


def test_both_jobs_are_registered() -> None:
    ours = {name.rpartition(".")[2] for name in periodic._jobs if "listings" in name}
    assert ours == {"ask_to_confirm", "expire_unconfirmed"}
