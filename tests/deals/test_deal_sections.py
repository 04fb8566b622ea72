"""The sections of a deal's page: who has to act, what waits where, and how much each costs."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from brokers.deals import progress, sections
from brokers.deals.models import (
    Deal,
    DealEvent,
    DealFile,
    DealTask,
    Invoice,
    Message,
    Milestone,
)
from brokers.deals.room import messages, work
from brokers.deals.sections import PLACES, Section
from tests.deals.amending import performing, propose
from tests.deals.factories import World, party
from tests.factories import make_administrator, make_file
from tests.pages import errors_at, soup, text_of

pytestmark = pytest.mark.django_db

MOST = 25


def waiting(page: Any) -> dict[str, int]:
    """Return the numbers at the sections, by the section."""
    found = {}
    for link in soup(page).select(".deal-nav a"):
        if mark := link.select_one(".count--waiting"):
            assert "waiting for you" in mark.get_text()
            found[link.get_text(" ", strip=True).split()[0]] = int(mark.contents[0])
    return found


def act(page: Any) -> Any:
    return soup(page).select_one(".deal-act")


def test_a_path_is_the_address_without_its_language() -> None:
    deal = uuid.uuid4()
    for place in PLACES:
        for language in ("en", "zh-hans"):
            with translation.override(language):
                assert sections.address(deal, place) == f"/{language}{sections.path(deal, place)}"


def test_each_reads_whose_turn_it_is_and_where(world: World, visit) -> None:
    deal = world.agreed(500_000, 500_000)
    first = Milestone.objects.order_by("position")[0]
    buyer, dean = visit(world.buyer), visit(world.dean)
    for section in set(Section) - {Section.OVERVIEW}:
        line = act(buyer.get(section.value, deal.pk))
        assert "Your turn: Pay “Milestone 1”" in line.get_text(" ", strip=True)
        assert line.a["href"].endswith(f"/milestones/{first.pk}/pay/")
        line = act(dean.get(section.value, deal.pk))
        assert "Waiting for Sample company: Pay “Milestone 1”" in line.get_text(" ", strip=True)
        assert line.a["href"] == f"/en{sections.path(deal.pk, 'milestones')}"
    assert waiting(buyer.get("room", deal.pk)) == {"Milestones": 2}
    assert waiting(dean.get("room", deal.pk)) == {}


def test_a_deal_at_rest_says_so(world: World, visit) -> None:
    deal = world.introduced()
    progress.advance(deal=deal, move="decline", actor=world.buyer, reason="Not now.")
    assert "This deal has ended." in act(visit(world.dean).get("papers", deal.pk)).get_text()


def test_a_number_says_where_something_waits(world: World, visit) -> None:
    deal = world.proposed().deal
    dean = visit(world.dean)
    assert waiting(dean.get("deal", deal.pk)) == {"Papers": 1}
    messages.write(deal=deal, author=world.buyer, text="Ready?")
    fields = {"title": "Ask", "due_on": timezone.localdate(), "responsible": world.researcher}
    task = work.add(deal=deal, by=world.broker, **fields)
    researcher = visit(world.researcher)
    assert waiting(researcher.get("deal", deal.pk)) == {"Papers": 1, "Room": 2}
    assert waiting(researcher.get("room", deal.pk)) == {"Papers": 1, "Room": 1}, "it is read now"
    work.change(task=task, by=world.researcher, **fields, progress=DealTask.DONE)
    assert waiting(researcher.get("deal", deal.pk)) == {"Papers": 1}


def test_a_complaint_marks_nothing_for_who_may_not_know_of_it(world: World, visit) -> None:
    deal, milestone = world.agreed(), Milestone.objects.get()
    world.pay(milestone)
    world.complain(milestone)
    assert waiting(visit(world.dean).get("deal", deal.pk))["History"] == 1
    for person in (world.broker, world.buyer):
        assert "History" not in waiting(visit(person).get("deal", deal.pk))
    assert "complaint by" not in text_of(visit(world.broker).whole(deal.pk))


def test_what_is_refused_is_shown_in_its_own_section(world: World, visit) -> None:
    deal = performing(world)
    propose(world, deal)
    broker = visit(world.broker)
    too_long = broker.post("write_message", deal.pk, data={"text": "typed " * 1_000})
    assert too_long.status_code == 422
    assert errors_at(too_long, "text")
    assert "typed typed" in soup(too_long).find("textarea").get_text()
    early = broker.post("enforce_amendment", deal.pk)
    for answer, section in ((too_long, Section.ROOM), (early, Section.PAPERS)):
        assert answer.status_code == 422
        current = soup(answer).select_one(".deal-nav [aria-current=page]")
        assert current.get_text(" ", strip=True).startswith(str(section.label))


def test_who_reads_no_messages_sees_the_rest_of_the_room(world: World, visit) -> None:
    deal = world.introduced()
    world.file(deal)
    messages.write(deal=deal, author=world.dean, text="canarymessage")
    page = visit(make_administrator()).get("room", deal.pk)
    assert soup(page).find(id="files").select("li")
    assert soup(page).find(id="messages") is None
    assert "canarymessage" not in page.content.decode()


def fill(world: World, deal: Deal, rows: int) -> None:
    """Add `rows` of all that a deal can have many of."""
    milestone, stored = Milestone.objects.filter(agreement__deal=deal)[0], make_file()
    enterprise, today = party(deal, "enterprise"), timezone.localdate()
    every = range(rows)
    Message.objects.bulk_create(
        Message(deal=deal, party=enterprise, author=world.buyer, text=str(n)) for n in every
    )
    DealTask.objects.bulk_create(
        DealTask(
            deal=deal, title=str(n), due_on=today, responsible=world.buyer, created_by=world.dean
        )
        for n in every
    )
    DealEvent.objects.bulk_create(
        DealEvent(deal=deal, kind="delivered", actor=world.dean, data={"milestone": str(n)})
        for n in every
    )
    files = DealFile.objects.bulk_create(
        DealFile(deal=deal, file=stored, title=str(n), added_by=world.dean, side="institution")
        for n in every
    )
    Invoice.objects.bulk_create(
        Invoice(
            deal=deal,
            milestone=milestone,
            number=f"{rows}-{file.title}",
            issued_on=today,
            amount=1,
            currency="CNY",
            rate=600,
            file=file,
            recorded_by=world.dean,
        )
        for file in files
    )


@pytest.mark.parametrize("section", Section)
def test_no_section_costs_more_for_many_rows_than_for_few(world: World, visit, section) -> None:
    deal = performing(world)
    propose(world, deal)
    readers = [visit(person) for person in (world.buyer, world.broker, world.dean)]

    def cost() -> list[int]:
        found = []
        for reader in readers:
            reader.get(section.value, deal.pk)  # content types and the like are read once
            with CaptureQueriesContext(connection) as queries:
                assert reader.get(section.value, deal.pk).status_code == 200
            found.append(len(queries))
        return found

    fill(world, deal, 5)
    few = cost()
    assert max(few) <= MOST
    fill(world, deal, 500)
    assert cost() == few
