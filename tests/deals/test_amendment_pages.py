"""An amendment from the form to the pages of everybody whom it concerns, and of others."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from brokers.deals import files as deal_files
from brokers.deals import performance, versions
from brokers.deals.models import Agreement, Deal, DealEvent, Document, Milestone, Party
from brokers.deals.room import messages
from brokers.deals.sections import Section
from brokers.deals.succession import Change
from marketplace.accounts.models import Organisation
from tests.deals.amending import amended, draft, performing, propose, sign, states
from tests.deals.factories import World, make_broker, party, pdf
from tests.factories import make_administrator, make_organisation, make_user, owner_of
from tests.pages import errors_at, form_data, soup, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(world: World) -> Deal:
    return performing(world)


class Desk:
    """Fills in and sends the form of an amendment."""

    def __init__(self, visitor: Any, deal: Deal) -> None:
        self.visitor, self.deal = visitor, deal
        self.page = visitor.get("agreement", deal.pk)
        self.data = form_data(self.page, containing="subject")

    def press(self, action: str, **changes: Any) -> Any:
        self.data |= changes
        data = {**self.data, "action": action}
        return self.visitor.post("agreement", self.deal.pk, data=data)


def shown(response: Any, section: str) -> str:
    found = soup(response).find(id=section)
    return found.get_text(" ", strip=True) if found else ""


def test_from_the_form_to_the_version_in_force(world: World, deal: Deal, visit) -> None:
    """What everybody does and sees, one after the other."""
    assert "Draft an amendment" in shown(visit(world.buyer).get("deal", deal.pk), "next")
    desk = Desk(visit(world.broker), deal)
    assert "Milestone 1" in text_of(desk.page)
    assert desk.data["milestones-0-title"] == ["Milestone 2"], "what has begun is not in the form"
    assert desk.data["inventors-0-email"] == [world.researcher.email]
    answer = desk.press(
        "propose",
        **{"milestones-0-amount": "6000.00", "share_team": "60", "share_institution": "30"},
    )
    assert answer.status_code == 302
    assert states(deal) == ["signed", "proposed"]
    page = visit(world.buyer).whole(deal.pk)
    panel = shown(page, "amendment")
    assert "Version 1 stays in force until everybody has signed." in panel
    assert "enterprise: Sample company has not signed yet" in panel or "Sample company" in panel
    assert "Sign the amendment" in shown(page, "next")
    assert "Pay “Milestone 2”" in shown(page, "next"), "the version in force goes on"
    changes = text_of(visit(world.engineer).get("compare", deal.pk, 2))
    assert "5,000.00 CNY" in changes
    assert "6,000.00 CNY" in changes
    assert "60 % of net income" in changes
    agreement = Agreement.objects.get(version=2)
    sign(agreement, party(deal, "institution"), party(deal, "team"), party(deal, "broker"))
    signer = visit(world.buyer, reauthenticated=True)
    place = ("sign", deal.pk, agreement.document_id)
    form = form_data(signer.get(*place), containing="sha256")
    assert signer.post(*place, data={**form, "is_read": "on"}).status_code == 302
    assert states(deal) == ["amended", "signed"]
    page = visit(world.engineer).whole(deal.pk)
    assert not shown(page, "amendment")
    rows = shown(page, "milestones")
    assert "under version 1" in rows
    assert "6,000.00" in rows
    listed = shown(page, "versions")
    for document in Document.objects.filter(kind="agreement"):
        assert document.sha256 in listed
    assert "in force since" in listed
    assert "Version 2 of the agreement is in force" in shown(page, "events")
    assert "16,000.00" in text_of(visit(world.buyer).get("mine"))
    old = visit(world.buyer).get(
        "document", deal.pk, Document.objects.get(version=1, kind="agreement").pk
    )
    assert "What was paid under this one stays under it." in text_of(old)


def test_the_form_is_refused_where_something_has_begun_meanwhile(world, deal, visit) -> None:
    desk = Desk(visit(world.broker), deal)
    second = Milestone.objects.get(agreement__deal=deal, position=2)
    performance.pay(milestone=second, gateway="bank", payer=world.buyer, return_url="/")
    late = desk.press("propose", **{"milestones-0-amount": "6000.00"})
    assert late.status_code == 409
    assert states(deal) == ["signed"]
    desk.data = form_data(late, containing="subject")
    again = desk.press("propose")
    assert again.status_code == 422
    assert "has begun and stays as it is" in errors_at(again, "milestones-0-title")
    desk.data["milestones-0-title"] = "Another"
    assert desk.press("propose").status_code == 302
    kept = {m.title for m in versions.contents(Agreement.objects.get(version=2))}
    assert kept == {"Milestone 1", "Milestone 2", "Another"}


def test_a_payment_page_of_what_was_replaced_says_so(world: World, deal: Deal, visit) -> None:
    second = Milestone.objects.get(agreement__deal=deal, position=2)
    amended(world, deal)
    answer = visit(world.buyer).post("pay", deal.pk, second.pk, data={"gateway": "bank"})
    assert answer.status_code == 409
    assert "Version 2 of the agreement has replaced this milestone" in text_of(answer)


@pytest.mark.parametrize(
    ("what", "who", "says"),
    [
        ("succeed", "nobody@example.org", "Nobody on this site has this e-mail address."),
        ("join:partner", "No such name", "No organisation on this site"),
        ("join:partner", "", "No organisation on this site"),
        ("join:broker", "", "Nobody on this site"),
        ("join:enterprise", "x", ""),
        ("leave:1", "", ""),
        ("succeed:٣", "x", ""),
        ("join:partner", "Sample company", "a party already"),
    ],
)
def test_a_change_of_parties_that_is_not_possible_stands_at_its_row(
    world, deal, visit, what: str, who: str, says: str
) -> None:
    desk = Desk(visit(world.broker), deal)
    if what == "succeed":
        what = f"succeed:{party(deal, 'broker').pk}"
    typed = {"parties-0-what": what, "parties-0-who": who}
    answer = desk.press("propose", **typed, **{"milestones-0-amount": "6000.00"})
    assert answer.status_code == 422
    at = errors_at(answer, "parties-0-who") + errors_at(answer, "parties-0-what")
    assert at
    assert says in at
    assert form_data(answer, containing="subject")["parties-0-who"] == ([who] if who else [""])
    assert states(deal) == ["signed"]


def test_a_partner_and_a_co_broker_come_with_their_parts(world, deal, visit) -> None:
    other, partner = make_broker(), make_organisation("Partner institute")
    desk = Desk(visit(world.broker), deal)
    desk.data["parties-TOTAL_FORMS"] = "2"
    rows = {
        "parties-0-what": "join:broker",
        "parties-0-who": other.email,
        "parties-1-what": "join:partner",
        "parties-1-who": "partner INSTITUTE",
    }
    again = desk.press("recalculate", **rows)
    assert again.status_code == 200
    desk.data = form_data(again, containing="subject")
    parts = {
        f"brokers-{world.broker.pk}-parts": "60",
        f"brokers-{other.pk}-parts": "40",
        f"institutions-{world.institution.pk}-parts": "3",
        f"institutions-{partner.pk}-parts": "1",
    }
    assert set(parts) <= set(desk.data)
    assert desk.press("propose", **parts).status_code == 302
    agreement = Agreement.objects.get(version=2)
    members = {s.role: [m.parts for m in s.members] for s in agreement.plan.plan.shares}
    assert members["broker"] == [60, 40]
    assert members["institution"] == [3, 1]
    back = Desk(visit(world.engineer), deal).data
    assert back["parties-1-what"] == ["join:partner"]
    assert back[f"brokers-{other.pk}-parts"] == ["40"]


def test_declining_asks_for_a_reason_and_tells_it(world: World, deal: Deal, visit) -> None:
    propose(world, deal)
    visitor = visit(world.buyer)
    empty = visitor.post("decline_amendment", deal.pk, data={"reason": " "})
    assert empty.status_code == 422
    assert errors_at(empty, "reason")
    assert states(deal) == ["signed", "proposed"]
    done = visitor.post("decline_amendment", deal.pk, data={"reason": "Too <b>dear</b>."})
    assert done.status_code == 302
    page = visit(world.broker).whole(deal.pk)
    assert "Too <b>dear</b>." in shown(page, "amendment")
    assert "Change the declined amendment, or withdraw it" in shown(page, "next")
    again = Desk(visit(world.broker), deal)
    assert again.data["milestones-0-title"] == ["Part 1"], "nothing typed is lost"
    assert again.press("propose", **{"milestones-0-amount": "6500.00"}).status_code == 302
    assert states(deal) == ["signed", "superseded", "proposed"]


def test_withdrawing_and_putting_into_force_by_button(world: World, deal: Deal, visit) -> None:
    visitor = visit(world.broker)
    propose(world, deal)
    too_early = visitor.post("enforce_amendment", deal.pk)
    assert too_early.status_code == 422
    assert "has not signed yet" in text_of(too_early)
    assert visitor.post("withdraw_amendment", deal.pk).status_code == 302
    assert states(deal) == ["signed", "superseded"]
    assert visitor.post("withdraw_amendment", deal.pk).status_code == 404
    agreement = propose(world, deal, 1_000, terms={"collector": None})
    sign(agreement)
    waiting = visitor.whole(deal.pk)
    assert "only when no money is under way" in shown(waiting, "amendment")
    assert "Put the amendment into force" in shown(waiting, "next")
    assert visitor.post("enforce_amendment", deal.pk).status_code == 422
    assert states(deal) == ["signed", "superseded", "proposed"]


def test_who_may_not(world: World, deal: Deal, visit) -> None:
    agreement = propose(world, deal)
    before = (states(deal), DealEvent.objects.count())
    world.institution.memberships.filter(user=world.researcher).delete()  # the team's lead only
    for person, expected in (
        (make_user(), 404),
        (make_administrator(), 403),
        (world.researcher, 403),
    ):
        visitor = visit(person)
        for name in ("withdraw_amendment", "enforce_amendment"):
            assert visitor.post(name, deal.pk).status_code == expected, (person, name)
        assert visitor.post("agreement", deal.pk, data={"action": "save"}).status_code == expected
    for person in (make_user(), world.engineer):
        data = {"reason": "No."}
        assert visit(person).post("decline_amendment", deal.pk, data=data).status_code == 404
    for name, args in (("compare", (2,)), ("document", (agreement.document_id,))):
        assert visit(make_user()).get(name, deal.pk, *args).status_code == 404
    assert visit(world.buyer).get("compare", deal.pk, 1).status_code == 404
    assert visit(world.buyer).get("compare", deal.pk, 9).status_code == 404
    assert (states(deal), DealEvent.objects.count()) == before


@pytest.fixture
def successor() -> Organisation:
    return make_organisation("Merged company", kind=Organisation.Kind.ENTERPRISE)


def test_who_is_to_join_reads_and_signs_two_texts_and_nothing_else(
    world: World, deal: Deal, visit, successor
) -> None:
    deal_files.add(deal=deal, upload=pdf(), kind="other", title="Secret plan", by=world.researcher)
    messages.write(deal=deal, author=world.buyer, text="Between us.")
    change = Change(
        leaves=party(deal, "enterprise").pk, role="enterprise", organisation=successor.pk
    )
    agreement = propose(world, deal, parties=(change,))
    person = owner_of(successor)
    visitor = visit(person, reauthenticated=True)
    assert deal.reference in text_of(visitor.get("mine"))
    for section in Section:
        if section is not Section.ROOM:
            page = text_of(visitor.get(section.value, deal.pk))
            assert "is to join this deal" in page
            for word in ("Secret plan", "Between us.", "658"):
                assert word not in page, section
    first = Document.objects.get(kind="agreement", version=1)
    assert visitor.get("document", deal.pk, first.pk).status_code == 404
    for name in ("room", "ledger", "agreement", "add_file", "add_task"):
        assert visitor.get(name, deal.pk).status_code == 404, name
    nda = Document.objects.get(kind="nda")
    for document in (nda, agreement.document):
        place = ("sign", deal.pk, document.pk)
        form = form_data(visitor.get(*place), containing="sha256")
        assert visitor.post(*place, data={**form, "is_read": "on"}).status_code == 302
    sign(agreement, *deal.parties.all())
    assert "Secret plan" in shown(visitor.get("room", deal.pk), "files")
    assert "Merged company" in shown(visitor.get("deal", deal.pk), "parties")


def test_who_left_looks_back_and_no_farther(world: World, deal: Deal, visit, successor) -> None:
    messages.write(deal=deal, author=world.buyer, text="While we were there.")
    change = Change(
        leaves=party(deal, "enterprise").pk, role="enterprise", organisation=successor.pk
    )
    agreement = propose(world, deal, parties=(change,))
    sign(
        agreement, Party.every.get(joins_with=agreement), document=Document.objects.get(kind="nda")
    )
    sign(agreement)
    deal = Deal.objects.get()
    messages.write(deal=deal, author=world.researcher, text="Now they are gone.")
    deal_files.add(deal=deal, upload=pdf(), kind="other", title="New plan", by=world.researcher)
    later = propose(world, deal, 1_234, title="Later")
    visitor = visit(world.buyer)
    for section in Section:
        if section is not Section.ROOM:
            text = text_of(visitor.get(section.value, deal.pk))
            assert "left this deal on" in text
            assert "While we were there." in text
            for word in ("Now they are gone.", "New plan", "Later"):
                assert word not in text, section
            assert "Milestone 1" in text
    first = Document.objects.get(kind="agreement", version=1)
    assert visitor.get("text", deal.pk, first.pk).content == first.text.encode()
    assert visitor.get("document", deal.pk, later.document_id).status_code == 404
    for name in ("room", "ledger", "agreement", "add_file", "open_complaint"):
        assert visitor.get(name, deal.pk).status_code == 404, name
    assert visitor.post("withdraw_amendment", deal.pk).status_code == 404
    new = deal.files.get(title="New plan")
    assert visitor.get("file", deal.pk, new.pk).status_code == 404
    assert states(deal) == ["amended", "signed", "proposed"]
    assert deal.reference in text_of(visitor.get("mine"))


def test_the_broker_who_left_sees_its_statement_and_invoices(world, deal, visit) -> None:
    other = make_broker()
    second = Milestone.objects.get(agreement__deal=deal, position=2)
    world.pay(second)
    change = Change(leaves=party(deal, "broker").pk, role="broker", user=other.pk)
    amended(world, deal, 1_000, parties=(change,))
    performance.deliver(milestone=second, by=world.researcher)
    performance.accept(milestone=second, by=world.buyer)
    visitor = visit(world.broker)
    page = visitor.get("deal", deal.pk)
    due = shown(page, "money")
    assert "Statement of" in due
    assert "Invoice 470.00" in due
    assert visitor.get("statement", deal.pk, "user", world.broker.pk).status_code == 200
    assert visitor.get("bill", deal.pk, "user", world.broker.pk).status_code == 200


def test_the_deal_page_costs_the_same_for_each_version(
    world: World, deal: Deal, visit, django_assert_max_num_queries
) -> None:
    amended(world, deal, 100_000, 200_000)
    visitor = visit(world.buyer)
    visitor.whole(deal.pk)
    with django_assert_max_num_queries(25 * len(Section)) as few:
        visitor.whole(deal.pk)
    amended(world, Deal.objects.get(), *([50_000] * 8), title="Next")
    draft(world, Deal.objects.get(), *([50_000] * 9), title="Last")
    with django_assert_max_num_queries(25 * len(Section)) as many:
        visitor.whole(deal.pk)
    assert len(many) - len(few) <= 20, "a version and an amendment more, not milestones"


def test_the_estimate_goes_on_from_what_was_split_before(world: World, visit) -> None:
    tiers = [[0, 900_000, 1000], [900_000, None, 100]]
    shares = {"institution": 3000, "team": 7000}
    deal = performing(world, form="brokers_first", shares=shares, tiers=tiers)
    page = Desk(visit(world.broker), deal).page
    rows = [row.get_text(" ", strip=True) for row in soup(page).select(".waterfall tbody tr")]
    assert any("Brokers" in row and "47.00" in row for row in rows), "1 % of 4,700.00"


def test_a_milestone_that_is_overdue_keeps_its_day(world: World, deal: Deal, visit) -> None:
    past = timezone.localdate() - timedelta(days=5)
    Milestone.objects.filter(agreement__deal=deal, position=2).update(due_on=past)
    desk = Desk(visit(world.broker), deal)
    wrong = {"milestones-0-due_on": str(past - timedelta(days=1))}
    refusal = desk.press("propose", **wrong)
    assert "in the past" in errors_at(refusal, "milestones-0-due_on")
    right = {"milestones-0-due_on": str(past), "milestones-0-amount": "6000.00"}
    assert desk.press("propose", **right).status_code == 302
