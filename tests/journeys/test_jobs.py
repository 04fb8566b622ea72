"""What brings people here beside the main path: a broker qualifies, an enterprise evaluates its matches,
a moderator reads what was changed, an administrator curates from the desk.
"""

import re

import pytest
from playwright.sync_api import Locator

from tests.browser import chromium
from tests.journeys import steps
from tests.journeys.people import Crowd, Person
from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

MATCH = "#matches li:has(button[value=accepted])"


def test_a_broker_qualifies(site: Site) -> None:
    with chromium() as browser:
        crowd = Crowd(browser, site, "en")
        broker = crowd.person("qualifying@example.org")
        broker.sign_up("Sample", "Qualifying")
        broker.open("/brokers/me/")
        broker.fill(
            bio_en="Fifteen years between laboratories and foundries.",
            certificate_number="SAMPLE-4711",
            certificate_expires_on="2099-12-31",
        )
        broker.main.locator("[name=industries]").first.check()
        broker.main.locator("[name=upload]").set_input_files(steps.evidence("certificate.pdf"))
        broker.press(steps.SUBMIT)
        reader = crowd.person("")
        assert "Qualifying Sample" not in brokers_as(reader)
        verify(crowd, "SAMPLE-4711")
        assert "Qualifying Sample" in brokers_as(reader)
        reader.page.get_by_role("link", name="Qualifying Sample").click()
        assert "Fifteen years" in reader.text()


def test_an_enterprise_evaluates_its_matches(site: Site) -> None:
    with chromium() as browser:
        crowd = Crowd(browser, site, "zh-hans")
        buyer = crowd.sample("rd.qinghe@example.org")
        buyer.open("/listings/mine/")
        need = buyer.addresses("/needs/")[0].removeprefix("/zh-hans")
        buyer.open(need)
        kept, declined = (link_of(buyer.main.locator(MATCH).nth(n)) for n in range(2))
        row_of(buyer, kept).locator("button[value=accepted]").click()
        row_of(buyer, kept).locator("form[action$='/take-back/']").wait_for()
        row = row_of(buyer, declined)
        row.locator("details:has(select) summary").click()
        row.locator("select[name=reason]").select_option("too_vague")
        row.locator("button[value=declined]").click()
        row_of(buyer, declined).wait_for(state="detached")
        more = buyer.main.locator("#matches a[hx-get]")
        if more.count():
            more.click()
            buyer.main.locator("#matches .match").nth(5).wait_for()
        assert not row_of(buyer, declined).count()
        buyer.open("/matches/")
        assert buyer.addresses(kept)


def test_a_moderator_reads_what_was_changed(site: Site) -> None:
    with chromium() as browser:
        crowd = Crowd(browser, site, "en")
        author, reader = crowd.sample("lab.saltmere@example.org"), crowd.person("")
        author.open("/listings/mine/")
        edit = next(a for a in author.addresses("/listings/result/") if a.endswith("/edit/"))
        number = re.findall(r"/result/(\d+)/", edit)[0]
        author.page.goto(f"{site.url}{edit}")
        author.fill(summary_en="Rewritten: what it does for whom, in two sentences.")
        while not author.main.locator("button[name=do][value=submit]").count():
            author.press("button[name=do][value=next]")
        author.press("button[name=do][value=submit]")
        reader.open(f"/results/{number}/")
        assert "Rewritten" not in reader.text()
        moderator = crowd.sample("moderator@example.org")
        edit_view = f"/wagtail/snippets/listings/researchresult/edit/{number}/"
        moderator.open(edit_view)
        moderator.page.goto(f"{site.url}{compare_link(moderator)}")
        assert "Rewritten" in moderator.page.locator(".comparison").inner_text()
        steps.approve(moderator, edit_view)
        reader.open(f"/results/{number}/")
        assert "Rewritten" in reader.text()


def test_an_administrator_curates_from_the_desk(site: Site) -> None:
    with chromium() as browser:
        crowd = Crowd(browser, site, "en")
        administrator, reader = crowd.sample("admin@example.org"), crowd.person("")
        administrator.open("/wagtail/curation/")
        page = administrator.page
        page.locator("a[href*='/featuredpairing/add/?result=']").first.click()
        for language, note in (("zh", "两者的指标相符。"), ("en", "Their figures meet: a note.")):
            page.fill(f"textarea[name='note_{language}']", note)
        steps.save(page)
        reader.open("/")
        pairing = reader.main.locator(".pairing", has_text="Their figures meet")
        with reader.page.expect_navigation():
            pairing.locator("a[href*='/pairings/']").first.click()
        assert "/results/" in reader.page.url
        administrator.open("/wagtail/snippets/cms/featuredpairing/")
        assert page.locator("tbody tr", has_text=re.compile(r"\b1\b")).count()


def brokers_as(reader: Person) -> str:
    reader.open("/brokers/?q=Qualifying")
    return reader.text()


def verify(crowd: Crowd, certificate: str) -> None:
    """Compare the certificate with this number in the editors' site, and verify its broker."""
    administrator = crowd.sample("admin@example.org")
    administrator.open(f"/wagtail/snippets/profiles/brokerprofile/?q={certificate}")
    page = administrator.page
    page.locator("tbody tr", has_text=certificate).locator("a").first.click()
    page.check("[name=is_verified]")
    steps.save(page)


def compare_link(moderator: Person) -> str:
    """Return the address of the comparison of the version in review with the live one."""
    link = moderator.page.locator("a[href*='/revisions/compare/live']").first
    link.wait_for(state="attached")
    return link.get_attribute("href") or ""


def link_of(match: Locator) -> str:
    return match.locator(".listing__title a").get_attribute("href") or ""


def row_of(person: Person, link: str) -> Locator:
    return person.main.locator(f"#matches li:has(a[href='{link}'])")
