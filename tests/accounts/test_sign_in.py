import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.urls import reverse

from marketplace.accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

SIGN_IN = "/en/accounts/login/"
SIGN_UP = {
    "last_name": "王",
    "first_name": "示例",
    "email": "Person@Example.org",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


def test_sign_up_verify_and_sign_in(client, mailoutbox) -> None:
    response = client.post("/zh-hans/accounts/signup/", SIGN_UP)
    assert response.status_code == 302
    user = User.objects.get()
    assert (user.email, user.name, user.language) == ("person@example.org", "王示例", "zh-hans")
    assert not client.get(reverse("dashboard")).wsgi_request.user.is_authenticated
    link = re.search(r"https?://[^/\s]+(\S+)", mailoutbox[-1].body).group(1)
    client.post(link)
    assert EmailAddress.objects.get().verified
    client.logout()
    signed_in = client.post(
        "/en/accounts/login/", {"login": "PERSON@example.org", "password": PASSWORD}
    )
    assert signed_in.url == reverse("dashboard").replace("/zh-hans/", "/en/")


def test_unverified_address_does_not_sign_in(client) -> None:
    client.post("/en/accounts/signup/", SIGN_UP)
    client.logout()
    client.post("/en/accounts/login/", {"login": SIGN_UP["email"], "password": PASSWORD})
    assert client.get("/en/desk/").status_code == 302


def test_sign_up_does_not_tell_who_has_an_account(client, mailoutbox) -> None:
    make_user("person@example.org")
    known = client.post("/en/accounts/signup/", SIGN_UP)
    unknown = client.post("/en/accounts/signup/", {**SIGN_UP, "email": "other@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert User.objects.filter(email="person@example.org").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "nobody"), ("password1", "12345678"), ("last_name", ""), ("last_name", "x" * 151)],
)
def test_wrong_sign_up_keeps_what_was_typed(client, field: str, value: str) -> None:
    response = client.post("/en/accounts/signup/", {**SIGN_UP, field: value})
    assert response.status_code == 200
    assert response.context["form"].errors[field if field != "password1" else "password1"]
    assert "示例" in response.content.decode()
    assert not User.objects.exists()


def test_a_short_password_is_refused_in_the_readers_language(client) -> None:
    short = {**SIGN_UP, "password1": "k7-uP", "password2": "k7-uP"}
    page = client.post("/zh-hans/accounts/signup/", short).content.decode()
    assert "密码至少须有8个字符" in page
    assert "too short" not in page
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("last", "first", "name"),
    [
        ("王", "示例", "王示例"),
        ("Sample", "Pat", "Pat Sample"),
        ("", "研究员", "研究员"),
        ("", "", "a"),
    ],
)
def test_names_are_written_in_their_own_order(last: str, first: str, name: str) -> None:
    assert User(email="a@example.org", last_name=last, first_name=first).name == name


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_account_pages_answer_in_both_languages(client, language: str) -> None:
    client.force_login(make_user())
    for name in (
        "desk/",
        "profile/",
        "organisations/new/",
        "inbox/",
        "accounts/email/",
        "accounts/2fa/",
    ):
        response = client.get(f"/{language}/{name}")
        assert response.status_code == 200, name
        assert f'<html lang="{language}"' in response.content.decode(), name


@pytest.fixture
def limited(settings: Any) -> Iterator[None]:
    """Count attempts as production does."""
    settings.ACCOUNT_RATE_LIMITS = {}
    cache.clear()
    yield
    cache.clear()


def test_guessing_a_password_is_limited(client, limited: None) -> None:
    person = make_user()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    for number in range(6):
        client.post(SIGN_IN, {"login": person.email, "password": f"guess {number}"})
    refused = client.post(SIGN_IN, {"login": person.email, "password": PASSWORD})
    assert refused.status_code == 200
    assert "Too many wrong passwords" in refused.content.decode()
    assert "_auth_user_id" not in client.session
    cache.clear()
    assert client.post(SIGN_IN, {"login": person.email, "password": PASSWORD}).status_code == 302


def test_asking_for_accounts_and_mails_is_limited(client, limited: None) -> None:
    answers = [
        client.post(path, {"email": f"person{n}@example.org"}).status_code
        for path in ("/en/accounts/signup/", "/en/accounts/password/reset/")
        for n in range(25)
    ]
    assert 429 in answers[:25]
    assert 429 in answers[25:]
