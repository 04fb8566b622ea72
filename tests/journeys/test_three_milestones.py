"""A co-brokered deal over three milestones, one of them refunded in part: everybody is paid its share.

An agreement has one collector, and a collector one rail. The English deal begins on the platform's,
by card at the gateway's page, and goes on by bank after an amendment that changes the collector to the
institution; the Chinese one is paid by bank transfers that two people find at the bank.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext

from tests.browser import chromium
from tests.journeys import bank, steps
from tests.journeys.people import Crowd, Person
from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

MILESTONES = ("10000.01", "5000.07", "3333.33")
REFUND = "1234.56"
SHARES = {"institution": "88", "team": "", "broker": "10", "platform": "2"}
"""The team has a share of the institution's part, by the tiers of its policy."""
COLLECTOR = "Saltmere International University"
TITLES = ("Report 报告", "Prototype 样机", "Training 培训")


@dataclass(frozen=True)
class Story:
    """Who deals, in which language, on which rail each milestone is paid, which is refunded in part.

    What is followed `to_the_end` ends when everybody is paid, else while a complaint holds money.
    """

    language: str
    rails: tuple[str, str, str]
    refunded: int
    to_the_end: bool
    result: str
    need: str
    researcher: str
    buyer: str
    lead: str
    co_broker: str


BOTH = Story(
    "en",
    ("card", "bank", "bank"),
    0,
    True,
    "Few-shot visual inspection",
    "小样本条件下压铸件表面缺陷视觉检测",
    "lab.saltmere@example.org",
    "rd.boling@example.org",
    "broker.international@example.org",
    "broker.materials@example.org",
)
BANK = Story(
    "zh-hans",
    ("bank", "bank", "bank"),
    1,
    False,
    "Phase-change panels",
    "城市多点冷链配送果蔬降损与节能技术",
    "software.saltmere@example.org",
    "rd.qinghe@example.org",
    "broker.materials@example.org",
    "broker.international@example.org",
)


@pytest.mark.parametrize("story", [BOTH, BANK], ids=["both-en", "bank-zh"])
def test_three_milestones_one_refunded_in_part(site: Site, story: Story) -> None:
    with chromium() as browser:
        Deal(Crowd(browser, site, story.language), story).walk()


class Deal:
    def __init__(self, crowd: Crowd, story: Story) -> None:
        self.story, self.site = story, crowd.site
        self.readers: dict[str, Person] = {}
        """Who reads which statement, by its address."""
        self.institution = crowd.sample("ip.saltmere@example.org")
        self.researcher = crowd.sample(story.researcher)
        self.buyer = crowd.sample(story.buyer)
        self.lead = crowd.sample(story.lead)
        self.co_broker = crowd.sample(story.co_broker)
        self.finance = crowd.sample("finance.entry@example.org")
        self.second = crowd.sample("finance.check@example.org")

    def walk(self) -> None:
        if "card" in self.story.rails:
            self.open_account(self.co_broker)
            self.open_account(self.researcher)
        result = self.number_of(self.researcher, "result", self.story.result)
        need = self.number_of(self.buyer, "need", self.story.need)
        self.deal = steps.introduce(self.lead, result, need)
        self.let_the_co_broker_join()
        steps.sign_nda(self.deal, self.lead, self.institution, self.buyer)
        self.agree()
        for number, rail in enumerate(self.story.rails):
            if number and rail != self.story.rails[number - 1]:
                self.change_the_collector()
            self.pay(rail)
            steps.deliver_and_accept(self.researcher, self.buyer, self.deal)
            if number == 0:
                self.bill(self.lead, "10000001")
            if number == self.story.refunded:
                self.refund(rail, TITLES[number])
        self.complain()
        self.check_statements()
        self.check_waterfall()
        if self.story.to_the_end:
            self.pay_what_is_owed()
            self.check_everybody_is_paid()

    def open_account(self, person: Person) -> None:
        """Open an account with the card gateway, and complete it at the gateway's page."""
        person.open("/payout-accounts/open/stripe/")
        person.reauthenticate()
        person.fill(country="GB")
        with person.page.expect_navigation(url="**/onboarding/**"):
            person.main.locator("form[method=post] button[type=submit]").click()
        with person.page.expect_navigation(url=f"{person.site.url}/**"):
            person.page.locator("form[action$='/finish'] button").click()
        person.wait_for("/payout-accounts/", ".tag--success")

    def open_bank_account(self, person: Person) -> None:
        person.open("/payout-accounts/open/bank/")
        person.reauthenticate()
        person.fill(
            holder="Sample holder 示例", bank="Sample bank 示例银行", number="6222000000000015"
        )
        person.press(steps.SUBMIT)

    def number_of(self, owner: Person, kind: str, title: str) -> int:
        owner.open("/listings/mine/")
        links = owner.main.locator("li, tr", has=owner.page.get_by_text(re.compile(title)))
        found = re.search(rf"/{kind}s?/(\d+)", links.first.inner_html())
        assert found, owner.text()
        return int(found.group(1))

    def let_the_co_broker_join(self) -> None:
        form = "form[action$='/brokers/']"
        self.lead.open(self.deal)
        self.lead.main.locator(f"details:has({form}) summary").click()
        self.lead.fill(email=self.co_broker.email)
        self.lead.press(f"{form} button[type=submit]")

    def agree(self) -> None:
        lead, platform = self.lead, self.story.rails[0] == "card"
        lead.open(f"{self.deal}agreement/")
        while lead.main.locator("[name$='-deliverable']").count() < len(MILESTONES):
            lead.press("button[name=action][value=add-milestones]")
        rows = {
            f"milestones__{number}__{name}": text
            for number, (title, amount) in enumerate(zip(TITLES, MILESTONES, strict=True))
            for name, text in {
                "title": title,
                "amount": amount,
                "due_on": "2030-01-31",
                "deliverable": title,
            }.items()
        }
        lead.fill(
            contract_type="licence",
            subject="A licence. 技术许可。",
            currency="CNY",
            tax_basis_points="6",
            inventors__0__email=self.researcher.email,
            inventors__0__parts="1",
            **{f"share_{role}": share for role, share in SHARES.items()},
            **rows,
        )
        brokers = lead.main.locator("[name^='brokers-'][name$='-parts']")
        for number, parts in enumerate(("3", "1")):
            brokers.nth(number).fill(parts)
        lead.tick("collector", "platform" if platform else "institution")
        lead.tick("loss_bearer", "institution")
        lead.tick("plan_form", "flat")
        lead.press("button[name=action][value=propose]")
        self.sign()

    def sign(self) -> None:
        for person in (
            self.institution,
            self.researcher,
            self.buyer,
            self.lead,
            self.co_broker,
        ):
            person.sign_all(self.deal)

    def change_the_collector(self) -> None:
        """Amend the agreement: from now on the institution is paid, at its bank."""
        self.lead.wait_for(f"{self.deal}money/", "a[href*='/statements/user/']")
        self.lead.open(f"{self.deal}agreement/")
        self.lead.tick("collector", "institution")
        self.lead.press("button[name=action][value=propose]")
        self.sign()

    def pay(self, rail: str) -> None:
        if rail == "card":
            steps.pay_by_card(self.buyer, self.deal)
        else:
            steps.pay_by_bank(self.buyer, (self.finance, self.second), self.deal)

    def bill(self, broker: Person, number: str) -> None:
        """Let `broker` invoice its commission: it is paid only then."""
        broker.wait_for(f"{self.deal}money/", "a[href*='/invoices/user/']")
        broker.follow("/invoices/user/")
        broker.fill(number=number, issued_on=str(timezone.localdate()), rate="6")
        broker.main.locator("[name=file]").set_input_files(steps.evidence("invoice.pdf"))
        broker.press(steps.SUBMIT)

    def refund(self, rail: str, title: str) -> None:
        """Give a part of a milestone back; at the bank two people pay it."""
        self.finance.open(f"{self.deal}milestones/")
        row = self.finance.main.locator("tr", has_text=title)
        with self.finance.page.expect_navigation():
            row.locator("a[href$='/refund/']").click()
        self.finance.fill(amount=REFUND, reason="A part was late. 部分延期。")
        self.finance.press(steps.SUBMIT)
        if rail == "bank":
            order = "tr:has(a[href*='/treasury/payouts/refund/'])"
            steps.record_at_bank((self.finance, self.second), order, "BACK-1", REFUND)
        made = self.word("Refund, %(state)s:") % {"state": self.word("paid")}
        given_back = f".deal-cost:has-text('{made}'):has([value='{REFUND}'])"
        self.buyer.wait_for(f"{self.deal}milestones/", given_back)

    def complain(self) -> None:
        """The enterprise is not content with the last milestone: what is owed is held."""
        buyer = self.buyer
        buyer.open(f"{self.deal}complaints/open/")
        buyer.tick("kind", "milestone")
        buyer.main.locator("[name=milestone]").select_option(label=TITLES[2])
        buyer.fill(text="The training was too short. 培训时间不足。")
        buyer.press(steps.SUBMIT)

    def check_statements(self) -> None:
        """All shares together are the net income, and each is paid, on its way, held or owed."""
        people = (self.institution, self.researcher, self.lead, self.co_broker, self.finance)
        for person in people:
            person.wait_for(f"{self.deal}money/", "a[href*='/statements/']")
            for address in person.addresses("/statements/"):
                self.readers.setdefault(f"{person.site.url}{address}", person)
        assert len(self.readers) == len(people)
        found: dict[str, dict[str, list[int]]] = {}
        for address, person in self.readers.items():
            person.open(address)
            found[address] = self.figures(person)
        incomes = {tuple(parts["income"]) for parts in found.values()}
        assert len(incomes) == 1, "everybody reads the same way from gross to net"
        *before_net, net = incomes.pop()
        assert sum(before_net) == net > 0
        assert sum(parts["own"][0] for parts in found.values()) == net
        for address, parts in found.items():
            assert sum(parts["own"]) == sum(parts["paid"]), address
        self.check_what_is_held()

    def figures(self, person: Person) -> dict[str, list[int]]:
        """Return a statement's lines in minor units: to net, the own part, what became of it."""
        lists = person.main.locator("dl.statement")
        assert lists.count() == 3, person.text()
        return {
            name: [
                int(Decimal(value.get_attribute("value") or "") * 100)
                for value in lists.nth(number).locator(".statement__amount data.amount").all()
            ]
            for number, name in enumerate(("income", "own", "paid"))
        }

    def check_what_is_held(self) -> None:
        """The lead has been paid what it invoiced; of the co-broker only the last milestone is held."""
        sent = "Paid to you" if self.story.rails[0] == "card" else "On its way to you"
        held = self.word("Held: “%(milestone)s”") % {"milestone": TITLES[2]}
        for person, label in ((self.lead, sent), (self.co_broker, "Owed to you")):
            person.open(f"{self.deal}money/")
            person.follow("/statements/user/")
            assert person.amount_at(self.word(label)) > 0
            assert person.amount_at(held) > 0

    def check_waterfall(self) -> None:
        """The waterfall says at every bar what the refund took back; together it is the refund."""
        self.buyer.open(f"{self.deal}money/")
        before, after = self.word("%(amount)s taken back by refunds").split("%(amount)s")
        pattern = re.escape(before) + r"[^\d]*([\d,]+\.\d\d)[^\d]*" + re.escape(after)
        gross = re.search(pattern, self.buyer.main.locator("#split").inner_text())
        assert gross, self.buyer.text()
        assert gross.group(1).replace(",", "") == REFUND

    def pay_what_is_owed(self) -> None:
        """The enterprise is content after all, the brokers invoice the rest, finance pays by a list."""
        self.buyer.open(f"{self.deal}history/")
        with self.buyer.page.expect_navigation():
            self.buyer.main.locator(".deal-documents a[href*='/complaints/']").click()
        withdrawing = "form[action$='/withdraw/']"
        self.buyer.main.locator(f"details:has({withdrawing}) summary").click()
        self.buyer.press(f"{withdrawing} button[type=submit]")
        self.open_bank_account(self.researcher)
        self.bill(self.lead, "10000002")
        self.bill(self.co_broker, "20000001")
        nothing_owed = f"{self.line('Owed to you')} .statement__amount [value='0.00']"
        held = f".statement__label:has-text('{TITLES[2]}')"
        for address, person in self.readers.items():
            sent = f".deal-statement:has({nothing_owed}):not(:has({held}))"
            person.wait_for(address, sent)
        bank.pay_by_list((self.finance, self.second), COLLECTOR)

    def check_everybody_is_paid(self) -> None:
        """Nothing is on its way, held, owed or to be given back: what is paid is the share."""
        done = ("Kept by you as collector", "Paid to you", "Given back by you", "Owed to you")
        labels = {self.word(label) for label in done}
        on_its_way = self.line("On its way to you")
        for address, person in self.readers.items():
            person.wait_for(address, f".deal-statement:not(:has({on_its_way}))")
            became = person.main.locator("dl.statement").last.locator(".statement__label")
            assert set(became.all_inner_texts()) <= labels, person.text()
            assert person.amount_at(self.word("Owed to you")) == 0
            parts = self.figures(person)
            assert sum(parts["own"]) == sum(parts["paid"]), person.text()
        self.site.manage("ledger_check")

    def line(self, label: str) -> str:
        return f".statement__line:has-text('{self.word(label)}')"

    def word(self, text: str) -> str:
        with translation.override(self.story.language):
            return gettext(text)
