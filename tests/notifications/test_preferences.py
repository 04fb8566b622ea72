"""What a person chooses to get by mail, on the page or by one click in a mail."""

import re
from typing import Any

import pytest
from django.test import Client

from marketplace.notifications import preferences, stopping
from marketplace.notifications.models import MailPreference
from marketplace.notifications.topics import FREQUENCIES, Topic
from tests import pages
from tests.factories import make_moderator, make_user
from tests.notifications.telling import delivered, tell

pytestmark = pytest.mark.django_db

PAGE = "/en/inbox/preferences/"
CHOICE = {"listings": "off", "deals": "weekly", "binding": "daily"}


def test_the_choice_is_kept_and_shown(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    assert pages.form_data(client.get(PAGE), containing="deals")["binding"] == ["at_once"]
    assert client.post(PAGE, CHOICE).status_code == 302
    shown = pages.form_data(client.get(PAGE), containing="deals")
    assert {name: shown[name] for name in CHOICE} == {n: [v] for n, v in CHOICE.items()}
    assert preferences.of(user) == {**dict.fromkeys(Topic.values, "at_once"), **CHOICE}


@pytest.mark.parametrize("wrong", ["off", "", "hourly", "\x00", "at_once\n"])
def test_what_binds_cannot_be_switched_off(client: Client, wrong: str) -> None:
    user = make_user()
    client.force_login(user)
    answer = client.post(PAGE, {**CHOICE, "binding": wrong, "account": "off"})
    assert answer.status_code == 422
    assert pages.errors_at(answer, "binding")
    assert pages.form_data(answer, containing="deals")["deals"] == ["weekly"], (
        "nothing typed is lost"
    )
    assert not MailPreference.objects.exists()
    with pytest.raises(ValueError, match="binding"):
        preferences.choose(user=user, mail={Topic.DEALS: "off", Topic.BINDING: "off"})
    assert not MailPreference.objects.exists()


def test_reviewers_alone_are_asked_about_reviewing(client: Client) -> None:
    for user, asked in ((make_user(), False), (make_moderator(), True)):
        client.force_login(user)
        assert (b'name="review"' in client.get(PAGE).content) is asked


@pytest.mark.parametrize("topic", Topic)
def test_mail_is_sent_as_chosen_and_the_inbox_has_all(topic: Topic) -> None:
    users = {frequency: make_user() for frequency in FREQUENCIES.get(topic, ["at_once"])}
    for frequency, user in users.items():
        if topic in FREQUENCIES:
            preferences.choose(user=user, mail={topic: frequency})
    tell(*users.values(), topic=topic)
    assert [m.to for m in delivered()] == [[users["at_once"].email]]
    assert all(user.notifications.count() == 1 for user in users.values())


def one_click(message: Any) -> str:
    """Return the path that the mail program's button posts to; it stands in the text as well."""
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<https?://[^/]+(/.+)>", message.extra_headers["List-Unsubscribe"])
    assert found
    assert found[1] in message.body
    return found[1]


def test_one_click_ends_this_mail_only_without_signing_in() -> None:
    user, other = make_user(), make_user()
    tell(user, other)
    path = one_click(next(m for m in delivered() if m.to == [user.email]))
    nobody = Client(enforce_csrf_checks=True)
    for method in (nobody.get, nobody.head):
        assert method(path).status_code == 200
        assert not MailPreference.objects.exists(), "a scanner has opened it"
    assert "Stop this mail" in pages.text_of(nobody.get(path))
    for _twice in range(2):
        answer = nobody.post(path, {"List-Unsubscribe": "One-Click"})
        assert "no more mail about: My listings" in pages.text_of(answer)
    assert preferences.of(user) == {**dict.fromkeys(Topic.values, "at_once"), "listings": "off"}
    tell(user, other)
    tell(user, topic=Topic.DEALS)
    assert sorted(m.to[0] for m in delivered()) == sorted([user.email, other.email])
    assert user.notifications.count() == 3
    assert "_auth_user_id" not in nobody.session
    user.delete()
    assert nobody.post(path).status_code == 200


@pytest.mark.parametrize("topic", [Topic.BINDING, Topic.ACCOUNT])
def test_mail_that_cannot_be_ended_offers_no_click(topic: Topic) -> None:
    tell(make_user(), topic=topic)
    [message] = delivered()
    assert "List-Unsubscribe" not in message.extra_headers
    assert "/inbox/stop/" not in message.body


def test_forged_addresses_end_nothing() -> None:
    user = make_user()
    good = stopping.address(user, [Topic.LISTINGS])
    other = good.replace(f"/{user.pk}-", f"/{user.pk + 1}-")
    more = good.replace("listings", "listings-deals")
    for path in (good[:-2] + "/", other, more, "/en/inbox/stop/1/", "/en/inbox/stop/%00:x/"):
        for answer in (Client().get(path), Client().post(path)):
            assert answer.status_code == 404, path
    assert not MailPreference.objects.exists()
