"""The menu of the editors' site: what it shows opens, and its tables speak the editor's language."""

import re
from typing import Any

import pytest

from tests.cms.clients import signed_in
from tests.factories import make_administrator, make_moderator, make_organisation, owner_of
from tests.pages import text_of

pytestmark = pytest.mark.django_db
ALWAYS = {"/wagtail/", "/wagtail/logout/"}
ADDRESS = re.compile(r'"url": "(/wagtail/[^"?]*)"')


@pytest.mark.parametrize("make_editor", [make_administrator, make_moderator])
def test_what_the_menu_shows_opens(home: Any, make_editor: Any) -> None:
    client = signed_in(make_editor())
    shown = set(ADDRESS.findall(client.get("/wagtail/").content.decode())) - ALWAYS
    assert "/wagtail/snippets/listings/researchresult/" in shown
    refused = [a for a in shown if led_home(client.get(a, follow=True))]
    assert refused == []


def test_choosers_speak_each_editors_language(home: Any) -> None:
    """Wagtail makes a chooser once, in the language of who comes first."""
    address = "/wagtail/snippets/cms/featuredpairing/add/"
    for language, words in [("zh-hans", "选择科技成果"), ("en", "Choose research result")] * 2:
        page = signed_in(make_administrator(language=language)).get(address)
        assert words in page.content.decode()


def led_home(answer: Any) -> bool:
    return bool(answer.request["PATH_INFO"] == "/wagtail/")


def test_memberships_have_chinese_headings(home: Any) -> None:
    owner_of(make_organisation())
    client = signed_in(make_administrator(language="zh-hans"))
    shown = text_of(client.get("/wagtail/snippets/accounts/membership/"))
    assert "成员" in shown
    assert not re.search(r"\b(User|Organisation)\b", shown)
