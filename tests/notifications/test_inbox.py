"""The inbox: by topic, all or unread, marked one by one or together, each row a way to its page."""

from typing import Any

import pytest
from django.test import Client

from marketplace.notifications import views
from marketplace.notifications.topics import Topic
from tests import pages
from tests.factories import make_user
from tests.notifications.telling import tell

pytestmark = pytest.mark.django_db

INBOX = "/en/inbox/"


@pytest.fixture
def reader(client: Client) -> Any:
    user = make_user(time_zone="America/New_York")
    client.force_login(user)
    return user


def titles(client: Client, query: str = "") -> list[str]:
    items = pages.soup(client.get(INBOX + query)).select(".inbox__item")
    return [item.a.get_text().split("”")[0].strip("“") for item in items]


def test_topics_and_what_is_unread_can_be_chosen(client: Client, reader: Any) -> None:
    old = tell(reader, title="Old")
    tell(reader, title="New")
    tell(reader, title="Talk", topic=Topic.DEALS)
    tell(make_user(), title="Another's")
    assert client.get(f"{INBOX}{old.pk}/").status_code == 302
    assert titles(client) == ["Talk", "New", "Old"]
    assert titles(client, "?topic=listings") == ["New", "Old"]
    assert titles(client, "?topic=listings&show=unread") == ["New"]
    assert titles(client, "?topic=none&show=%00") == ["Talk", "New", "Old"]
    tabs = pages.soup(client.get(INBOX)).select_one(".tabs").get_text(" ", strip=True)
    assert tabs == "All 2 My listings 1 Deals and messages 1"


def test_one_is_marked_as_read_and_the_reader_stays_where_it_was(
    client: Client, reader: Any
) -> None:
    told = tell(reader)
    form = pages.soup(client.get(f"{INBOX}?topic=listings&page=1")).select_one(".inbox__item form")
    answer = client.post(form["action"])
    assert answer["Location"] == f"{INBOX}?topic=listings&page=1"
    told.refresh_from_db()
    assert told.read_at
    assert client.get(f"{INBOX}{told.pk}/read/").status_code == 405


def test_all_that_is_shown_is_marked_as_read(client: Client, reader: Any) -> None:
    mine, other, anothers = tell(reader), tell(reader, topic=Topic.DEALS), tell(make_user())
    page = pages.soup(client.get(f"{INBOX}?topic=deals"))
    client.post(page.select_one(".toolbar form")["action"])
    for notification, is_read in ((mine, False), (other, True), (anothers, False)):
        notification.refresh_from_db()
        assert bool(notification.read_at) is is_read


def test_nobody_marks_what_is_another_s(client: Client, reader: Any) -> None:
    anothers = tell(make_user())
    assert client.post(f"{INBOX}{anothers.pk}/read/").status_code == 404
    assert client.get(f"{INBOX}{anothers.pk}/").status_code == 404
    anothers.refresh_from_db()
    assert anothers.read_at is None


def test_an_empty_inbox_says_what_comes(client: Client, reader: Any) -> None:
    assert "Nothing here yet" in pages.text_of(client.get(INBOX))
    assert "You have read everything" in pages.text_of(client.get(f"{INBOX}?show=unread"))


def test_long_inboxes_have_pages_that_keep_the_choice(
    client: Client, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PER_PAGE", 2)
    for number in range(3):
        tell(reader, title=str(number))
    page = pages.soup(client.get(f"{INBOX}?topic=listings"))
    assert page.select_one("a[rel=next]")["href"] == "?topic=listings&page=2"
    assert titles(client, "?topic=listings&page=2") == ["0"]
    assert titles(client, "?page=999") == ["0"]


def test_times_are_the_reader_s(client: Client, reader: Any) -> None:
    type(tell(reader)).objects.update(created_at="2026-11-22T02:00:00Z")
    assert "Nov. 21, 2026 21:00" in pages.text_of(client.get(INBOX))
