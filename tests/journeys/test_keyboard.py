"""The main journey without a mouse, from the sign-up to the split; search, and a listing's steps.

Every stop is reached by Tab alone, shows that it has the focus, and is used by keys. What happens in
Wagtail and at the payment service is theirs.
"""

import re

import pytest

from tests.browser import chromium
from tests.journeys.keyboard import Typist, enter, reach
from tests.journeys.main_path import Journey, Story
from tests.journeys.people import SAMPLE_PASSWORD, Crowd, Person
from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

STORY = Story(
    "en",
    "keys",
    "Keyboard University (test)",
    "Keyboard Manufacturing (test)",
    (
        "Recycling of membranes from electrodialysis of brackish water",
        "Worn membranes get their selectivity back in two days, at a third of the price of new ones.",
        "Membranes of electrodialysis are thrown away after five years.",
    ),
    (
        "Looking for a second life of worn electrodialysis membranes",
        "We want to use worn membranes of electrodialysis of brackish water once more.",
        "Worn membranes are burnt, and new ones are dear.",
    ),
)


def test_from_publication_to_split_income(site: Site) -> None:
    with chromium() as browser:
        Journey(Crowd(browser, site, "en", Typist), STORY).walk()


def test_from_the_sign_in_to_a_deal(site: Site) -> None:
    with chromium() as browser:
        broker = Crowd(browser, site, "en").person("broker.materials@example.org", SAMPLE_PASSWORD)
        sign_in(broker)
        search(broker)
        introduce(broker)


def test_the_skip_link_comes_first(site: Site) -> None:
    with chromium() as browser:
        reader = Crowd(browser, site, "zh-hans").person("")
        reader.open("/")
        reader.page.keyboard.press("Tab")
        assert reader.page.evaluate("document.activeElement.getAttribute('href')") == "#main"
        reader.page.keyboard.press("Enter")
        reader.page.keyboard.press("Tab")
        assert reader.page.evaluate("document.activeElement.closest('main') !== null")


def test_a_listing_is_written_and_handed_in(site: Site) -> None:
    with chromium() as browser:
        author = Crowd(browser, site, "en").person("lab.saltmere@example.org", SAMPLE_PASSWORD)
        sign_in(author)
        author.open("/listings/result/new/")
        for name, text in {
            "title_en": "Thin coats that stop corrosion at sea",
            "summary_en": "Coats of 40 micrometres hold for ten years in salt spray.",
            "problem_en": "Steel at sea is painted anew every four years.",
        }.items():
            reach(author.page, author.main.locator(f"[name={name}]"))
            author.page.keyboard.type(text)
        for step in ("cooperation", "files"):
            reach(author.page, author.main.locator(f"#step-{step}"))
            enter(author.page)
            if step == "cooperation":
                reach(author.page, author.main.locator("[name=cooperation_modes]").first)
                author.page.keyboard.press("Space")
        reach(author.page, author.main.locator("button[name=do][value=submit]"))
        enter(author.page)
        assert "Submitted" in author.text()


def sign_in(person: Person) -> None:
    person.open("/accounts/login/")
    reach(person.page, person.main.locator("[name=login]"))
    person.page.keyboard.type(person.email)
    reach(person.page, person.main.locator("[name=password]"))
    person.page.keyboard.type(person.password)
    enter(person.page)
    assert "/desk/" in person.page.url


def search(broker: Person) -> None:
    """Find a need by words, open it."""
    broker.open("/search/")
    reach(broker.page, broker.page.locator("input[name=q]:visible").first)
    broker.page.keyboard.type("battery")
    enter(broker.page)
    needs = broker.main.locator(".listing__title a[href*='/needs/']")
    assert needs.count(), broker.text()
    reach(broker.page, needs.first)
    enter(broker.page)
    assert re.search(r"/needs/\d+", broker.page.url)


def introduce(broker: Person) -> None:
    """Open the reasons of a match, and introduce the two."""
    page = broker.page
    reach(page, broker.main.locator(".match summary").first)
    page.keyboard.press("Enter")
    assert broker.main.locator(".match .reasons").first.is_visible()
    reach(page, broker.main.locator("a[href*='/deals/introduce/']").first)
    enter(page)
    reach(page, broker.main.locator("[name=message]"))
    page.keyboard.type("Worth a talk.")
    reach(page, broker.main.locator("form[method=post] button[type=submit]").first)
    enter(page)
    assert re.search(r"/deals/[0-9a-f-]{36}/", page.url), broker.text()
