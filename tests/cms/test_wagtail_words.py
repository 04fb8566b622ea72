"""The editors' site speaks Chinese throughout: what Wagtail lacks is in a catalogue of ours."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client

from tests.cms.clients import parsed, signed_in
from tests.factories import make_administrator
from tests.pages import text_of
from tests.site.test_catalogue import placeholders

DOMAINS = ("django", "djangojs")
OURS = Path(settings.BASE_DIR) / "cms/wagtail_words/locale"
TAG = re.compile(r"<[^>]+>")
Key = tuple[str, str, str]


def entries(folders: list[Path], language: str, domain: str) -> Iterator[polib.POEntry]:
    for folder in folders:
        path = folder / language / "LC_MESSAGES" / f"{domain}.po"
        if path.exists():
            yield from polib.pofile(str(path))


def wagtails_folders() -> list[Path]:
    return [
        Path(app.path) / "locale"
        for app in apps.get_app_configs()
        if app.module is not None and "wagtail" in Path(app.path).parts
    ]


def asked(domain: str) -> set[Key]:
    return {key(entry) for entry in entries(wagtails_folders(), "en", domain)}


def answered(folders: list[Path], domain: str) -> set[Key]:
    return {key(entry) for entry in entries(folders, "zh_Hans", domain) if entry.translated()}


def key(entry: polib.POEntry) -> Key:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_string_of_wagtail_has_chinese(domain: str) -> None:
    assert asked(domain)
    assert asked(domain) - answered([*wagtails_folders(), OURS], domain) == set()


@pytest.mark.parametrize("domain", DOMAINS)
def test_ours_holds_only_what_wagtail_asks_for_and_lacks(domain: str) -> None:
    held = {key(entry) for entry in entries([OURS], "zh_Hans", domain)}
    assert held - asked(domain) == set(), "Wagtail no longer asks for it"
    assert held & answered(wagtails_folders(), domain) == set(), "Wagtail has it itself"


@pytest.mark.parametrize("domain", DOMAINS)
def test_ours_keeps_placeholders_and_tags(domain: str) -> None:
    broken = [
        entry.msgid
        for entry in entries([OURS], "zh_Hans", domain)
        for text in entry.msgstr_plural.values() or [entry.msgstr]
        if marks(text) not in (marks(entry.msgid), marks(entry.msgid_plural))
    ]
    assert broken == []


def marks(text: str) -> list[str]:
    return sorted(TAG.findall(text)) + placeholders(text)


@pytest.fixture
def chinese_client(home: Any) -> Client:
    return signed_in(make_administrator(language="zh-hans"))


def test_the_dashboard_has_no_english(chinese_client: Client) -> None:
    dashboard = chinese_client.get("/wagtail/")
    assert parsed(dashboard).select_one('[placeholder="搜索所有页面……"]')
    assert "个页面" in text_of(dashboard)
    assert not re.search(r"Search all|\bPages?\b", dashboard.content.decode())


def test_the_scripts_of_the_editors_get_ours(chinese_client: Client) -> None:
    script = chinese_client.get("/wagtail/jsi18n/").content.decode()
    assert json.dumps("更改已自动保存。") in script
