"""Both parts of a mail say the same; what a title holds stays text; a subject is one line."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.mail import EmailMessage, send_mail
from django.test import Client
from django.utils import translation

from tests.factories import make_user
from tests.notifications.telling import delivered, tell

pytestmark = pytest.mark.django_db


def page_of(message: Any) -> Any:
    [(content, kind)] = message.alternatives
    assert kind == "text/html"
    return BeautifulSoup(content, "html.parser")


def words(text: str) -> list[str]:
    return [word.rstrip(":：") for word in text.split() if not word.startswith("http")]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_both_parts_say_the_same(site: str, language: str) -> None:
    tell(make_user(language=language), title="Heat <b>& cells</b>")
    [message] = delivered()
    page = page_of(message)
    assert page.html["lang"] == language
    assert page.h1.get_text() == message.subject
    page.h1.extract()
    [button] = [a for a in page.find_all("a") if "background" in a["style"]]
    assert button["href"] == f"{site}/{language}/desk/"
    button.extract()
    assert words(page.body.get_text(" ")) == words(message.body)
    links = {a["href"] for a in page.find_all("a")} | {button["href"]}
    assert links == {line for line in message.body.split() if line.startswith("http")}
    assert not [link for link in page.find_all("a") if link.get_text(strip=True)[-1] in ":："]
    assert page.b is None
    assert page.find(["img", "link", "script", "style", "table"]) is None


def test_accounts_mail_looks_the_same(site: str) -> None:
    Client().post("/zh-hans/accounts/password/reset/", {"email": make_user().email})
    [message] = delivered()
    page = page_of(message)
    assert page.html["lang"] == "en"
    assert page.h1.get_text() == message.subject
    assert page.find("a", style=lambda s: "background" in s)["href"].startswith(f"{site}/en/")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_subjects_are_one_line(end: str) -> None:
    EmailMessage(f"Good{end}Bcc: all@example.org", "", None, ["a@example.org"]).send()
    tell(make_user(), title=f"Good{end}Bcc: all@example.org")
    for message in delivered():
        raw = message.message()
        assert len(message.subject.splitlines()) == 1
        assert raw["Bcc"] is None


def test_mail_by_others_keeps_its_language_and_its_own_html() -> None:
    with translation.override("zh-hans"):
        send_mail("甲", "乙", None, ["a@example.org"])
    send_mail("A", "B", None, ["a@example.org"], html_message="<p>B!</p>")
    first, second = delivered()
    assert page_of(first).html["lang"] == "zh-hans"
    assert second.alternatives[0][0] == "<p>B!</p>"
    assert {m.extra_headers["Auto-Submitted"] for m in (first, second)} == {"auto-generated"}
