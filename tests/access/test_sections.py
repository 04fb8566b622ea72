"""The sections of a deal: each thing stands in one of them, and every link to it leads there."""

import re
from collections import defaultdict
from typing import Any

import pytest
from bs4 import BeautifulSoup

from brokers.deals.sections import PLACES, Section
from marketplace.notifications.models import Notification
from tests.access.crawling import Page

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("scene")]

NAMES = {f"deals:{section}": section for section in Section}
LINK = re.compile(r"/[\w-]+/deals/([0-9a-f-]{36})/(\w*)/?#([\w-]+)")


def soup(page: Page) -> Any:
    return BeautifulSoup(page.content, "html.parser")


@pytest.fixture(scope="module")
def sections(pages: list[Page]) -> dict[tuple[str, str, Section], Any]:
    """The sections that were read, by reader, state of the deal, and which it is."""
    read = [page for page in pages if page.name in NAMES and page.status == 200]
    return {(page.person, page.place, NAMES[page.name]): soup(page) for page in read}


def test_each_thing_stands_in_its_section_alone(sections: Any) -> None:
    found = defaultdict(set)
    for (_person, _place, section), page in sections.items():
        for element in page.find_all(id=True):
            found[element["id"]].add(section)
    assert {place: found[place] for place in PLACES} == {
        place: {section} for place, section in PLACES.items()
    }


def test_every_link_into_a_deal_leads_to_its_section(pages: list[Page]) -> None:
    places = set()
    for page in pages:
        for _deal, route, place in LINK.findall(page.text if page.is_html else ""):
            assert f"{route}/".lstrip("/") == PLACES[place].route, f"{place} on {page}"
            places.add(place)
    assert len(places) > 10


def test_a_link_from_one_section_to_another_finds_what_it_names(sections: Any) -> None:
    places = set()
    for (person, state, section), page in sections.items():
        for link in page.select("main a[href*='/deals/'][href*='#']"):
            place = link["href"].partition("#")[2]
            target = sections[person, state, PLACES[place]]
            assert target.find(id=place), f"{place} from {section} as {person}, {state}"
            places.add(place)
    assert len(places) > 5


def test_notices_lead_there_too(scene: Any) -> None:
    links = LINK.findall(" ".join(Notification.objects.values_list("url", flat=True)))
    assert links
    for _deal, route, place in links:
        assert f"{route}/".lstrip("/") == PLACES[place].route, place


def test_every_section_says_where_the_reader_is(sections: Any) -> None:
    for (_person, _place, section), page in sections.items():
        nav = page.select_one(".deal-nav nav[aria-label]")
        (current,) = nav.select("a[aria-current=page]")
        assert current.get_text(strip=True).startswith(str(section.label))
        assert len(nav.select("a[href]")) == len(Section)
