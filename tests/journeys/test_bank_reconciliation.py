"""Finance imports a bank statement, clears every line, a second person confirms, and the books agree."""

import re

import pytest
from django.utils import timezone

from tests.browser import chromium
from tests.journeys import bank
from tests.journeys.people import Crowd, Person
from tests.payments.statement_files import csv, row
from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


def test_a_statement_is_imported_cleared_confirmed_and_reconciled(site: Site) -> None:
    with chromium() as browser:
        crowd = Crowd(browser, site, "zh-hans")
        clerk = crowd.sample("finance.entry@example.org")
        code, amount, collector = expected(clerk)
        wrong = csv(row("J-1", credit="1e4"))
        bank.take_in(clerk, collector, wrong, refused=True)
        assert "1e4" in clerk.text()
        good = csv(
            row("J-1", credit=amount, purpose=f"首付款 {code}"),
            row("J-2", credit="31.84", name="银行", purpose="结息"),
            preamble=f"账号:,6222\r\n日期:,{timezone.localdate()}\r\n",
        )
        statement = bank.take_in(clerk, collector, good)
        clear_the_interest(clerk)
        bank.confirm(crowd.sample("finance.check@example.org"), statement)
        reconcile(clerk, collector, code)


def expected(clerk: Person) -> tuple[str, str, str]:
    """Return code, amount and collector of a payment that is expected at the bank."""
    clerk.open("/treasury/")
    clerk.follow("/treasury/receipts/")
    facts = clerk.main.locator(".facts dd").all_inner_texts()
    code = next(fact for fact in facts if re.fullmatch(r"[2-9A-HJKMNP-Z]{9}", fact.strip()))
    amount = clerk.main.locator(".facts data.amount").first.get_attribute("value") or ""
    return code.strip(), amount, facts[3].strip()


def clear_the_interest(clerk: Person) -> None:
    lines = clerk.main.locator("a[href*='/treasury/lines/']")
    assert lines.count() == 1, clerk.text()
    clerk.follow("/treasury/lines/")
    clerk.fill(reason="interest", note="Q3")
    clerk.press("form[action$='/explain/'] button[type=submit]")
    assert not clerk.main.locator("a[href*='/treasury/lines/']").count(), clerk.text()
    assert not clerk.main.locator("form[action$='/confirm/']").count(), "not by who entered it"


def reconcile(clerk: Person, collector: str, code: str) -> None:
    """Wait until the worker has booked it; then books, bank and statement agree."""
    clerk.open("/treasury/")
    assert code not in clerk.text()
    row_of = f"tr:has(th:has-text('{collector}')):not(:has(td strong))"
    clerk.wait_for("/treasury/reconciliation/", row_of)
    clerk.main.locator(f"tr:has(th:has-text('{collector}')) th a").first.click()
    clerk.page.wait_for_load_state()
    assert clerk.main.locator("table data.amount").count()
    clerk.open("/treasury/reconciliation/?count=1")
    assert clerk.main.locator(".notice--success").count(), clerk.text()
