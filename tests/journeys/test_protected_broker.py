"""A broker whose introduction protects its commission joins a later deal of the same two."""

import pytest

from tests.browser import chromium
from tests.journeys import steps
from tests.journeys.people import Crowd, Person
from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


def status_of(person: Person, path: str) -> int:
    return person.page.request.get(f"{person.site.url}/{person.language}{path}").status


def test_the_earlier_broker_joins_before_the_agreement(site: Site) -> None:
    with chromium() as browser:
        crowd = Crowd(browser, site, "en")
        institution = crowd.sample("transfer.yunyu@example.org")
        deal = steps.deal_of(institution, "废旧磷酸铁锂")
        broker = crowd.sample("broker.materials@example.org")
        assert status_of(broker, deal) == 404
        broker.open("/brokers/me/pipeline/")
        broker.follow("/claim/")
        assert "Your introduction protects your commission" in broker.text()
        institution.open(deal)
        institution.press("form[action$='/join/'] button")
        broker.open(deal)
        assert "introduced these two before" not in broker.text()
        broker.open("/brokers/me/pipeline/")
        assert broker.main.locator(f".pipeline__card a[href*='{deal}']").count() == 1
