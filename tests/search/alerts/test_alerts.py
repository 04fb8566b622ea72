"""What watches find, and that it is told once, of what its reader may see."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from marketplace.listings import lifecycle
from marketplace.notifications.models import Notification
from marketplace.outbox import effects
from marketplace.outbox.models import Effect
from search import backends, decisions, indexing
from search.alerts import looking, telling, watches
from search.models import Alert, Finding, Watch
from tests import factories, pages
from tests.search.alerts.watched import (
    FITS,
    TITLE,
    Work,
    browser_of,
    index_first,
    leave,
    publish,
    publish_with_work,
    save,
    withdraw,
)

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("each_engine")
def test_a_need_hears_of_a_new_result_with_reasons(watch: Watch, work: Work) -> None:
    result = publish_with_work(work, trl=6)
    publish_with_work(work, "小麦育种")
    [message] = mail.outbox
    assert message.subject == f"1 new listing for “{TITLE}”"
    assert message.to == [watch.user.email]
    assert f"{FITS}\nScore " in message.body
    assert "Text: " in message.body
    assert "锂电池" in message.body.split("Text: ")[1].splitlines()[0]
    assert result.get_absolute_url() in message.body
    assert "not stated" not in message.body.lower()
    [note] = Notification.objects.all()
    assert FITS not in note.subject + note.body
    page = browser_of(watch.user).get(note.url)
    assert FITS in pages.text_of(page)
    assert "What the score is made of" in pages.text_of(page)


@pytest.mark.usefixtures("each_engine")
def test_a_result_hears_of_a_new_need(work: Work) -> None:
    result = publish_with_work(work)
    own = watches.watch_listing(listing=result, user=result.author, frequency="at_once")
    factories.make_need(summary_en="", title_zh="小麦育种", live=True)
    need = factories.make_need(summary_en="", title_zh=FITS, anonymous=True, live=True)
    work()
    [message] = mail.outbox
    assert message.to == [own.user.email]
    assert FITS in message.body
    assert need.organisation.name not in message.body


@pytest.mark.usefixtures("each_engine")
def test_a_saved_search_hears_of_what_its_words_and_filters_meet(work: Work) -> None:
    user = factories.make_user()
    save(user, "q=锂电池回收&kind=result&trl=5")
    publish(FITS, trl=4)
    publish("小麦育种", trl=6)
    factories.make_need(summary_en="", title_zh=FITS, live=True)
    work()
    assert mail.outbox == []
    publish_with_work(work, "锂电池材料的回收", trl=6)
    [message] = mail.outbox
    assert message.subject == "1 new listing for “Mine”"
    assert "Words that met: " in message.body
    assert "锂电池" in message.body.split("Words that met: ")[1].splitlines()[0]
    assert "Score" not in message.body


def test_a_search_by_filters_alone_is_watched_too(work: Work) -> None:
    save(factories.make_user(), "kind=need")
    publish(FITS)
    factories.make_need(live=True, title_en="Anything")
    work()
    [message] = mail.outbox
    assert "Anything" in message.body


def test_nobody_is_told_twice_of_one_listing(watch: Watch, work: Work) -> None:
    """Neither by two watches, nor when it is edited, withdrawn and back, nor by a repeated job."""
    save(watch.user, "q=锂电池回收")
    save(watch.user, "kind=result")
    result = publish_with_work(work)
    assert len(mail.outbox) == 1
    draft = lifecycle.working_copy(result)
    draft.summary_zh = "锂电池回收。"
    lifecycle.save_draft(draft, author=draft.author)
    factories.publish(result)
    work()
    lifecycle.withdraw(result, author=result.author)
    factories.publish(result)
    work()
    looking.look([f"result:{result.pk}"])
    for own in watch.user.watches.all():
        effects.enqueue(looking.TELL, {"watch": own.pk})
    Effect.objects.filter(kind__in=(looking.LOOK, looking.TELL)).update(
        state=Effect.State.PENDING, next_attempt_at=timezone.now()
    )
    work()
    assert len(mail.outbox) == Notification.objects.count() == 1
    watches.forget(watch)
    again = watches.watch_listing(listing=watch.need, user=watch.user, frequency="at_once")
    Watch.objects.filter(pk=again.pk).update(since=watch.since)
    looking.look([f"result:{result.pk}"])
    work()
    assert len(mail.outbox) == 1


def test_two_people_are_each_told(watch: Watch, need: Any, work: Work) -> None:
    colleague = factories.add_member(need.organisation)
    watches.watch_listing(listing=need, user=colleague, frequency="at_once")
    publish_with_work(work)
    assert {message.to[0] for message in mail.outbox} == {watch.user.email, colleague.email}


def test_old_and_own_listings_are_no_news(need: Any, work: Work) -> None:
    old = publish_with_work(work)
    watches.watch_listing(listing=need, user=need.author, frequency="at_once")
    save(need.author, "q=锂电池回收")
    draft = lifecycle.working_copy(old)
    draft.summary_zh = "锂电池回收。"
    lifecycle.save_draft(draft, author=draft.author)
    factories.publish(old)
    publish_with_work(work, organisation=need.organisation, author=need.author)
    assert mail.outbox == []
    assert not Finding.objects.exists()


def rewrite(watch: Watch, result: Any) -> None:
    draft = lifecycle.working_copy(result)
    draft.title_zh = "小麦育种"
    lifecycle.save_draft(draft, author=draft.author)
    factories.publish(result)
    indexing.write(backends.EMBEDDED, [f"result:{result.pk}"])


def deactivate(watch: Watch, result: Any) -> None:
    type(watch.user).objects.filter(pk=watch.user_id).update(is_active=False)


def withdraw_own(watch: Watch, result: Any) -> None:
    lifecycle.withdraw(watch.need, author=watch.user)


def stop(watch: Watch, result: Any) -> None:
    watches.stop(watch)


def forget(watch: Watch, result: Any) -> None:
    watches.forget(watch)


def decline(watch: Watch, result: Any) -> None:
    decisions.decide(
        need=watch.need,
        result=result,
        verdict="declined",
        by=watch.user,
        match={},
        reason="off_topic",
    )


@pytest.mark.parametrize(
    "event", [withdraw, rewrite, leave, deactivate, withdraw_own, stop, forget, decline]
)
@pytest.mark.parametrize("at", [looking.TELL, "before the mail"])
def test_what_may_not_be_told_any_more_is_not_told(
    watch: Watch, work: Work, event: Any, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever happens between publication, queue, inbox and mail."""
    result = publish()
    if at == looking.TELL:
        index_first(work, before=looking.TELL)
        assert Finding.objects.count() == 1
        event(watch, result)
        work()
        assert not Notification.objects.exists()
        assert not Finding.objects.exists()
    else:
        original = telling._mail

        def it_happens_first(effect: Any) -> None:
            event(Watch.objects.get(pk=watch.pk), result)
            original(effect)

        with monkeypatch.context() as patch:
            patch.setattr(telling, "_mail", it_happens_first)
            work()
        work()
        [note] = Notification.objects.all()
        assert FITS not in note.subject + note.body
    assert mail.outbox == []


def test_a_need_that_became_anonymous_is_told_without_its_organisation(work: Work) -> None:
    user = factories.make_user()
    save(user, "q=锂电池回收")
    need = factories.make_need(summary_en="", title_zh=FITS, live=True)
    index_first(work, before=looking.TELL)
    type(need).objects.filter(pk=need.pk).update(anonymous=True)
    work()
    [message] = mail.outbox
    [note] = Notification.objects.all()
    page = browser_of(user).get(note.url)
    for text in (message.body, message.subject, note.subject, note.body, pages.text_of(page)):
        assert need.organisation.name not in text


def test_no_closed_field_is_told(work: Work) -> None:
    """Also not to who may read it on the site: a mail lies open where nobody asks who reads it."""
    user = factories.make_user()
    save(user, "kind=result")
    closed = {f"{name}_zh": "canary" for name in ("problem", "details", "advantage")}
    result = publish(
        FITS,
        **closed,
        price_min=987_654_00,
        tiers={"problem": 2, "details": 3, "advantage": 1, "price": 1},
    )
    work()
    [message] = mail.outbox
    assert "canary" not in message.body
    assert "987" not in message.body
    for row in (*Notification.objects.values(), *Effect.objects.exclude(kind="x").values()):
        assert "canary" not in str(row)
    payloads = [str(e.payload) for e in Effect.objects.filter(kind=looking.TELL)]
    assert payloads
    assert not any(FITS in text or str(result.title) in text for text in payloads)


def test_a_listing_that_the_index_lacks_is_looked_at_later(
    watch: Watch, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = publish()
    Effect.objects.filter(kind__startswith="search.index").delete()
    with pytest.raises(looking.NotIndexed):
        looking.look([f"result:{result.pk}"])
    assert not Finding.objects.exists()


def test_only_its_reader_opens_an_alert(watch: Watch, work: Work) -> None:
    publish_with_work(work)
    alert = Alert.objects.get()
    url = f"/en/alerts/{alert.pk}/"
    assert browser_of(factories.make_administrator()).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    leave(watch, None)
    page = browser_of(watch.user).get(url)
    assert FITS in pages.text_of(page), "it is on the site"
    assert "What the score is made of" not in pages.text_of(page)
    watches.forget(watch)
    assert browser_of(watch.user).get(url).status_code == 200


def test_what_left_the_site_is_counted_on_the_page_of_an_alert(watch: Watch, work: Work) -> None:
    result = publish_with_work(work)
    withdraw(watch, result)
    page = browser_of(watch.user).get(f"/en/alerts/{Alert.objects.get().pk}/")
    assert FITS not in pages.text_of(page)
    assert "1 listing is not here any more" in pages.text_of(page)
