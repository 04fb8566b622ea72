"""The room of a deal: who reads and writes messages, who sets tasks, what leaves the room."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brokers.deals.models import Deal, DealEvent, DealTask, Message
from brokers.deals.room import messages, people, work
from marketplace.accounts.permissions import FINANCE
from marketplace.notifications.models import Notification
from tests.deals.factories import World
from tests.factories import add_member, in_group, make_administrator, make_user
from tests.pages import errors_at, form_data, soup, text_of

pytestmark = pytest.mark.django_db

CANARY = "canarymessage"


def told(deal: Deal) -> list[str]:
    notices = Notification.objects.filter(url__endswith=f"/deals/{deal.pk}/room/#messages")
    return sorted(notice.recipient.email for notice in notices)


def task_data(responsible, **fields) -> dict:
    due = timezone.localdate() + timedelta(days=10)
    data = {"title": "Send samples", "responsible": responsible.pk, "due_on": due, "progress": 0}
    return data | fields


def test_people_of_a_deal_write_to_each_other(visit) -> None:
    world = World()
    deal = world.introduced()
    assert (
        visit(world.engineer).post("write_message", deal.pk, data={"text": CANARY}).status_code
        == 302
    )
    for person in (world.dean, world.researcher, world.bursar, world.broker, world.buyer):
        for name in ("room", "deal"):
            assert CANARY in text_of(visit(person).get(name, deal.pk)), (person, name)
    message = Message.objects.get()
    assert (message.author, message.party.role) == (world.engineer, "enterprise")


def test_nobody_else_reads_or_writes(visit) -> None:
    world = World()
    deal = world.introduced()
    messages.write(deal=deal, author=world.dean, text=CANARY)
    staff = [make_administrator(), in_group(make_user(), FINANCE)]
    for person, status in ((make_user(), 404), *((person, 403) for person in staff)):
        answer = visit(person).post("write_message", deal.pk, data={"text": "x"})
        assert answer.status_code == status
    assert visit(make_user()).get("room", deal.pk).status_code == 404
    for person in staff:
        assert CANARY not in visit(person).whole(deal.pk).content.decode()
    assert Message.objects.count() == 1


def test_what_is_written_never_leaves_the_room() -> None:
    world = World()
    deal = world.introduced()
    mail.outbox.clear()
    messages.write(deal=deal, author=world.engineer, text=CANARY)
    assert len(mail.outbox) == 2
    assert {to for message in mail.outbox for to in message.to} == set(told(deal))
    for sent in mail.outbox:
        assert CANARY not in sent.subject + sent.body
        assert f"/deals/{deal.pk}/room/#messages" in sent.body
        assert world.engineer.name not in sent.subject + sent.body
    assert not DealEvent.objects.filter(note__contains=CANARY).exists()


def test_followers_are_told_once_until_they_have_looked(visit) -> None:
    world = World()
    deal = world.introduced()
    for _ in range(3):
        messages.write(deal=deal, author=world.engineer, text="Hello?")
    assert told(deal) == sorted([world.researcher.email, world.broker.email])
    visit(world.broker).get("room", deal.pk)
    messages.write(deal=deal, author=world.engineer, text="Hello?")
    assert told(deal).count(world.broker.email) == 2
    assert told(deal).count(world.researcher.email) == 1


def test_who_leaves_an_organisation_leaves_its_deals(visit) -> None:
    world = World()
    deal = world.introduced()
    messages.write(deal=deal, author=world.bursar, text="I write, so I follow.")
    assert world.bursar in people.followers(deal)
    world.bursar.memberships.all().delete()
    assert world.bursar not in people.followers(deal)
    assert visit(world.bursar).get("room", deal.pk).status_code == 404


def test_anonymous_enterprise_writes_without_a_name(visit) -> None:
    world = World(need_fields={"anonymous": True})
    world.engineer.first_name = "Incognita"
    world.engineer.save()
    deal = world.introduced()
    messages.write(deal=deal, author=world.engineer, text="We are interested.")
    page = visit(world.researcher).get("room", deal.pk)
    assert "Incognita" not in page.content.decode()
    assert "Anonymous enterprise" in text_of(page)
    people_offered = soup(visit(world.researcher).get("add_task", deal.pk)).find(
        id="id_responsible"
    )
    assert "Incognita" not in people_offered.get_text()
    assert world.researcher.name in people_offered.get_text()


@pytest.mark.parametrize("text", ["", "   ", "x" * 5001, "a\x00b"])
def test_a_wrong_message_is_refused_at_its_field(visit, text: str) -> None:
    world = World()
    deal = world.introduced()
    response = visit(world.dean).post("write_message", deal.pk, data={"text": text})
    assert response.status_code == 422
    assert errors_at(response, "text")
    assert not Message.objects.exists()


def test_a_message_is_text_and_nothing_else(visit) -> None:
    world = World()
    deal = world.introduced()
    text = "<script>alert(1)</script> <a href='javascript:x'>y</a> =1+1 \u202egnp.exe"
    visit(world.dean).post("write_message", deal.pk, data={"text": text})
    shown = soup(visit(world.broker).get("room", deal.pk)).find(class_="room-message__text")
    assert not shown.find(["script", "a"])
    assert "<script>" in shown.get_text()
    assert shown["dir"] == "auto"


def test_a_task_from_setting_it_to_done(visit) -> None:
    world = World()
    deal = world.introduced()
    visitor = visit(world.broker)
    assert visitor.post("add_task", deal.pk, data=task_data(world.engineer)).status_code == 302
    task = DealTask.objects.get()
    notice = Notification.objects.get(recipient=world.engineer, subject__startswith="A task")
    assert "Send samples" not in notice.subject + notice.body
    own = visit(world.engineer)
    assert "Send samples" in text_of(own.get("mine"))
    assert "Send samples" not in text_of(visit(world.dean).get("mine"))
    data = form_data(own.get("task", deal.pk, task.pk), containing="progress")
    assert own.post("task", deal.pk, task.pk, data=data | {"progress": "50"}).status_code == 302
    task.refresh_from_db()
    assert (task.progress, task.done_at) == (50, None)
    own.post("task", deal.pk, task.pk, data=data | {"progress": "100"})
    own.post("task", deal.pk, task.pk, data=data | {"progress": "75"})
    kinds = DealEvent.objects.filter(kind__startswith="task_").values_list("kind", flat=True)
    assert list(kinds) == ["task_added", "task_done", "task_reopened"]
    text = text_of(visit(world.dean).whole(deal.pk))
    for shown in ("Send samples", "75 %", world.engineer.name, "Task taken up again"):
        assert shown in text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"due_on": "2020-01-01"}, "due_on"),
        ({"due_on": "soon"}, "due_on"),
        ({"progress": "101"}, "progress"),
        ({"progress": "-1"}, "progress"),
        ({"responsible": "999999999"}, "responsible"),
        ({"responsible": "٣"}, "responsible"),
        ({"responsible": ""}, "responsible"),
    ],
)
def test_a_wrong_task_is_not_set(visit, changes, field) -> None:
    world = World()
    deal = world.introduced()
    data = task_data(world.engineer) | changes
    response = visit(world.dean).post("add_task", deal.pk, data=data)
    assert response.status_code == 422
    assert errors_at(response, field)
    assert not DealTask.objects.exists()


def test_strangers_get_no_task_and_members_of_the_other_side_are_not_listed(visit) -> None:
    world = World()
    deal = world.introduced()
    colleague, stranger = add_member(world.enterprise), make_user()
    for person in (colleague, stranger):
        response = visit(world.dean).post("add_task", deal.pk, data=task_data(person))
        assert response.status_code == 422
    assert (
        visit(world.buyer).post("add_task", deal.pk, data=task_data(colleague)).status_code == 302
    )
    assert visit(stranger).get("add_task", deal.pk).status_code == 404
    assert visit(make_administrator()).get("add_task", deal.pk).status_code == 403


def test_who_neither_does_nor_set_a_task_leaves_it_alone(visit) -> None:
    world = World()
    deal, other = world.introduced(), World().introduced()
    fields = task_data(world.engineer) | {"responsible": world.engineer}
    task = work.add(deal=deal, by=world.broker, **fields)
    data = task_data(world.dean, progress=100)
    assert visit(world.dean).post("task", deal.pk, task.pk, data=data).status_code == 403
    assert visit(world.broker).get("task", deal.pk, task.pk).status_code == 200
    other_broker = visit(other.introduction.introduced_by)
    assert other_broker.post("task", other.pk, task.pk, data=data).status_code == 404
    task.refresh_from_db()
    assert task.progress == 0


def test_the_page_asks_as_much_for_many_as_for_few(visit) -> None:
    world = World()
    deal = world.introduced()

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            visit(world.dean).whole(deal.pk)
        return len(queries)

    def fill(times: int) -> None:
        for _ in range(times):
            messages.write(deal=deal, author=world.engineer, text="Hello.")
            fields = task_data(world.engineer) | {"responsible": world.engineer}
            work.add(deal=deal, by=world.engineer, **fields)

    fill(1)
    few = cost()
    fill(5)
    assert cost() == few
