"""A page takes as many queries for many rows as for few."""

from collections.abc import Callable
from typing import Any

import pytest

from marketplace.notifications.models import Notification
from tests import factories
from tests.access.cast import browser
from tests.access.crawling import counted
from tests.access.scene import Scene
from tests.cms.articles import make_news
from tests.deals.factories import World, make_broker

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("scene")]

MORE = 6


def listings_of(make: Callable[..., Any]) -> Callable[[Any], None]:
    def more(person: Any) -> None:
        organisation = person.organisations.get()
        for _number in range(MORE):
            make(organisation, author=person, live=True)

    return more


def more_brokers(_person: Any) -> None:
    for _number in range(MORE):
        make_broker()


def more_experts(_person: Any) -> None:
    for _number in range(MORE):
        factories.make_expert(factories.make_result(live=True))


def more_news(_person: Any) -> None:
    for number in range(MORE):
        make_news(f"Sample {number}")


def more_notices(person: Any) -> None:
    for number in range(MORE):
        Notification.objects.create(recipient=person, topic="deals", subject=f"Sample {number}")


def more_of_the_desk(person: Any) -> None:
    listings_of(factories.make_result)(person)
    more_notices(person)


LISTS = {
    "/en/": ("researcher", listings_of(factories.make_result)),
    "/en/results/": ("researcher", listings_of(factories.make_result)),
    "/en/needs/": ("engineer", listings_of(factories.make_need)),
    "/en/listings/mine/?kind=result": ("researcher", listings_of(factories.make_result)),
    "/en/listings/mine/?kind=need": ("engineer", listings_of(factories.make_need)),
    "/en/brokers/": ("researcher", more_brokers),
    "/en/experts/": ("researcher", more_experts),
    "/en/news/": ("researcher", more_news),
    "/en/inbox/": ("researcher", more_notices),
    "/en/desk/": ("researcher", more_of_the_desk),
    "/sitemap-results.xml": ("researcher", listings_of(factories.make_result)),
}


@pytest.mark.parametrize("address", LISTS)
def test_more_rows_take_no_more_queries(scene: Scene, address: str) -> None:
    name, more = LISTS[address]
    person = scene.people[name]
    client = browser(person)
    client.get(address)
    few = queries(client, address)
    more(person)
    client.get(address)
    assert queries(client, address) == few


def test_more_deals_take_no_more_queries(scene: Scene) -> None:
    """Each stage of these has a deal already: what it asks of the database, more ask with it."""
    client = browser(scene.people["finance"])
    client.get("/en/deals/")
    few = queries(client, "/en/deals/")
    for begun in (World.introduced, World.negotiating, World.agreed):
        begun(World())
    assert queries(client, "/en/deals/") == few


def queries(client: Any, address: str) -> int:
    with counted() as statements:
        assert client.get(address).status_code == 200
    return len(statements)
