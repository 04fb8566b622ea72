"""The search box and the filters as a reader's browser runs them, and without any script."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from search import indexing
from tests import factories
from tests.browser import accessibility_violations, chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def result(work: Any) -> Any:
    made = [
        factories.make_result(title_en=f"Lithium batteries {n}", trl=n, live=True) for n in (5, 7)
    ]
    work()
    indexing.fit_vocabulary()
    return made[1]


def state(page: Page) -> tuple[str | None, bool]:
    """Return what assistive technology is told of the box, and whether the list is there."""
    box = page.locator("#site-search")
    return box.get_attribute("aria-expanded"), page.locator("#site-search-suggestions").is_visible()


def test_suggestions_are_a_combobox(live_server: Any, result: Any) -> None:
    with chromium() as browser:
        page = browser.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{live_server.url}/en/results/")
        box = page.locator("#site-search")
        box.press_sequentially("lith")
        expect(page.locator("#site-search-suggestions")).to_be_visible()
        expanded = state(page)
        box.press("ArrowDown")
        active = box.get_attribute("aria-activedescendant")
        chosen = page.locator("[role=option][aria-selected=true]").get_attribute("id")
        violations = accessibility_violations(page)
        box.press("Escape")
        closed = (*state(page), box.input_value())
        box.press("ArrowDown")
        box.press("ArrowUp")
        last = page.locator("[role=option]").last.get_attribute("data-url")
        box.press("Enter")
        page.wait_for_url(f"**{last}")
        page.locator("#site-search").press_sequentially("lith")
        page.locator("[role=option][data-term]").first.click()
        page.wait_for_url("**/search/?q=lithium*")
        role = page.locator("#site-search").get_attribute("role")
    assert expanded == ("true", True)
    assert active == chosen == "site-search-suggestions-0"
    assert closed == ("false", False, "lith")
    assert violations == []
    assert role == "combobox"
    assert faults == []


def test_a_filter_swaps_what_was_found_and_keeps_the_place(live_server: Any, result: Any) -> None:
    with chromium() as browser:
        page = browser.new_page()
        page.goto(f"{live_server.url}/en/search/?q=lithium")
        page.evaluate("window.isSamePage = true")
        page.locator("#id_trl_7").check()
        expect(page.locator("#found-count")).to_have_text("1 listing")
        same, focus = page.evaluate("[window.isSamePage, document.activeElement.id]")
        address, titles = page.url, page.locator(".listing__title").all_inner_texts()
        violations = accessibility_violations(page)
        page.go_back()
        expect(page.locator("#found-count")).to_have_text("2 listings")
        stored = page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert (same, focus) == (True, "id_trl_7")
    assert "trl=7" in address
    assert titles == [result.title_en]
    assert violations == []
    assert "Lithium" not in stored, "a page of a reader stays in no storage of the browser"


def test_without_scripts_all_of_it_works(live_server: Any, result: Any) -> None:
    with chromium() as browser:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(f"{live_server.url}/en/results/")
        page.locator("#site-search").fill("lithium")
        is_plain = page.locator("#site-search").get_attribute("role") is None
        page.locator("#site-search").press("Enter")
        page.locator("#id_trl_7").check()
        page.get_by_role("button", name="Show").click()
        titles = page.locator(".listing__title").all_inner_texts()
    assert is_plain
    assert titles == [result.title_en]
