"""A confidentiality agreement opens a file to the right people only, and an earlier broker stays in."""

import re

import pytest

from tests.browser import chromium
from tests.journeys.people import Crowd, Person
from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

SECRET = "Failure tests, raw (sample)"
SAID = "The raw records are in the files now."


def deal_of(person: Person, title: str) -> str:
    """Return the path of the person's deal whose result has this title."""
    person.open("/deals/")
    with person.page.expect_navigation():
        person.main.get_by_role("link", name=re.compile(title)).first.click()
    found = re.search(r"/deals/[0-9a-f-]{36}/", person.page.url)
    assert found, person.page.url
    return found.group()


def status_of(person: Person, path: str) -> int:
    return person.page.request.get(f"{person.site.url}/{person.language}{path}").status


def test_an_nda_file_opens_for_who_signs_and_nobody_else(site: Site) -> None:
    with chromium() as browser:
        crowd = Crowd(browser, site, "en")
        lab = crowd.sample("lab.saltmere@example.org")
        deal = deal_of(lab, "Early warning of thermal runaway")
        lab.open(f"{deal}files/")
        lab.fill(title=SECRET)
        lab.main.locator("[name=upload]").set_input_files(
            {"name": "raw.txt", "mimeType": "text/plain", "buffer": b"sample"}
        )
        lab.tick("tier", "nda")
        lab.press()
        link = lab.main.get_by_role("link", name=SECRET).get_attribute("href") or ""
        file = link.removeprefix("/en")
        buyer = crowd.sample("rd.lanchuan@example.org")
        broker = crowd.sample("broker.materials@example.org")
        for person in (buyer, broker):
            person.open(deal)
            assert SECRET not in person.text()
            assert status_of(person, file) == 404
        crowd.sample("ip.saltmere@example.org").sign_all(deal)
        lab.open(f"{deal}messages/")
        lab.fill(text=SAID)
        lab.press()
        for person, shown in ((buyer, True), (broker, False)):
            person.open(deal)
            assert SAID in person.text()
            assert (SECRET in person.text()) == shown
            assert status_of(person, file) == (200 if shown else 404)


def test_the_earlier_broker_joins_before_the_agreement(site: Site) -> None:
    with chromium() as browser:
        crowd = Crowd(browser, site, "en")
        institution = crowd.sample("transfer.yunyu@example.org")
        deal = deal_of(institution, "废旧磷酸铁锂")
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
