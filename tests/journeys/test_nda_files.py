"""A confidentiality agreement opens files to the right people only, wherever they ask for them."""

import json
from dataclasses import dataclass

import pytest

from brokers.deals.sections import Section
from tests.browser import chromium
from tests.journeys import steps
from tests.journeys.people import Crowd, Person
from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

SECRET = "Drawings of the cutting head (sample)"
ADDED = "cutting.pdf"
SAID = "The drawings are in the files now."


@dataclass
class Room:
    """The room of a deal, the file in it, and everybody who may or may not read it."""

    deal: str
    file: str
    people: dict[str, Person]

    def check(self, *readers: str) -> None:
        """Exactly `readers` see the file at the deal and get its bytes, in either language."""
        for name, person in self.people.items():
            expected = name in readers
            statuses = {self.status(person, self.file, language) for language in ("en", "zh-hans")}
            assert statuses == {200 if expected else 404}, name
            page = self.sections(person)
            assert (SECRET in page) == expected, name
            assert (ADDED in page) <= expected, name

    def sections(self, person: Person) -> str:
        """Return the whole page of the deal, all sections of it, as `person` gets it."""
        get, own = person.page.request.get, f"{person.site.url}/en{self.deal}"
        return "".join(get(f"{own}{section.route}").text() for section in Section)

    def status(self, person: Person, path: str, language: str) -> int:
        return person.page.request.get(f"{person.site.url}/{language}{path}").status


def test_an_nda_opens_files_to_the_right_people_only(site: Site) -> None:
    with chromium() as browser:
        crowd = Crowd(browser, site, "en")
        people = {
            "author": crowd.sample("lab.saltmere@example.org"),
            "owner": crowd.sample("ip.saltmere@example.org"),
            "colleague": crowd.sample("software.saltmere@example.org"),
            "buyer": crowd.sample("rd.lanchuan@example.org"),
            "lawyer": crowd.sample("legal.lanchuan@example.org"),
            "broker": crowd.sample("broker.materials@example.org"),
            "other broker": crowd.sample("broker.international@example.org"),
            "other enterprise": crowd.sample("rd.boling@example.org"),
            "other institution": crowd.sample("transfer.beiling@example.org"),
            "moderator": crowd.sample("moderator@example.org"),
            "finance": crowd.sample("finance.entry@example.org"),
        }
        author, buyer = people["author"], people["buyer"]
        deal = steps.deal_of(author, "Early warning of thermal runaway")
        room = Room(deal, add(author, deal), people)
        anonymous = crowd.person("")
        own = ("author", "owner", "colleague")
        room.check(*own)
        people["owner"].sign_all(deal)
        room.check(*own, "buyer", "lawyer")
        write(author, deal)
        people["broker"].open(deal)
        assert SAID in people["broker"].text(), "talks with them, and reads no file of theirs"
        dismiss(buyer, "legal.lanchuan@example.org")
        room.check(*own, "buyer")
        turned_away(anonymous, room)
        rounds = {"author": 3, "owner": 3, "colleague": 3, "buyer": 2, "lawyer": 1}
        expected = {people[name].email: 2 * count for name, count in rounds.items()}
        assert logged_downloads(site, deal) == expected, "each, in both languages"


def add(author: Person, deal: str) -> str:
    """Add a file under the confidentiality agreement; return its address without the language."""
    author.open(f"{deal}files/")
    author.fill(title=SECRET)
    author.main.locator("[name=upload]").set_input_files(steps.evidence(ADDED))
    author.tick("tier", "nda")
    author.press()
    link = author.main.get_by_role("link", name=SECRET).get_attribute("href") or ""
    return link.removeprefix("/en")


def write(author: Person, deal: str) -> None:
    author.open(f"{deal}room/")
    author.fill(text=SAID)
    author.press()


def dismiss(owner: Person, email: str) -> None:
    """Let a member leave the organisation of `owner`."""
    owner.open("/organisations/lanchuan-storage/manage/")
    row = owner.main.locator("tr", has_text=email)
    row.locator("[name=role]").select_option("remove")
    with owner.page.expect_navigation():
        row.locator("button").click()
    assert email not in owner.text()


def turned_away(anonymous: Person, room: Room) -> None:
    """Who has not signed in is asked to, and gets neither page nor file."""
    for path in (room.deal, room.file):
        answer = anonymous.page.request.get(f"{anonymous.site.url}/en{path}", max_redirects=0)
        assert answer.status == 302
        assert answer.headers["location"].startswith("/en/accounts/login/")


def logged_downloads(site: Site, deal: str) -> dict[str, int]:
    """Return how often each person has downloaded files of `deal`, as the audit log says."""
    code = (
        "import json; from collections import Counter; from wagtail.models import ModelLogEntry as L;"
        f"found = L.objects.filter(action='deal.download', object_id='{deal.split('/')[2]}');"
        "print(json.dumps(Counter(found.values_list('user__email', flat=True))))"
    )
    return json.loads(site.manage("shell", "--verbosity", "0", "--command", code))
