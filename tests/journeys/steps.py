"""What people do, each at their own browser: approve, introduce, sign, pay, deliver, accept."""

import re

from django.utils import timezone
from playwright.sync_api import FilePayload, Page

from tests.journeys.people import Person

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SUBMIT = "form[method=post] button[type=submit]"


def evidence(name: str) -> FilePayload:
    """Return a PDF to upload."""
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}


def save(page: Page) -> None:
    """Press the last button of a form in the editors' site."""
    with page.expect_navigation():
        page.locator("main button[type=submit], footer button[type=submit]").last.click()


def approve(moderator: Person, editor: str) -> None:
    """Approve what waits for a moderator at the path `editor` of the editors' site."""
    moderator.open(editor)
    page = moderator.page
    button = page.locator("[data-workflow-action-name='approve']").first
    button.wait_for(state="attached")
    with page.expect_navigation():
        button.evaluate("button => button.click()")
        dialog = page.locator(".modal-body button[type=submit], .modal-body input[type=submit]")
        if dialog.count():
            dialog.first.click()


def deal_of(person: Person, title: str) -> str:
    """Return the path of the person's deal whose result has this title."""
    person.open("/deals/")
    with person.page.expect_navigation():
        person.main.get_by_role("link", name=re.compile(title)).first.click()
    return _deal_at(person)


def introduce(broker: Person, result: int, need: int) -> str:
    """Let `broker` introduce the two listings; return the path of the deal."""
    broker.open(f"/needs/{need}/")
    broker.open(f"/deals/introduce/{result}/{need}/")
    broker.fill(message="Worth a talk. 值得一谈。")
    broker.press(SUBMIT)
    return _deal_at(broker)


def _deal_at(person: Person) -> str:
    found = re.search(r"/deals/[0-9a-f-]{36}/", person.page.url)
    assert found, person.text()
    return found.group()


def sign_nda(deal: str, broker: Person, *signers: Person) -> None:
    """Draw the confidentiality agreement up, have it signed, and go on to the negotiation."""
    broker.open(deal)
    broker.press("form[action*='/moves/open_nda/'] button[type=submit]")
    broker.press("form[action$='/nda/'] button[type=submit]")
    for person in signers:
        person.sign_all(deal)
    broker.open(deal)
    broker.press("form[action*='/moves/negotiate/'] button[type=submit]")


def pay_by_card(buyer: Person, deal: str) -> None:
    """Pay the next milestone of `deal` at the gateway's page."""
    buyer.wait_for(deal, "a[href$='/pay/']")
    buyer.follow("/pay/")
    buyer.press(SUBMIT)
    with buyer.page.expect_navigation(url=f"{buyer.site.url}/**"):
        buyer.page.locator("form[action$='/pay'] button").click()


def pay_by_bank(buyer: Person, keepers: tuple[Person, Person], deal: str) -> None:
    """Choose a bank transfer for the next milestone; two keepers of the books find it at the bank."""
    buyer.wait_for(deal, "a[href$='/pay/']")
    buyer.follow("/pay/")
    buyer.press(SUBMIT)
    code = buyer.main.locator(".deal-code").inner_text().strip()
    amount = buyer.main.locator(".facts data.amount").get_attribute("value") or ""
    record_at_bank(keepers, f"tr:has(th:has-text('{code}'))", f"IN-{code}", amount)


def record_at_bank(keepers: tuple[Person, Person], row: str, number: str, amount: str) -> None:
    """Record what `row` of the treasury waits for, with evidence; a second person confirms it."""
    first, second = keepers
    first.wait_for("/treasury/", row)
    with first.page.expect_navigation():
        first.main.locator(f"{row} a").first.click()
    first.fill(amount=amount, bank_reference=number, booked_on=str(timezone.localdate()))
    first.main.locator("[name=evidence]").set_input_files(evidence("advice.pdf"))
    first.press(SUBMIT)
    for person in keepers:
        person.open("/treasury/")
        with person.page.expect_navigation():
            person.main.locator(f"tr:has(th:has-text('{number}')) a").click()
    confirm = "form[action$='/confirm/'] button[type=submit]"
    assert not first.main.locator(confirm).count(), "not by who recorded it"
    second.press(confirm)


def deliver_and_accept(researcher: Person, buyer: Person, deal: str) -> None:
    """Deliver the milestone that was just paid, and accept it."""
    researcher.wait_for(deal, "a[href$='/deliver/']")
    researcher.follow("/deliver/")
    researcher.press(SUBMIT)
    buyer.wait_for(deal, "a[href$='/accept/']")
    buyer.follow("/accept/")
    buyer.press(SUBMIT)
