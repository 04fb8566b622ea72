"""What holds for every page of the site, as each reader: policies, weight, and the number of queries."""

import gzip
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.staticfiles import finders

from tests.access.crawling import Page
from tests.site.test_design import INLINE

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("scene")]

LIGHTEST = 150_000
OWN_JAVASCRIPT = 30_000
MOST_QUERIES = {"anonymous": 15}
MOST_SIGNED_IN = 25


@pytest.fixture(scope="module")
def html(pages: list[Page]) -> list[Page]:
    """The pages of the site; the editors' site is Wagtail's own."""
    found = [page for page in pages if page.is_html and page.place != "editors"]
    assert len(found) > 300
    return found


def test_each_says_what_it_may_load_and_who_may_frame_it(html: list[Page]) -> None:
    for page in html:
        policy = page.headers["Content-Security-Policy"]
        assert "unsafe" not in policy, page
        for rule in ("default-src 'self'", "script-src 'self'", "object-src 'none'",
                     "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):  # fmt: skip
            assert rule in policy, page
        assert page.headers["X-Content-Type-Options"] == "nosniff", page
        assert page.headers["X-Frame-Options"] == "DENY", page
        assert page.headers["Referrer-Policy"] == "same-origin", page
        assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin", page


def test_none_holds_inline_code(html: list[Page]) -> None:
    found = {
        f"{name} in {p.name}" for p in html for name, code in INLINE.items() if code.search(p.text)
    }
    assert found == set()


def test_none_loads_anything_from_elsewhere(html: list[Page]) -> None:
    for page in html:
        for address in _loaded(page):
            assert re.match("/[^/]", address), (page, address)


def test_each_is_light(html: list[Page]) -> None:
    for page in html:
        files = [_weight(address) for address in _loaded(page) if "/img/" not in address]
        total = len(gzip.compress(page.content)) + sum(files)
        scripts = [a for a in _loaded(page) if a.endswith(".js") and "/vendor/" not in a]
        assert total <= LIGHTEST, (page, total)
        assert sum(_weight(address) for address in scripts) <= OWN_JAVASCRIPT, page


def test_each_asks_the_database_little(html: list[Page]) -> None:
    too_many = {
        f"{page}: {page.queries}"
        for page in html
        if page.queries > MOST_QUERIES.get(page.person, MOST_SIGNED_IN)
    }
    assert not too_many


def _loaded(page: Page) -> list[str]:
    """Return the addresses of the scripts and style sheets of `page`."""
    soup: Any = BeautifulSoup(page.content, "html.parser")
    sheets = [link["href"] for link in soup.select("link[rel=stylesheet]")]
    return [*sheets, *(script["src"] for script in soup.select("script[src]"))]


@cache
def _weight(address: str) -> int:
    """Return how many bytes the file at `address` is, as it goes over the wire."""
    path = finders.find(re.sub(rf"^{settings.STATIC_URL}|\?.*$", "", address))
    assert isinstance(path, str), address
    return len(gzip.compress(Path(path).read_bytes()))
