"""Digests: in the reader's morning, all since the last one, once, and nothing that is closed now."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.listings.models import ResearchResult
from marketplace.notifications import digests, mail, preferences
from marketplace.notifications.models import Notification
from marketplace.notifications.notify import mark_read
from marketplace.notifications.topics import Topic
from marketplace.outbox.models import Effect
from tests.factories import make_organisation, make_result, make_user, owner_of
from tests.notifications.telling import delivered, tell

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
"""Eight in the morning in Shanghai."""
LATER = timezone.now() + timedelta(days=8)


def reader(frequency: str = "daily", **fields: Any) -> User:
    user = make_user(**fields)
    choices = {Topic.LISTINGS: frequency, Topic.DEALS: frequency, Topic.BINDING: frequency}
    preferences.choose(user=user, mail=choices)
    return user


@pytest.mark.parametrize(
    ("frequency", "zone", "told", "due"),
    [
        ("daily", "", -1, 0),
        ("daily", "", 1, 24),
        ("daily", "Europe/Berlin", -1, 7),
        ("weekly", "", -1, 0),
        ("weekly", "", 1, 7 * 24),
        ("weekly", "Europe/Berlin", -1, 7),
    ],
)
def test_they_come_in_the_morning_of_their_reader(
    frequency: str, zone: str, told: int, due: int
) -> None:
    user = reader(frequency, time_zone=zone)
    notification = tell(user)
    Notification.objects.update(created_at=MONDAY + timedelta(hours=told))
    assert not digests.send_due(now=MONDAY + timedelta(hours=due, seconds=-1))
    assert delivered() == []
    assert digests.send_due(now=MONDAY + timedelta(hours=due))
    assert [m.subject for m in delivered()] == [notification.subject]


def test_one_holds_all_topics_in_the_reader_s_language_and_comes_once(site: str) -> None:
    user, other = reader(language="zh-hans"), make_user()
    tell(user, other, title="甲")
    tell(user, title="乙", topic=Topic.DEALS)
    assert [m.to for m in delivered()] == [[other.email]]
    assert digests.send_due(now=LATER) == 1
    assert digests.send_due(now=LATER) == 0, "told already"
    [message] = delivered()
    assert message.subject.startswith("“乙”") or "乙" in message.subject
    assert message.body.index("乙") < message.body.index("甲"), "the newest first"
    assert message.body.count(f"{site}/zh-hans/desk/") == 2
    assert message.extra_headers["Content-Language"] == "zh-hans"


def test_what_was_read_or_is_no_longer_mailed_is_left_out() -> None:
    user = reader()
    mark_read(Notification.objects.filter(pk=tell(user, title="Read").pk))
    tell(user, title="Off", topic=Topic.DEALS)
    tell(user, title="Kept")
    preferences.choose(user=user, mail={Topic.DEALS: "off"})
    digests.send_due(now=LATER)
    [message] = delivered()
    assert "Kept" in message.body + message.subject
    assert "Read" not in message.body
    assert "Off" not in message.body
    assert user.notifications.count() == 3


def test_what_its_reader_may_not_see_any_more_is_left_out() -> None:
    organisation = make_organisation(owner=reader())
    user, result = owner_of(organisation), make_result(organisation)
    about = ("listing:edit", ResearchResult.objects.get(pk=result.pk))
    tell(user, title="Confidential", about=about)
    tell(user, title="Open")
    organisation.memberships.all().delete()
    digests.send_due(now=LATER)
    [message] = delivered()
    assert "Open" in message.subject
    assert "Confidential" not in message.subject + message.body
    tell(user, title="Gone", about=about)
    ResearchResult.objects.all().delete()
    digests.send_due(now=LATER)
    assert delivered() == []


def test_an_account_that_was_closed_gets_none() -> None:
    user = reader()
    tell(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert digests.send_due(now=LATER) == 0
    assert not Effect.objects.exists()


def test_one_that_fails_loses_nothing_and_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, other = reader(), reader()
    tell(broken, other)
    written = mail.of

    def fail(user: Any, told: Any) -> Any:
        if user == broken:
            raise RuntimeError("a bad template")
        return written(user, told)

    with monkeypatch.context() as patch:
        patch.setattr(mail, "of", fail)
        assert digests.send_due(now=LATER) == 1
    assert [m.to for m in delivered()] == [[other.email]]
    assert digests.send_due(now=LATER) == 1
    assert [m.to for m in delivered()] == [[broken.email]]


def test_a_worker_that_dies_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mail is in the outbox, or the rows still wait."""

    def killed(*_arguments: Any) -> None:
        raise SystemExit

    user = reader()
    tell(user)
    with monkeypatch.context() as patch:
        patch.setattr(mail.EmailMessage, "send", killed)
        with pytest.raises(SystemExit):
            digests.send_due(now=LATER)
    assert Notification.objects.get().mail_waits
    assert not Effect.objects.exists()
    digests.send_due(now=LATER)
    assert len(delivered()) == 1


def test_a_long_one_counts_the_rest(monkeypatch: pytest.MonkeyPatch, site: str) -> None:
    monkeypatch.setattr(mail, "IN_DIGEST", 2)
    user = reader()
    for title in ("First", "Second", "Third"):
        tell(user, title=title)
    digests.send_due(now=LATER)
    [message] = delivered()
    assert "First" not in message.body
    assert f"And 1 more in your inbox.\n{site}/en/inbox/\n" in message.body
