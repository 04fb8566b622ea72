"""The list of deals and the page of one: who sees what, moves, and how much they cost."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from brokers.deals import introductions, progress
from brokers.deals.models import Deal, DealEvent, Milestone, Party
from brokers.deals.sections import Section
from brokers.deals.stages import Stage
from brokers.settlement.models import Book, LedgerTransaction
from brokers.settlement.services import receipts
from marketplace.accounts.models import Membership
from marketplace.accounts.permissions import FINANCE
from marketplace.money import Money
from tests.deals.factories import World, make_broker
from tests.factories import add_member, make_administrator, make_user
from tests.pages import form_data, soup, text_of

pytestmark = pytest.mark.django_db

CANARY = "Secretive Castings"
PERSON = "Incognita"


def test_a_deal_does_not_exist_for_others(visit) -> None:
    world = World()
    deal = world.agreed()
    milestone, document = Milestone.objects.get(), deal.documents.get(kind="agreement")
    cost, other = 1, uuid.uuid4()
    addresses = [
        *((section.value,) for section in Section),
        ("move", "terminate"),
        ("add_broker",),
        ("write_message",),
        ("add_task",),
        ("task", 1),
        ("claim",),
        ("carry_claim", world.broker.pk),
        ("end_claim", world.broker.pk),
        ("draw_up_nda",),
        ("document", document.pk),
        ("text", document.pk),
        ("agreement",),
        ("due_diligence",),
        ("due_diligence_pdf",),
        ("publish_notice",),
        ("decide_objection", 1),
        ("registration",),
        ("registration_pack", "json"),
        ("check_cost", 1),
        ("report_royalty", 1),
        ("invoice", milestone.pk),
        ("bill", "user", world.broker.pk),
        ("void_invoice", 1),
        ("add_file",),
        ("file", 1),
        ("prove", cost),
        ("ledger",),
        ("pay", milestone.pk),
        ("payment", milestone.pk),
        ("cancel_payment", milestone.pk),
        ("deliver", milestone.pk),
        ("accept", milestone.pk),
        ("refund", milestone.pk),
        ("statement", "user", world.researcher.pk),
        ("statement_csv", "organisation", world.institution.pk),
    ]
    stranger, signed_out = visit(make_user(), reauthenticated=True), Client()
    before = list(DealEvent.objects.values_list("pk", flat=True))
    for name, *args in [*addresses, ("sign", document.pk)]:
        for pk in (deal.pk, other):
            statuses = {
                stranger.get(name, pk, *args).status_code,
                stranger.post(name, pk, *args).status_code,
            }
            assert statuses <= {404, 405}, (name, statuses)
        answer = signed_out.get(reverse(f"deals:{name}", args=[deal.pk, *args]))
        assert answer.status_code == 302, name
        assert "/accounts/" in answer["Location"]
    assert list(DealEvent.objects.values_list("pk", flat=True)) == before
    assert Deal.objects.get().stage == Stage.AGREED


def test_parties_and_those_who_run_the_platform_read_it(visit) -> None:
    world = World()
    deal = world.introduced()
    finance = make_user()
    finance.groups.add(Group.objects.get_or_create(name=FINANCE)[0])
    for person in (world.dean, world.researcher, world.engineer, world.broker, finance):
        assert deal.reference in text_of(visit(person).whole(deal.pk))
    assert deal.reference in text_of(visit(make_administrator()).whole(deal.pk))


def test_anonymous_enterprise_stays_anonymous_until_it_discloses_itself(visit) -> None:
    world = World(need_fields={"anonymous": True})
    world.enterprise.name_en = CANARY
    world.enterprise.save()
    world.buyer.first_name = world.engineer.first_name = PERSON
    world.buyer.save()
    world.engineer.save()
    deal = introductions.introduce(
        result=world.result, need=world.need, by=world.buyer, message="Hello."
    )
    broker = make_broker()
    Party.objects.create(deal=deal, role="broker", user=broker)
    for person in (world.dean, world.researcher, broker):
        visitor = visit(person)
        for page in (visitor.whole(deal.pk), visitor.get("mine"), visitor.get("ledger", deal.pk)):
            assert page.status_code == 200
            for secret in (CANARY, PERSON, world.buyer.email, world.enterprise.slug):
                assert secret not in page.content.decode(), secret
    assert "Anonymous enterprise" in text_of(visit(world.dean).get("deal", deal.pk))
    for person in (world.engineer, make_administrator()):
        assert CANARY in text_of(visit(person).get("deal", deal.pk))
    assert visit(world.dean).post("draw_up_nda", deal.pk).status_code == 422
    assert not deal.documents.exists()

    progress.advance(deal=deal, move="disclose", actor=world.buyer)
    assert CANARY in text_of(visit(world.dean).get("deal", deal.pk))
    assert CANARY in text_of(visit(broker).get("mine"))


def test_a_move_by_its_button(visit) -> None:
    world = World()
    deal = world.introduced()
    broker = visit(world.broker)
    page = broker.get("deal", deal.pk)
    assert "Prepare a confidentiality agreement" in text_of(page)
    done = broker.post("move", deal.pk, "open_nda", data={"version": deal.version})
    assert done.status_code == 302
    assert Deal.objects.get().stage == Stage.NDA
    line = soup(broker.get("deal", deal.pk)).find(class_="stages__item--current")
    assert "Confidentiality agreement" in line.get_text()


@pytest.mark.parametrize(
    ("move", "data", "status", "says"),
    [
        ("open_nda", {"version": 0}, 409, "has changed since this page was loaded"),
        ("open_nda", {"version": 1}, 422, "not possible while the deal is in the stage"),
        ("evaluate", {"version": 1}, 422, "The confidentiality agreement is missing."),
        ("decline", {"version": 1, "reason": "  "}, 422, "Give a reason."),
        ("decline", {"version": 1, "reason": "x" * 1_000_000}, 422, "2000"),
        ("decline", {"version": "x", "reason": "No."}, 422, "out of date"),
        ("decline", {"reason": "No."}, 422, "out of date"),
        ("vanish", {"version": 1}, 422, "There is no such step."),
        ("renegotiate", {"version": 1, "reason": "x"}, 403, "may not open this page"),
        ("perform", {"version": 1}, 403, "may not open this page"),
    ],
)
def test_a_move_that_is_refused_changes_nothing(visit, move, data, status, says) -> None:
    world = World()
    deal = world.introduced()
    progress.advance(deal=deal, move="open_nda", actor=world.broker)
    events = DealEvent.objects.count()
    response = visit(world.engineer).post("move", deal.pk, move, data=data)
    assert response.status_code == status
    assert says in text_of(response)
    assert (Deal.objects.get().stage, DealEvent.objects.count()) == (Stage.NDA, events)


def test_a_refused_move_keeps_the_typed_reason(visit) -> None:
    world = World()
    deal = world.agreed()
    version = Deal.objects.get().version
    # What blocks the move is shown instead of its button; another move keeps what was typed.
    data = {"version": version - 1, "reason": "It does not work."}
    response = visit(world.buyer).post("move", deal.pk, "terminate", data=data)
    assert response.status_code == 409
    assert soup(response).find(id="reason-terminate").get_text() == "It does not work."
    world.open_accounts()
    world.pay(Milestone.objects.get())
    version = Deal.objects.get().version
    data = {"version": version, "reason": "We stop here."}
    response = visit(world.buyer).post("move", deal.pk, "terminate", data=data)
    assert response.status_code == 422
    assert "neither settled nor refunded" in text_of(response)


def test_the_page_says_who_has_to_act_and_links_for_who_can(visit) -> None:
    world = World()
    deal = world.agreed(500_000, 500_000)
    world.open_accounts()
    first, _second = Milestone.objects.all()
    for person, links in ((world.buyer, 2), (world.engineer, 0), (world.dean, 0)):
        page = soup(visit(person).get("deal", deal.pk))
        tasks = page.find_all(class_="deal-task")
        assert [task.find(class_="deal-task__who").get_text(strip=True) for task in tasks] == [
            "Sample company",
            "Sample company",
        ]
        assert len(page.select(".deal-task a")) == links
    world.pay(first)
    page = soup(visit(world.researcher).get("deal", deal.pk))
    assert [a.get_text(strip=True) for a in page.select(".deal-task a")] == [
        "Deliver “Milestone 1”"
    ]


def test_brokers_let_another_one_join(visit) -> None:
    world = World()
    deal = world.introduced()
    other, member = make_broker(), add_member(world.enterprise)
    page = visit(world.broker)
    for email, says in (
        ("nobody@example.org", "No verified broker has this address."),
        (make_user().email, "not a verified broker"),
        (member.email, "not a verified broker"),
        ("no address", "Enter a valid email address."),
    ):
        response = page.post("add_broker", deal.pk, data={"email": email})
        assert response.status_code == 422
        assert says in text_of(response)
    assert visit(world.researcher).post("add_broker", deal.pk).status_code == 422
    assert deal.parties.filter(role="broker").count() == 1
    assert page.post("add_broker", deal.pk, data={"email": other.email}).status_code == 302
    assert "joined as broker" in text_of(page.get("deal", deal.pk))
    assert deal.parties.filter(role="broker").count() == 2


def test_no_broker_joins_once_the_agreement_is_out(visit) -> None:
    world = World()
    deal = world.proposed().deal
    data = {"email": make_broker().email}
    response = visit(world.broker).post("add_broker", deal.pk, data=data)
    assert response.status_code == 422
    assert "out for signature" in text_of(response)
    assert deal.parties.filter(role="broker").count() == 1


def test_own_deals_by_stage_with_what_waits(visit) -> None:
    world = World()
    assert "No deal yet" in text_of(visit(world.buyer).get("mine"))
    deal = world.proposed(1_200_000).deal
    mine = visit(world.buyer)
    page = mine.get("mine")
    (row,) = soup(page).find_all(class_="deal-row")
    assert "12,000.00" in row.get_text()
    assert "Sample university" in row.get_text()
    assert [a.get_text(strip=True) for a in row.select(".deal-row__tasks a")] == [
        "Sign the agreement"
    ]
    assert not soup(visit(world.engineer).get("mine")).select(".deal-row__tasks a"), (
        "not an approver"
    )
    assert soup(mine.get("mine", stage="negotiating")).find(class_="deal-row")
    assert not soup(mine.get("mine", stage="declined")).find(class_="deal-row")
    assert soup(mine.get("mine", stage="nonsense", page="x")).find(class_="deal-row")
    assert str(deal.pk) in row.find("a")["href"]


def queries(visitor: Any, name: str, *args: Any) -> int:
    visitor.get(name, *args)  # content types and the like are read once
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert visitor.get(name, *args).status_code == 200
    return len(captured)


def test_pages_cost_the_same_however_much_there_is(visit) -> None:
    world = World()
    world.open_accounts()
    deal = world.agreed(500_000, 500_000, 500_000)
    first, second, third = Milestone.objects.all()
    world.pay(first)
    world.settle(first)
    world.pay(second)
    visitors = {"deal": visit(world.dean), "statement": visit(world.researcher)}
    payee = ("user", world.researcher.pk)

    def costs() -> dict[str, int]:
        return {
            **{one.value: queries(visitors["deal"], one.value, deal.pk) for one in Section},
            "mine": queries(visitors["deal"], "mine"),
            "ledger": queries(visitors["deal"], "ledger", deal.pk),
            "statement": queries(visitors["statement"], "statement", deal.pk, *payee),
        }

    before = costs()
    world.settle(second)
    world.pay(third)
    for number in range(5):
        world.file(deal)
        progress.record(deal=deal, kind="delivered", actor=world.dean, milestone=str(number))
    many_ledger_rows(deal, first)
    assert LedgerTransaction.objects.filter(book=deal.pk).count() > 1_000
    assert costs() == before
    assert max(before[section.value] for section in Section) <= 25
    assert soup(visitors["deal"].get("ledger", deal.pk)).find(class_="pagination")


def many_ledger_rows(deal: Deal, milestone: Milestone) -> None:
    """Receive another 1,700 payments: about 5,000 rows."""
    book = Book.objects.get(pk=deal.pk)
    for _number in range(1_700):
        receipts.record(
            payment_reference=uuid.uuid4(),
            deal_reference=book.pk,
            plan=milestone.agreement.plan,
            collector_key=f"organisation:{deal.result.organisation_id}",
            gross=Money(10_000, "CNY"),
            fee=Money(10, "CNY"),
        )


def test_list_costs_the_same_for_many_deals(visit) -> None:
    world = World()
    world.negotiating()
    visitor = visit(world.broker)
    one = queries(visitor, "mine")
    for _number in range(2):
        other = World()
        other.broker = world.broker
        other.negotiating()
    assert queries(visitor, "mine") == one


def test_introducing_from_a_match(visit) -> None:
    world = World()
    args = ("introduce", world.result.pk, world.need.pk)
    assert visit(make_user()).get(*args).status_code == 404
    assert visit(make_user()).post(*args).status_code == 404
    broker = visit(world.broker)
    page = broker.get(*args)
    assert page.status_code == 200
    data = form_data(page, containing="message")
    too_long = broker.post(*args, data={**data, "message": "x" * 1_000_000})
    assert too_long.status_code == 422
    assert not Deal.objects.exists()
    answer = broker.post(*args, data={**data, "message": "You should talk."})
    deal = Deal.objects.get()
    assert answer.status_code == 302
    assert str(deal.pk) in answer["Location"]
    broker.post(*args, data=data)
    assert Deal.objects.count() == 1, "a second click leads to the same deal"
    shown = text_of(broker.get("deal", deal.pk))
    assert "You should talk." in shown
    assert "What the score is made of" in shown

    rival = visit(make_broker()).post(*args, data=data)
    assert rival.status_code == 422
    assert "Somebody else has introduced these two already." in text_of(rival)
    assert Deal.objects.get().parties.filter(role="broker").count() == 1


def test_introducing_what_is_not_there(visit) -> None:
    world = World()
    broker = visit(world.broker)
    assert broker.get("introduce", 999_999, world.need.pk).status_code == 404
    draft = World(need_fields={}).need
    draft.live = False
    draft.save()
    assert broker.get("introduce", world.result.pk, draft.pk).status_code == 404


def test_broker_does_not_learn_whose_an_anonymous_need_is_by_introducing(visit) -> None:
    world = World(need_fields={"anonymous": True})
    world.need.organisation = world.institution
    world.need.save()
    response = visit(world.broker).post("introduce", world.result.pk, world.need.pk)
    assert response.status_code == 422
    assert "These two cannot be introduced to each other." in text_of(response)
    assert not Deal.objects.exists()


def test_members_role_decides_who_signs(visit) -> None:
    world = World()
    deal = world.proposed().deal
    Membership.objects.filter(user=world.engineer).update(role=Membership.Role.APPROVER)
    page = soup(visit(world.engineer).get("papers", deal.pk))
    assert page.find("a", string=lambda t: t and "Read and sign" in t)
