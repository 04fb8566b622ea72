"""Writing in a browser: the draft saves itself, says so and what is wrong, and nothing typed is lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import chromium
from tests.journeys.people import Crowd, Person
from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


def typed(person: Person, name: str, text: str, then: str) -> None:
    """Type into a field, and wait until the page says what became of it; the focus stays there."""
    field = person.main.locator(f"[name='{name}']")
    field.click()
    field.fill(text)
    expect(person.page.locator("#save-state")).to_contain_text(re.compile(then), timeout=15_000)
    assert person.page.evaluate("document.activeElement.name") == name


def test_a_draft_saves_itself(site: Site) -> None:
    with chromium() as browser:
        author = Crowd(browser, site, "en").sample("lab.saltmere@example.org")
        author.open("/listings/result/new/")
        typed(author, "summary_en", "Coats that hold.", "needs a title")
        typed(author, "title_en", "Thin coats for ships", r"Saved \d\d:\d\d\s*$")
        assert re.search(r"/listings/result/\d+/edit/$", author.page.url)
        expect(author.page.locator("#save-spoken")).to_contain_text("Saved")
        author.page.reload()
        assert author.page.input_value("[name=title_en]") == "Thin coats for ships"

        author.press("#step-cooperation")
        typed(author, "price_min", "a lot", "all but what is marked")
        field = author.main.locator("[name=price_min]")
        assert field.get_attribute("aria-invalid") == "true"
        assert "id_price_min_error" in (field.get_attribute("aria-describedby") or "")
        expect(author.main.locator("#id_price_min_error")).to_contain_text("plain number")
        typed(author, "price_min", "500", r"Saved \d\d:\d\d\s*$")
        assert field.get_attribute("aria-invalid") is None
        assert not author.main.locator(".errorlist").count()
        author.press("button[value=next]")
        assert author.main.locator("button[value=submit]").is_visible()


def test_a_site_that_does_not_answer_costs_nothing(site: Site) -> None:
    with chromium() as browser:
        author = Crowd(browser, site, "en").sample("lab.saltmere@example.org")
        author.open("/listings/need/new/")
        typed(author, "title_en", "Coats wanted", "Saved")
        author.page.route("**/edit/", lambda route: route.abort())
        typed(author, "summary_en", "For ships.", "What you typed is still here")
        warned: list[str] = []
        author.page.once("dialog", lambda dialog: (warned.append(dialog.type), dialog.dismiss()))
        author.page.evaluate("setTimeout(() => location.assign('/en/'), 0)")
        author.page.wait_for_timeout(500)
        assert warned == ["beforeunload"]
        author.page.unroute("**/edit/")
        expect(author.page.locator("#save-state")).to_contain_text("Saved", timeout=20_000)


def test_two_windows_do_not_overwrite_each_other(site: Site) -> None:
    with chromium() as browser:
        one = Crowd(browser, site, "en").sample("lab.saltmere@example.org")
        one.open("/listings/need/new/")
        typed(one, "title_en", "First words", "Saved")
        other = Person(site, one.page.context.new_page(), "en", one.email)
        other.page.goto(one.page.url)
        typed(one, "title_en", "Words of one", "Saved")
        typed(other, "title_en", "Words of the other", "you have saved another version")
        assert other.page.input_value("[name=title_en]") == "Words of the other"
        other.press("button[name=over]")
        one.page.reload()
        assert one.page.input_value("[name=title_en]") == "Words of the other"


def test_a_press_waits_for_a_save_on_its_way(site: Site) -> None:
    with chromium() as browser:
        author = Crowd(browser, site, "en").sample("lab.saltmere@example.org")
        author.open("/listings/need/new/")
        typed(author, "title_en", "Coats wanted", "Saved")
        author.fill(summary_en="For ships.")
        with author.page.expect_request(lambda request: request.method == "POST"):
            pass
        author.press("button[value=next]")
        assert "?part=metrics" in author.page.url
        author.press("#step-what")
        assert author.page.input_value("[name=summary_en]") == "For ships."
