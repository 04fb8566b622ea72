"""The main journey without a mouse, from the sign-up to the split; search, and a listing's steps.

Every stop is reached by Tab alone, shows that it has the focus, and is used by keys. What happens in
Wagtail and at the payment service is theirs.
"""

import re

import pytest

from tests.browser import chromium
from tests.journeys.keyboard import Typist, enter
from tests.journeys.main_path import Journey, Story
from tests.journeys.people import Crowd, Person
from tests.journeys.steps import SUBMIT
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
        broker = Crowd(browser, site, "en", Typist).sample("broker.materials@example.org")
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
        author = Crowd(browser, site, "en", Typist).sample("lab.saltmere@example.org")
        author.open("/listings/result/new/")
        author.fill(
            title_en="Thin coats that stop corrosion at sea",
            summary_en="Coats of 40 micrometres hold for ten years in salt spray.",
            problem_en="Steel at sea is painted anew every four years.",
        )
        author.press("#step-cooperation")
        author.check(author.main.locator("[name=cooperation_modes]").first)
        author.press("#step-files")
        author.press("button[name=do][value=submit]")
        assert "Submitted" in author.text()


def search(broker: Person) -> None:
    """Find a need by words, open it."""
    broker.open("/search/")
    broker.type(broker.page.locator("input[name=q]:visible").first, "battery")
    enter(broker.page)
    needs = broker.main.locator(".listing__title a[href*='/needs/']")
    assert needs.count(), broker.text()
    broker.use(needs.first)
    assert re.search(r"/needs/\d+", broker.page.url)


def introduce(broker: Person) -> None:
    """Open the reasons of a match, and introduce the two."""
    broker.unfold(broker.main.locator(".match summary").first)
    assert broker.main.locator(".match .reasons").first.is_visible()
    broker.follow("/deals/introduce/")
    broker.fill(message="Worth a talk.")
    broker.press(SUBMIT)
    assert re.search(r"/deals/[0-9a-f-]{36}/", broker.page.url), broker.text()
