"""People at their browsers: each has a window of its own, and does what a person does with the pages."""

import re
import time
from dataclasses import dataclass
from decimal import Decimal

from playwright.sync_api import Browser, Locator, Page

from tests.pages import BROWSER
from tests.serving import Site

PASSWORD = "a long sample password"
SAMPLE_PASSWORD = "sample-password"
MOST_PARTIES = 4


@dataclass
class Person:
    site: Site
    page: Page
    language: str
    email: str
    password: str = SAMPLE_PASSWORD

    def open(self, path: str) -> None:
        """Open `path` of the site, in the person's language unless it starts with /wagtail/."""
        prefix = "" if path.startswith("/wagtail/") else f"/{self.language}"
        address = path if path.startswith("http") else f"{self.site.url}{prefix}{path}"
        response = self.page.goto(address)
        assert response is not None
        assert response.ok, (address, response.status)

    def fill(self, **fields: str) -> None:
        """Type into the fields of these names; `__` stands for `-`."""
        for name, text in fields.items():
            field = self.main.locator(f"[name='{name.replace('__', '-')}']").first
            if field.evaluate("e => e.tagName") == "SELECT":
                self.select(field, text)
            else:
                self.type(field, text)

    def select(self, field: Locator, value: str) -> None:
        field.select_option(value)

    def type(self, field: Locator, text: str) -> None:
        """Write `text` in the place of what the field holds."""
        field.fill(text)

    def tick(self, name: str, value: str) -> None:
        self.check(self.main.locator(f"[name='{name}'][value='{value}']"))

    def check(self, box: Locator) -> None:
        box.check()

    def press(self, selector: str = "button[type=submit]") -> None:
        """Press a button and wait for the page that follows."""
        self.use(self.main.locator(selector).first)
        errors = self.main.locator(".error-summary")
        assert not errors.count(), errors.all_inner_texts()

    def follow(self, part_of_address: str) -> None:
        """Follow the first link whose address contains this."""
        self.use(self.main.locator(f"a[href*='{part_of_address}']").first)

    def use(self, link_or_button: Locator) -> None:
        """Go where it leads, and wait for that page."""
        with self.page.expect_navigation():
            link_or_button.click()

    def unfold(self, summary: Locator) -> None:
        summary.click()

    def wait_for(self, path: str, selector: str) -> None:
        """Reload `path` until the worker has done what makes `selector` appear."""
        deadline = time.monotonic() + 30
        self.open(path)
        while not self.main.locator(selector).count():
            assert time.monotonic() < deadline, (selector, self.text())
            time.sleep(0.3)
            self.open(path)

    def addresses(self, part: str) -> list[str]:
        """Return the addresses of this page that contain `part`, each once."""
        links = self.main.locator(f"a[href*='{part}']")
        return sorted({link.get_attribute("href") or "" for link in links.all()})

    def amount_at(self, label: str) -> int:
        """Return the amount of the statement's line `label`, in minor units of a two-digit currency."""
        line = self.main.locator(".statement__line", has=self.page.get_by_text(label, exact=True))
        return int(Decimal(line.locator("data.amount").first.get_attribute("value") or "") * 100)

    def sign_all(self, deal: str) -> None:
        """Read and sign what waits for this person, for every party that it signs for."""
        papers = f"{deal}papers/"
        self.open(papers)
        waiting = self.main.locator(".deal-documents a[href$='/sign/']")
        assert waiting.count(), self.text()
        for _ in range(MOST_PARTIES):
            if not waiting.count():
                return
            self.use(waiting.first)
            self.reauthenticate()
            self.check(self.main.locator("[type=checkbox]"))
            self.press("form[method=post] button[type=submit]")
            self.open(papers)
        raise AssertionError(self.text())

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def text(self) -> str:
        return self.main.inner_text()

    def sign_in(self) -> None:
        self.open("/accounts/login/")
        self.fill(login=self.email, password=self.password)
        self.press()
        assert "/desk/" in self.page.url, self.text()

    def sign_up(self, family_name: str, given_name: str) -> None:
        """Make an account, and follow the link that is mailed."""
        self.open("/accounts/signup/")
        self.fill(
            last_name=family_name,
            first_name=given_name,
            email=self.email,
            password1=self.password,
            password2=self.password,
        )
        self.press()
        self.page.goto(self.site.mailed_link(self.email))
        self.press()
        if "/login/" in self.page.url:
            self.sign_in()

    def found_organisation(self, kind: str, name: str) -> str:
        """Add an organisation; return its short name."""
        self.open("/organisations/new/")
        self.fill(kind=kind, **{f"name_{self.suffix}": name})
        self.press()
        found = re.search(r"/organisations/([\w-]+)/manage/", self.page.url)
        assert found, self.text()
        return found.group(1)

    @property
    def suffix(self) -> str:
        return "zh" if self.language.startswith("zh") else "en"

    def reauthenticate(self) -> None:
        if "/reauthenticate/" in self.page.url:
            self.fill(password=self.password)
            self.press("form[action*='reauthenticate'] button[type=submit]")


class Crowd:
    """Opens windows for people; all of them close with the browser."""

    def __init__(
        self, browser: Browser, site: Site, language: str, kind: type[Person] = Person
    ) -> None:
        self.browser, self.site, self.language, self.kind = browser, site, language, kind

    def person(self, email: str, password: str = PASSWORD) -> Person:
        context = self.browser.new_context(
            viewport={"width": 1280, "height": 900}, user_agent=BROWSER
        )
        context.set_default_timeout(20_000)
        return self.kind(self.site, context.new_page(), self.language, email, password)

    def sample(self, email: str) -> Person:
        """Return a person of the sample data, signed in."""
        person = self.person(email, SAMPLE_PASSWORD)
        person.sign_in()
        return person
