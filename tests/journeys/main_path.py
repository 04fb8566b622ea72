"""The main job from end to end, as its people do it: publish, match, introduce, sign, pay, split."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext

from tests.journeys import steps
from tests.journeys.people import Crowd, Person


@dataclass(frozen=True)
class Story:
    """What the people of one journey write, in their language."""

    language: str
    mark: str
    university: str
    company: str
    result: tuple[str, str, str]
    need: tuple[str, str, str]


class Journey:
    def __init__(self, crowd: Crowd, story: Story) -> None:
        self.crowd, self.story = crowd, story
        self.researcher = crowd.person(f"researcher.{story.mark}@example.org")
        self.buyer = crowd.person(f"buyer.{story.mark}@example.org")
        self.broker = crowd.sample("broker.materials@example.org")

    def walk(self) -> None:
        self.researcher.sign_up("测" if self.story.mark == "zh" else "Test", "Researcher")
        self.researcher.found_organisation("university", self.story.university)
        result = self.publish(self.researcher, "result", self.story.result)
        self.buyer.sign_up("测" if self.story.mark == "zh" else "Test", "Buyer")
        self.buyer.found_organisation("enterprise", self.story.company)
        need = self.publish(self.buyer, "need", self.story.need)
        self.feature(result, need)
        self.read_why(need)
        deal = steps.introduce(self.broker, result, need)
        steps.sign_nda(deal, self.broker, self.researcher, self.buyer)
        self.agree(deal)
        steps.pay_by_card(self.buyer, deal)
        steps.deliver_and_accept(self.researcher, self.buyer, deal)
        self.check_statements(deal)

    def publish(self, author: Person, kind: str, texts: tuple[str, str, str]) -> int:
        """Write a listing, hand it in, and let the moderator approve it; return its number."""
        title, summary, problem = texts
        language = author.suffix
        author.open(f"/listings/{kind}/new/")
        author.fill(
            **{
                f"title_{language}": title,
                f"summary_{language}": summary,
                f"problem_{language}": problem,
            }
        )
        while not author.main.locator("button[name=do][value=submit]").count():
            author.press("button[name=do][value=next]")
            if author.main.locator("[name=cooperation_modes]:visible").count():
                author.tick("cooperation_modes", "licence")
        author.press("button[name=do][value=submit]")
        found = re.search(rf"/listings/{kind}/(\d+)/", author.page.url) or re.search(
            rf"/listings/{kind}/(\d+)/", author.main.inner_html()
        )
        assert found, author.text()
        number = int(found.group(1))
        author.page.goto(f"{author.site.url}/{author.language}/{kind}s/{number}/")
        assert title in author.text(), "the author sees the draft"
        self.approve(kind, number)
        author.open(f"/{kind}s/{number}/")
        return number

    def approve(self, kind: str, number: int) -> None:
        model = {"result": "researchresult", "need": "technologyneed"}[kind]
        moderator = self.crowd.sample("moderator@example.org")
        steps.approve(moderator, f"/wagtail/snippets/listings/{model}/edit/{number}/")
        moderator.page.context.close()

    def feature(self, result: int, need: int) -> None:
        """The administrator puts the two side by side on the home page."""
        administrator = self.crowd.sample("admin@example.org")
        administrator.open("/wagtail/snippets/cms/featuredpairing/add/")
        page = administrator.page
        for field, number in (("result", result), ("need", need)):
            page.locator(f"input[name='{field}']").evaluate(
                "(input, value) => { input.value = value }", str(number)
            )
        page.fill(f"textarea[name='note_{administrator.suffix}']", "Gearboxes: 齿轮箱。")
        steps.save(page)
        page.context.close()
        reader = self.crowd.person("")
        reader.open("/")
        assert self.story.result[0] in reader.text()
        assert self.story.need[0] in reader.text()

    def read_why(self, need: int) -> None:
        """The worker has indexed both: the enterprise sees the result, its score and the reasons."""
        self.buyer.wait_for(f"/needs/{need}/", ".match")
        match = self.buyer.main.locator(".match").first
        assert self.story.result[0] in match.inner_text()
        self.buyer.unfold(match.locator("summary"))
        rows = match.locator(".reasons tbody td:last-child, .reasons tfoot td:last-child")
        *points, score = [Decimal(re.findall(r"\d+\.\d", row)[0]) for row in rows.all_inner_texts()]
        assert score > 0
        assert sum(points) == score

    def agree(self, deal: str) -> None:
        broker = self.broker
        broker.open(f"{deal}agreement/")
        broker.fill(
            contract_type="licence",
            subject="A licence. 技术许可。",
            milestones__0__title="Report 报告",
            milestones__0__amount="10000.00",
            milestones__0__due_on="2030-01-31",
            milestones__0__deliverable="Report 报告",
            tax_basis_points="6",
            share_institution="20",
            share_team="70",
            share_broker="10",
            share_platform="",
            platform_fee="2",
            inventors__0__email=self.researcher.email,
            inventors__0__parts="1",
        )
        broker.tick("collector", "platform")
        broker.tick("loss_bearer", "platform")
        broker.tick("plan_form", "flat")
        broker.press("button[name=action][value=propose]")
        for person in (self.researcher, self.buyer, broker):
            person.sign_all(deal)

    def check_statements(self, deal: str) -> None:
        """The shares of institution, inventor and broker are, together, the net income."""
        shares: dict[str, int] = {}
        nets = set()
        with translation.override(self.story.language):
            share, net = gettext("Your share"), gettext("Net income")
        for person in (self.researcher, self.broker):
            person.wait_for(f"{deal}money/", "a[href*='/statements/']")
            for address in person.addresses("/statements/"):
                person.page.goto(f"{person.site.url}{address}")
                shares[address] = person.amount_at(share)
                nets.add(person.amount_at(net))
        assert len(shares) == 3
        assert all(shares.values())
        assert nets == {sum(shares.values())}, shares
