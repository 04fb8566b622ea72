"""What two people of finance do with the bank's files: import a statement, confirm it, pay by a list."""

import csv
import io
import re

from tests.journeys import steps
from tests.journeys.people import Person
from tests.payments import statement_files


def take_in(clerk: Person, collector: str, text: str, *, refused: bool = False) -> str:
    """Import a statement of `collector`'s account, as its bank writes it; return its address."""
    clerk.open("/treasury/statements/")
    clerk.follow("/treasury/statements/import/")
    accounts = clerk.main.locator("select[name=account] option")
    label = next(name for name in accounts.all_inner_texts() if collector in name)
    clerk.main.locator("select[name=account]").select_option(label=label)
    clerk.main.locator("input[type=file]").set_input_files(
        {"name": "statement.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}
    )
    if refused:
        with clerk.page.expect_navigation():
            clerk.main.locator(steps.SUBMIT).click()
        return ""
    clerk.press(steps.SUBMIT)
    return _address(clerk, "statements")


def confirm(second: Person, statement: str) -> None:
    """Confirm what somebody else entered from the statement."""
    second.open(statement)
    second.press("form[action$='/confirm/'] button[type=submit]")
    assert not second.main.locator("form[action$='/confirm/']").count()


def pay_by_list(keepers: tuple[Person, Person], collector: str) -> None:
    """Pay all that `collector` has to: one draws the list up, the other releases it, the bank's
    statement says what was paid.
    """
    clerk, second = keepers
    clerk.open("/treasury/lists/")
    with clerk.page.expect_navigation():
        clerk.main.locator(f"section:has(h2:has-text('{collector}')) button[type=submit]").click()
    with clerk.page.expect_navigation():
        clerk.main.locator("tbody a").first.click()
    made = _address(clerk, "lists")
    assert not clerk.main.locator("form[action$='/release/']").count(), "not by who drew it up"
    second.open(made)
    second.press("form[action$='/release/'] button[type=submit]")
    statement = take_in(clerk, collector, _as_paid(second))
    assert not clerk.main.locator("a[href*='/treasury/lines/']").count(), clerk.text()
    confirm(second, statement)


def _as_paid(person: Person) -> str:
    """Return the statement of a bank that has paid what the list says that `person` looks at."""
    address = person.main.locator("a[href$='/csv/utf-8/']").get_attribute("href")
    table = person.page.request.get(f"{person.site.url}{address}").body().decode("utf-8-sig")
    _heads, *orders = csv.reader(io.StringIO(table))
    paid = []
    for _number, account, holder, _bank, amount, _currency, purpose in orders:
        about = {"name": holder, "number": account, "purpose": purpose}
        code = purpose.partition(" ")[0]
        paid.append(statement_files.row(f"OUT-{code}", debit=amount, **about))
    return statement_files.csv(*paid)


def _address(person: Person, folder: str) -> str:
    found = re.search(rf"/treasury/{folder}/[0-9a-f-]{{36}}/", person.page.url)
    assert found, person.text()
    return found.group()
