"""How the mail of a watch leaves: in its reader's language and morning, once; one click ends it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from marketplace.notifications.models import Notification
from marketplace.outbox import effects
from marketplace.outbox.models import Effect
from search.alerts import digests, looking, stopping, telling, watches
from search.models import Alert, Finding, Watch
from tests import factories, pages
from tests.search.alerts.watched import (
    FITS,
    Work,
    publish,
    publish_with_work,
    save,
)

pytestmark = pytest.mark.django_db


SHANGHAI_MORNING = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)  # a Wednesday, 8 o'clock there


@pytest.mark.parametrize(
    ("frequency", "zone", "found", "now", "is_due"),
    [
        ("daily", "", -1, 0, True),
        ("daily", "", 1, 2, False),
        ("daily", "", 1, 23, False),
        ("daily", "", 1, 24, True),
        ("daily", "Europe/Berlin", -1, 6.9, False),
        ("daily", "Europe/Berlin", -1, 7, True),
        ("daily", "No/Where", -1, 0, True),
        ("weekly", "", -1, 24, False),
        ("weekly", "", -1, 5 * 24 - 0.1, False),
        ("weekly", "", -1, 5 * 24, True),
        ("at_once", "", 0, 1, True),
    ],
)
def test_digests_come_in_the_morning_of_their_reader(
    watch: Watch, frequency: str, zone: str, found: float, now: float, is_due: bool
) -> None:
    watches.change(watch=watch, frequency=frequency)
    type(watch.user).objects.update(time_zone=zone)
    at = SHANGHAI_MORNING + timedelta(hours=found)
    Finding.objects.create(user=watch.user, watch=watch, key="result:1", found_at=at)
    moment = SHANGHAI_MORNING + timedelta(hours=now)
    assert digests.enqueue_due(now=moment) == is_due
    assert digests.enqueue_due(now=moment) == 0, "carried already"


def test_a_digest_holds_all_that_was_found(watch: Watch, work: Work) -> None:
    watches.change(watch=watch, frequency="daily")
    publish(FITS)
    publish(f"{FITS}二")
    work()
    assert mail.outbox == []
    digests.enqueue_due(now=timezone.now() + timedelta(days=1))
    work()
    [message] = mail.outbox
    assert message.subject.startswith("2 new listings")
    assert f"{FITS}二" in message.body


def test_a_long_digest_names_the_best_and_counts_the_rest(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "IN_MAIL", 1)
    save(factories.make_user(), "kind=result", "daily")
    publish("甲方案")
    publish("乙方案")
    work()
    digests.enqueue_due(now=timezone.now() + timedelta(days=1))
    work()
    [message] = mail.outbox
    assert "And 1 more" in message.body
    assert ("甲方案" in message.body) != ("乙方案" in message.body)


def test_a_worker_that_dies_before_the_mail_leaves_the_mail_to_the_next(
    watch: Watch, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish()
    with monkeypatch.context() as patch:
        patch.setattr(telling, "_mail", killed)
        with pytest.raises(SystemExit):
            work()
    assert mail.outbox == []
    assert Finding.objects.get().told_at
    work(now=timezone.now() + effects.LEASE * 2)
    assert len(mail.outbox) == Notification.objects.count() == 1


def test_a_worker_that_dies_while_it_sends_does_not_send_again(
    watch: Watch, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the server got it nobody knows; the inbox has it."""
    publish()
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", sent_and_killed)
        with pytest.raises(SystemExit):
            work()
    assert len(mail.outbox) == 1
    work(now=timezone.now() + effects.LEASE * 2)
    assert len(mail.outbox) == Notification.objects.count() == 1
    assert Effect.objects.get(kind=looking.TELL).state == Effect.State.DONE


def test_a_mail_server_that_is_away_is_tried_again_under_the_same_id(
    watch: Watch, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish()
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refused)
        work()
    assert mail.outbox == []
    assert Effect.objects.get(kind=looking.TELL).state == Effect.State.PENDING
    work(now=timezone.now() + timedelta(hours=1))
    [message] = mail.outbox
    assert str(Alert.objects.get().effect) in message.extra_headers["Message-ID"]
    assert Notification.objects.count() == 1


def killed(*_arguments: Any) -> None:
    raise SystemExit


def refused(*_arguments: Any) -> None:
    raise ConnectionRefusedError


def sent_and_killed(_backend: Any, messages: Any) -> None:
    mail.outbox.extend(messages)
    raise SystemExit


def test_mail_is_in_the_language_of_its_reader(need: Any, work: Work) -> None:
    type(need.author).objects.update(language="zh-hans")
    user = type(need.author).objects.get(pk=need.author_id)
    watches.watch_listing(listing=need, user=user, frequency="at_once")
    publish_with_work(work)
    [message] = mail.outbox
    assert "/zh-hans/results/" in message.body
    assert "/zh-hans/watches/stop/" in message.extra_headers["List-Unsubscribe"]


def test_one_click_stops_the_watch_without_signing_in(watch: Watch, work: Work) -> None:
    other = save(watch.user, "q=小麦")
    publish_with_work(work)
    [message] = mail.outbox
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = re.fullmatch(r"<https?://[^/]+(/.+)>", message.extra_headers["List-Unsubscribe"])
    assert url
    assert url[1] in message.body
    nobody = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    for method in (nobody.get, nobody.head):
        assert method(url[1]).status_code == 200
        watch.refresh_from_db()
        assert watch.is_on
    page = nobody.get(url[1])
    assert "Stop them" in pages.text_of(page)
    for _twice in range(2):
        answer = nobody.post(url[1], {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "no longer told" in pages.text_of(answer)
        watch.refresh_from_db()
        assert watch.frequency == "off"
    other.refresh_from_db()
    assert other.is_on
    publish_with_work(work, f"{FITS}二")
    assert len(mail.outbox) == 1
    watches.change(watch=watch, frequency="at_once")
    assert "Stop them" in pages.text_of(nobody.get(url[1]))
    publish_with_work(work, f"{FITS}三")
    assert len(mail.outbox) == 2
    assert f"{FITS}二" not in mail.outbox[1].body
    watches.forget(watch)
    assert "not watched any more" in pages.text_of(nobody.post(url[1]))


def test_a_forged_address_stops_nothing(watch: Watch) -> None:
    good = stopping.address(watch)
    other = good.replace(f"/{watch.pk}:", f"/{watch.pk + 1}:")
    for url in (good[:-2] + "/", other, "/en/watches/stop/1/", "/en/watches/stop/x:y/"):
        for answer in (Client().get(url), Client().post(url)):
            assert answer.status_code == 404, url
            assert "nothing was changed" in pages.text_of(answer)
    watch.refresh_from_db()
    assert watch.is_on
