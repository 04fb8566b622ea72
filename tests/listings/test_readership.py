"""Openings are counted by day for readers only; their numbers are for the listing's own people."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.listings import lifecycle, readership
from marketplace.listings.models import Openings
from search import decisions
from search.models import Finding
from tests import factories
from tests.pages import BROWSER, soup, text_of

pytestmark = pytest.mark.django_db

ROBOTS = [
    "",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0)",
    "Baiduspider",
    "curl/8.5",
    "python-requests/2.32",
    "Mozilla/5.0 HeadlessChrome/140.0",
]


def opened(client: Client, listing: Any, **headers: str) -> Any:
    """Open the page as a browser does: with the picture that it shows."""
    page = client.get(listing.get_absolute_url())
    picture = soup(page).select_one("main img[width='1']")
    return client.get(picture["src"], headers={"User-Agent": BROWSER, **headers})


def counted(listing: Any) -> int:
    return readership.recent([listing]).get(listing.pk, 0)


@pytest.mark.parametrize("make", [factories.make_result, factories.make_need])
def test_each_opening_counts_for_its_day(client: Client, make: Any) -> None:
    listing = make(live=True)
    client.force_login(factories.make_user())
    for reader in (Client(), Client(), client):
        answer = opened(reader, listing)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
        assert "no-store" in answer["Cache-Control"]
    assert [(row.day, row.count) for row in Openings.objects.all()] == [(timezone.localdate(), 3)]
    assert counted(listing) == 3
    assert readership.by_day(listing)[-1].count == 3


@pytest.mark.parametrize("agent", ROBOTS)
def test_robots_do_not_count(client: Client, agent: str) -> None:
    listing = factories.make_result(live=True)
    assert opened(client, listing, **{"User-Agent": agent}).status_code == 200
    assert not Openings.objects.exists()


def test_what_nobody_looks_at_does_not_count(client: Client) -> None:
    listing = factories.make_result(live=True)
    path = f"/en/listings/result/{listing.pk}/opened.svg"
    opened(client, listing, **{"Sec-Purpose": "prefetch;prerender"})
    opened(client, listing, Purpose="prefetch")
    assert client.head(path, headers={"User-Agent": BROWSER}).status_code == 405
    assert client.post(path).status_code == 405
    client.get(listing.get_absolute_url(), headers={"User-Agent": BROWSER})
    assert not Openings.objects.exists()


def test_the_own_people_and_the_staff_do_not_count(client: Client) -> None:
    listing = factories.make_result(live=True)
    colleague = factories.add_member(listing.organisation)
    staff = (factories.make_moderator(), factories.make_administrator())
    for person in (listing.author, colleague, *staff):
        client.force_login(person)
        opened(client, listing)
    assert not Openings.objects.exists()


def test_what_is_not_published_is_not_counted(client: Client) -> None:
    draft, gone = factories.make_result(), factories.make_result(live=True)
    lifecycle.withdraw(gone, author=gone.author)
    for listing in (draft, gone):
        path = f"/en/listings/result/{listing.pk}/opened.svg"
        assert client.get(path, headers={"User-Agent": BROWSER}).status_code == 404
    assert not Openings.objects.exists()


def test_the_preview_counts_nothing(client: Client) -> None:
    listing = factories.make_result(live=True)
    client.force_login(listing.author)
    page = client.get(f"/en/listings/result/{listing.pk}/preview/")
    assert not soup(page).select("main img[width='1']")


def test_counting_is_one_write(client: Client) -> None:
    listing = factories.make_result(live=True)
    opened(client, listing)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/en/listings/result/{listing.pk}/opened.svg", headers={"User-Agent": BROWSER})
    said = [query["sql"] for query in queries if not query["sql"].startswith("SELECT")]
    assert [sql.split()[0] for sql in said] == ["UPDATE"], said


def test_old_days_are_left_out() -> None:
    listing, other = factories.make_result(live=True), factories.make_result(live=True)
    for ago in (30, 29, 0):
        readership.count(listing)
        today = Openings.objects.filter(day=timezone.localdate())
        today.update(day=timezone.localdate() - timedelta(days=ago))
    days = readership.by_day(listing)
    assert [day.count for day in days] == [1, *[0] * 28, 1]
    assert readership.recent([listing, other]) == {listing.pk: 2}
    assert readership.recent([]) == {}


def test_its_own_people_see_the_numbers(client: Client) -> None:
    listing = factories.make_result(live=True)
    for _reader in range(4):
        opened(Client(), listing)
    path = f"/en/listings/result/{listing.pk}/readers/"
    assert client.get(path).status_code == 302
    client.force_login(factories.owner_of(factories.make_organisation()))
    assert client.get(path).status_code == 404
    client.force_login(listing.author)
    page = client.get(path)
    assert "4 times in the last 30 days" in text_of(page)
    cells = [cell.get_text(strip=True) for cell in soup(page).select("tbody td")]
    assert cells == ["4", *["0"] * 29]
    bars = [int(bar["height"]) for bar in soup(page).select(".chart__bar")]
    assert bars == [*[0] * 29, 1000]
    assert "Opened 4 times in the last 30 days" in text_of(client.get("/en/listings/mine/"))


def test_what_came_of_it_is_told_in_numbers(client: Client) -> None:
    result = factories.make_result(live=True)
    needs = [factories.make_need(live=True) for _number in range(3)]
    match = {"score": 1}
    for need, verdict in zip(needs, ("accepted", "declined", "accepted"), strict=True):
        more = {"reason": "too_vague"} if verdict == "declined" else {}
        decisions.decide(
            need=need, result=result, verdict=verdict, by=need.author, match=match, **more
        )
    decisions.decide(
        need=needs[0], result=result, verdict="accepted", by=result.author, match=match
    )
    for person in (needs[0].author, result.author):
        Finding.objects.create(user=person, key=f"result:{result.pk}", told_at=timezone.now())
    Finding.objects.create(user=needs[1].author, key=f"result:{result.pk}")
    client.force_login(result.author)
    page = soup(client.get(f"/en/listings/result/{result.pk}/readers/"))
    shown = {
        tile.dt.get_text(strip=True): tile.dd.get_text(strip=True) for tile in page.select(".tile")
    }
    assert shown == {
        "Readers whose watch found it": "1",
        "Matches kept": "2",
        "Matches declined": "1",
        "Introductions": "0",
        "Contracts": "0",
    }
    assert not any(str(need.author) in page.get_text() for need in needs)
