"""Every page type in Chromium: no violation of WCAG 2.2 AA, nothing wider than the screen, no complaint.

Languages, themes and widths are covered pairwise over the page types, and all pairs by the main ones.
Pages are asked for beforehand and reach the browser with their own headers: the policy holds, too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import ConsoleMessage, Page, Route

from brokers.deals.sections import Section
from tests.access.cast import browser
from tests.access.rows import ALL
from tests.access.scene import Scene
from tests.access.test_matrix import NAMES, TABLE
from tests.browser import accessibility_violations, chromium

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.browser,
    pytest.mark.xdist_group("scene"),
]

SITE = "https://localhost"
# Every pair of language, theme and width is among these.
VARIANTS = (
    ("zh-hans", "light", 360),
    ("zh-hans", "dark", 1280),
    ("en", "light", 1280),
    ("en", "dark", 360),
)
MAIN = {
    "wagtail_serve",
    "dashboard",
    "listings:results",
    "listings:need",
    "listings:result",
    "listings:edit",
    "search:results",
    *(f"deals:{section}" for section in Section),
    "deals:agreement",
    "account_login",
}
"""The page types that are looked at in every variant, as each reader, and in each state of their
object.
"""

PIECES = {"search:suggest"}
"""Pieces of a page, which stand in no document of their own."""

FIRST = ("researcher", "buyer", "broker", "director", "finance", "administrator", "other_broker")


@dataclass(frozen=True)
class Shown:
    """A page as somebody gets it."""

    name: str
    person: str
    variant: tuple[str, str, int]
    address: str
    headers: dict[str, str]
    content: bytes

    def __str__(self) -> str:
        return f"{self.name} as {self.person}, {self.variant}"


def test_every_page_type(scene: Scene) -> None:
    shown = list(_pages(scene))
    assert len({page.name for page in shown}) > 90
    wrong: list[str] = []
    with chromium() as chrome:
        for variant in VARIANTS:
            _language, theme, width = variant
            size: Any = {"width": width, "height": 900}
            context = chrome.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce")
            tab = context.new_page()
            for page in (one for one in shown if one.variant == variant):
                wrong += [f"{page}: {fault}" for fault in _faults(tab, page)]
            context.close()
    assert not wrong, "\n".join(wrong)


def _pages(scene: Scene) -> Iterator[Shown]:
    """Yield each page type in a variant, the main ones in all of them and as every one of `FIRST`."""
    turns = cycle(VARIANTS)
    clients = {name: browser(person) for name, person in scene.people.items()}
    for name, row_of in TABLE.items():
        for turn, (place, row) in enumerate(row_of.items()):
            readers = row.allowed("GET") or frozenset()
            first = _reader(readers)
            if first is None or name in PIECES or (turn and name not in MAIN):
                continue
            address = NAMES[name].address(scene.places[place])
            if name in MAIN and not turn:
                looks = [(first, variant) for variant in VARIANTS]
                looks += [(one, next(turns)) for one in FIRST if one in readers - {first}]
            else:
                looks = [(first, next(turns))]
            for person, variant in looks:
                path = re.sub("^/en/", f"/{variant[0]}/", address)
                answer: Any = clients[person].get(path, headers={"accept-language": variant[0]})
                content = answer.getvalue()
                if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                    yield Shown(name, person, variant, path, dict(answer.items()), content)


def _reader(readers: frozenset[str]) -> str | None:
    """Return who looks at a page: a visitor at public ones, else who has most to do there."""
    if readers == frozenset(ALL.split()):
        return "anonymous"
    return next((name for name in FIRST if name in readers), None)


def _faults(tab: Page, page: Shown) -> list[str]:
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    tab.on("console", hear)
    tab.route("**/*", lambda route: _serve(route, page))
    tab.goto(SITE + page.address)
    found = accessibility_violations(tab)
    width = tab.evaluate("document.documentElement.scrollWidth")
    tab.unroute_all()
    tab.remove_listener("console", hear)
    wide = [f"{width} pixels wide"] if width > page.variant[2] else []
    return [*found, *wide, *complaints]


def _serve(route: Route, page: Shown) -> None:
    """Answer for the site: the page itself, static files, and nothing else."""
    path = route.request.url.removeprefix(SITE).split("?")[0]
    if path == page.address:
        route.fulfill(status=200, headers=page.headers, body=page.content)
    elif path.startswith(settings.STATIC_URL):
        found = finders.find(path.removeprefix(settings.STATIC_URL))
        route.fulfill(path=Path(str(found)))
    else:
        route.fulfill(status=204)
