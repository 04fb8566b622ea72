"""What allauth, Django and Wagtail say in words of ours: only where they still ask for it."""

import re
from collections.abc import Iterator
from pathlib import Path

import allauth
import django
import polib
import pytest
import wagtail
from django.conf import settings

from marketplace.accounts.models import User
from tests.pages import soup
from tests.site.test_catalogue import placeholders

OURS = Path(settings.BASE_DIR) / "marketplace/borrowed_words/locale"
LANGUAGES = ("en", "zh_Hans")
LINK = re.compile(r'<a href="[^"]+">')


def entries(language: str) -> polib.POFile:
    return polib.pofile(str(OURS / language / "LC_MESSAGES/django.po"))


def asked() -> Iterator[str]:
    for library in (allauth, django, wagtail):
        for path in Path(library.__file__).parent.rglob("zh_Hans/LC_MESSAGES/django.po"):
            yield from (entry.msgid for entry in polib.pofile(str(path)) if not entry.obsolete)


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_still_ask_for_it(language: str) -> None:
    assert {entry.msgid for entry in entries(language)} - set(asked()) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_and_links_are_kept(language: str) -> None:
    for entry in entries(language):
        for text in entry.msgstr_plural.values() or [entry.msgstr]:
            assert placeholders(text) in (
                placeholders(entry.msgid),
                placeholders(entry.msgid_plural),
            )
            assert LINK.findall(text) == LINK.findall(entry.msgid)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/en/accounts/login/", "Sign in"),
        ("/en/accounts/confirm-email/used:or:wrong/", "Confirm your address"),
        ("/zh-hans/accounts/confirm-email/", "请查收邮件"),
        ("/zh-hans/accounts/password/reset/key/1-wrong/", "该链接已失效"),
        ("/zh-hans/accounts/inactive/", "账号已停用"),
    ],
)
def test_pages_of_accounts_speak_as_the_site_does(client, path: str, title: str) -> None:
    page = soup(client.get(path))
    assert page.h1.get_text(strip=True) == title


@pytest.mark.django_db
def test_a_link_that_is_used_up_leads_to_a_new_one(client) -> None:
    page = soup(client.get("/en/accounts/confirm-email/used:or:wrong/"))
    [link] = page.select("main .account-text a")
    assert (
        client.get(link["href"], follow=True)
        .redirect_chain[-1][0]
        .startswith("/en/accounts/login/")
    )


@pytest.mark.django_db
def test_an_empty_field_is_asked_for_in_chinese(client) -> None:
    answer = client.post("/zh-hans/accounts/signup/", {"email": "a@example.org"})
    assert "请填写此项。" in answer.content.decode()
    assert "必需字段" not in answer.content.decode()
    assert not User.objects.exists()
