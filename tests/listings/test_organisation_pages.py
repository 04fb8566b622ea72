"""Pages of organisations: what they publish under their name, and no word of what they do not."""

import json
from typing import Any

import pytest
from django.test import Client

from marketplace.listings import organisations
from tests import factories
from tests.listings.viewers import grant
from tests.pages import sitemap, soup, text_of

pytestmark = pytest.mark.django_db

LIST = "/en/organisations/"


def page_of(organisation: Any) -> str:
    return f"{LIST}{organisation.slug}/"


@pytest.fixture
def university() -> Any:
    return factories.make_organisation(
        "Sample University", description_en="Founded.", website="https://sample.example.org/"
    )


def test_an_organisation_shows_itself_and_what_it_published(
    client: Client, university: Any
) -> None:
    result = factories.make_result(university, title_en="Membrane", live=True)
    factories.make_result(university, title_en="Draft")
    factories.make_result(title_en="Of another", live=True)
    text = text_of(client.get(page_of(university)))
    assert "Sample University" in text
    assert "Founded." in text
    assert "Membrane" in text
    assert "Draft" not in text
    assert "Of another" not in text
    assert soup(client.get(result.get_absolute_url())).select_one(
        f"a[href='{page_of(university)}']"
    )


def test_an_organisation_says_to_machines_who_it_is(client: Client, university: Any) -> None:
    factories.make_result(university, live=True)
    page = soup(client.get(page_of(university)))
    said = json.loads(page.select_one("script[type='application/ld+json']").string)
    assert (said["@type"], said["name"], said["sameAs"]) == (
        "Organization",
        "Sample University",
        "https://sample.example.org/",
    )
    address = f"http://testserver{page_of(university)}"
    assert said["url"] == page.select_one("link[rel=canonical]")["href"] == address
    assert page.select_one("meta[property='og:title']")["content"] == "Sample University"


def test_names_are_searched_and_of_those_that_are_named_only(university: Any) -> None:
    factories.make_result(university, live=True)
    hidden = factories.make_organisation("Sample Works")
    factories.make_need(hidden, anonymous=True, live=True)
    factories.make_organisation("Sample Institute")
    assert list(organisations.called("university  SAMPLE")) == [university]
    assert list(organisations.called("sample")) == [university]
    for words in ("", " ", "sample works", "\x00", "x " * 5_000):
        assert not organisations.called(words)


def test_the_list_counts_what_is_named_with_the_busiest_first(
    client: Client, university: Any
) -> None:
    for _number in range(2):
        factories.make_result(university, live=True)
    firm = factories.make_organisation("Sample Works", kind="enterprise")
    factories.make_need(firm, live=True)
    factories.make_need(firm, anonymous=True, live=True)
    titles = [a.text for a in soup(client.get(LIST)).select(".panel__title a")]
    assert titles == ["Sample University", "Sample Works"]
    assert [(o.results, o.needs) for o in organisations.counted()] == [(2, 0), (0, 1)]


def test_an_organisation_that_nothing_names_is_not_here(client: Client, university: Any) -> None:
    factories.make_result(university)
    factories.make_need(university, anonymous=True, live=True)
    for viewer in (None, factories.make_user()):
        if viewer:
            client.force_login(viewer)
        assert client.get(page_of(university)).status_code == 404
        assert "Sample University" not in text_of(client.get(LIST))
    assert sitemap(client, "organisations") == {}


def test_an_anonymous_need_stands_there_for_who_may_know_only(
    client: Client, university: Any
) -> None:
    factories.make_need(university, title_en="Named need", live=True)
    hidden = factories.make_need(university, title_en="Hidden need", anonymous=True, live=True)
    assert "Hidden need" not in text_of(client.get(page_of(university)))
    reader = factories.make_organisation()
    client.force_login(factories.owner_of(reader))
    assert "Hidden need" not in text_of(client.get(page_of(university)))
    grant(hidden, reader)
    assert "Hidden need" in text_of(client.get(page_of(university)))


def test_the_sitemap_has_the_pages_and_addresses_of_people_stay_their_own(
    client: Client, university: Any
) -> None:
    factories.make_result(university, live=True)
    addresses = [
        address.removeprefix("http://testserver") for address in sitemap(client, "organisations")
    ]
    assert page_of(university) in addresses
    assert all(client.get(address).status_code == 200 for address in addresses)
    assert client.get(f"{LIST}new/").status_code == 302


@pytest.mark.parametrize("path", ["?page=0", "?page=x", "nobody/", "%00/"])
def test_odd_addresses_are_answered(client: Client, path: str) -> None:
    assert client.get(LIST + path).status_code in {200, 404}


def test_the_questions_to_the_database_do_not_grow(
    client: Client, university: Any, django_assert_max_num_queries: Any
) -> None:
    for _number in range(9):
        factories.make_result(university, live=True)
        factories.make_need(factories.make_organisation(), live=True)
    for path in (LIST, page_of(university)):
        client.get(path)
        with django_assert_max_num_queries(15):
            client.get(path)
