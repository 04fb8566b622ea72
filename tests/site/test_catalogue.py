"""Every string of the interface is in the Chinese catalogue, translated and with its placeholders."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = Path("marketplace/locale/zh_Hans/LC_MESSAGES/django.po")
PACKAGES = ("marketplace", "search", "brokers", "cms")
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]*\}|%%")
BLANK = re.compile(r"[\u4e00-\u9fff] +[A-Za-z0-9%{]|[A-Za-z0-9%}] +[\u4e00-\u9fff]")
Key = tuple[str, str]


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(ROOT / CATALOGUE))


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> polib.POFile:
    """What `make messages` would write, made in a copy of the sources."""
    copy = tmp_path_factory.mktemp("sources")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__", "*.mo")
        )
    shutil.copy(ROOT / "manage.py", copy)
    rule = re.search(
        r"manage\.py (makemessages .*?)\n\n", (ROOT / "Makefile").read_text(), re.DOTALL
    )
    assert rule is not None
    subprocess.run(
        [sys.executable, "manage.py", *rule[1].replace("\\\n", " ").split()],
        cwd=copy,
        capture_output=True,
        check=True,
    )
    return polib.pofile(str(copy / CATALOGUE))


def keys(entries: polib.POFile) -> set[Key]:
    return {(entry.msgctxt or "", entry.msgid) for entry in entries if not entry.obsolete}


def test_every_string_is_in_the_catalogue(catalogue: polib.POFile, collected: polib.POFile) -> None:
    assert keys(collected) - keys(catalogue) == set(), "run `make messages`, then translate"


def test_the_catalogue_has_no_string_that_is_gone(
    catalogue: polib.POFile, collected: polib.POFile
) -> None:
    assert keys(catalogue) - keys(collected) == set(), "run `make messages`"


def test_every_string_is_translated(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


def test_translations_keep_the_placeholders(catalogue: polib.POFile) -> None:
    broken = [
        entry.msgid
        for entry in catalogue
        for text in entry.msgstr_plural.values() or [entry.msgstr]
        if placeholders(text) not in (placeholders(entry.msgid), placeholders(entry.msgid_plural))
    ]
    assert broken == []


def test_chinese_stands_beside_figures_and_latin_words_without_a_blank(
    catalogue: polib.POFile,
) -> None:
    texts = [text for e in catalogue for text in e.msgstr_plural.values() or [e.msgstr]]
    assert [text for text in texts if BLANK.search(text)] == []


@pytest.mark.parametrize(
    "theirs",
    ["Pages", "Documents", "To", "group", "scheduled", "created", "Caption", "Words"],
)
def test_what_only_looks_alike_keeps_wagtails_own_words(
    catalogue: polib.POFile, theirs: str
) -> None:
    """A string without a context would also stand in the editors' site, in place of Wagtail's."""
    assert (own := catalogue.find(theirs)) is None or own.msgctxt


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))
