from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import transaction
from django.utils import timezone

from marketplace.notifications import effects as forgetting
from marketplace.notifications.notify import notify
from marketplace.notifications.topics import Topic
from marketplace.outbox import effects
from marketplace.outbox.models import Effect
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_mail_leaves_after_commit_only() -> None:
    with transaction.atomic():
        send_mail("lost", "", None, ["a@example.org"])
        transaction.set_rollback(True)
    send_mail("kept", "text", None, ["a@example.org"])
    assert mail.outbox == []
    effects.process_due()
    assert [m.subject for m in mail.outbox] == ["kept"]


def test_message_is_delivered_as_it_was_written() -> None:
    written = EmailMultiAlternatives(
        "标题", "正文", "from@example.org", ["to@example.org"], reply_to=["reply@example.org"]
    )
    written.attach_alternative("<p>正文</p>", "text/html")
    written.send()
    effects.process_due()
    (delivered,) = mail.outbox
    assert delivered.subject == "标题"
    assert delivered.body == "正文"
    assert delivered.reply_to == ["reply@example.org"]
    assert delivered.alternatives[0][0] == "<p>正文</p>"
    assert str(Effect.objects.get().pk) in delivered.extra_headers["Message-ID"]


def test_attachments_are_refused() -> None:
    message = EmailMultiAlternatives("a", "b", None, ["to@example.org"])
    message.attach("secret.txt", "secret")
    with pytest.raises(ValueError, match="attachments"):
        message.send()
    assert not Effect.objects.exists()


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "样例平台"), ("en", "Sample Market")])
def test_mail_is_signed_in_the_reader_s_language(settings, language: str, name: str) -> None:
    settings.SITE_NAME, settings.SITE_NAME_EN = "样例平台", "Sample Market"
    settings.SITE_URL = "https://market.example"
    user = make_user(language=language)
    context = {"listing": {"title": "A"}}
    notify([user], topic=Topic.LISTINGS, template="listing_approved", url="/desk/", context=context)
    effects.process_due()
    body = mail.outbox[0].body
    assert f"\n\nhttps://market.example/{language}/desk/\n\n— {name}\n\n" in body
    assert user.notifications.get().url == f"/{language}/desk/"


def test_delivered_mail_is_forgotten_after_a_month() -> None:
    for subject in ("old", "new"):
        send_mail(subject, "", None, ["a@example.org"])
    effects.process_due()
    send_mail("waits", "", None, ["a@example.org"])
    long_ago = timezone.now() - forgetting.KEPT_FOR - timedelta(minutes=1)
    Effect.objects.filter(payload__subject="old").update(finished_at=long_ago)
    Effect.objects.filter(payload__subject="waits").update(created_at=long_ago)
    assert forgetting.forget_delivered() == 1
    kept = Effect.objects.values_list("payload__subject", flat=True)
    assert sorted(kept) == ["new", "waits"]
