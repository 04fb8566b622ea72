"""A complaint holds the money that it is about until an administrator has decided it, with a reason."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from brokers.deals import complaint_notices, complaints
from brokers.deals.models import Complaint, Statement
from brokers.deals.stages import Stage
from marketplace.accounts.models import Membership
from marketplace.outbox import effects
from tests.deals.complaining import complain_about_all, stage
from tests.deals.factories import PDF, World, party, pdf
from tests.factories import add_member, make_administrator, make_user
from tests.pages import errors_at, form_data, soup, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(half_settled) -> World:
    return half_settled


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"against": "enterprise"}, "against"),
        ({"milestone": None}, "milestone"),
    ],
)
def test_senseless_complaints_are_refused(world: World, fields, field) -> None:
    about: dict[str, Any] = {"kind": "milestone", "milestone": world.second, **fields}
    about["against"] = party(world.deal, fields.get("against", "institution"))
    with pytest.raises(ValidationError) as caught:
        complaints.open_(deal=world.deal, text="x", by=world.buyer, **about)
    assert field in caught.value.error_dict
    assert not Complaint.objects.exists()
    assert stage(world) == Stage.PERFORMING


def test_one_complaint_about_the_same_at_a_time(world: World) -> None:
    world.complain(world.second)
    with pytest.raises(ValidationError, match="open already"):
        world.complain(world.second)
    complain_about_all(world)
    with pytest.raises(ValidationError, match="whole deal is open already"):
        complain_about_all(world)
    assert Complaint.objects.count() == 2


def test_who_takes_part_does_not_decide(world: World) -> None:
    complaint = world.complain(world.second)
    biased = make_administrator()
    add_member(world.enterprise, user=biased)
    for person in (world.buyer, world.dean, make_user(), biased):
        with pytest.raises(PermissionDenied):
            complaints.decide(complaint=complaint, outcome="full", reason="x", by=person)
    for person in (world.engineer, make_user()):
        with pytest.raises(PermissionDenied):
            world.complain(world.first, by=person)
    complaint.refresh_from_db()
    assert (complaint.state, Complaint.objects.count()) == ("open", 1)
    world.decide(complaint, "dismissed")
    with pytest.raises(ValidationError, match="decided already"):
        world.decide(complaint, "dismissed")


def test_both_sides_are_told_and_reminded(world: World, mailoutbox) -> None:
    judge = make_administrator()
    complaint = world.complain(world.second)
    effects.process_due()
    told = {to for mail in mailoutbox if "complaint" in mail.subject for to in mail.to}
    assert told == {world.dean.email, world.bursar.email, judge.email}
    assert not [mail for mail in mailoutbox if "It does not work" in mail.subject + mail.body]
    assert complaint_notices.remind() == 0
    soon = timezone.localdate() + timedelta(days=1)
    Complaint.objects.update(answer_by=soon)
    assert (complaint_notices.remind(), complaint_notices.remind()) == (1, 0)
    complaints.answer(complaint=complaint, text="It does.", by=world.dean)


def test_the_pages_from_complaint_to_decision(world: World, visit) -> None:
    buyer, dean = visit(world.buyer), visit(world.dean)
    page = buyer.get("open_complaint", world.deal.pk)
    data = form_data(page, containing="text")
    silent = buyer.post("open_complaint", world.deal.pk, data=data | {"kind": "milestone"})
    assert silent.status_code == 422
    assert errors_at(silent, "milestone")
    assert errors_at(silent, "text")
    whole = buyer.post(
        "open_complaint", world.deal.pk, data=data | {"kind": "milestone", "milestone": "deal"}
    )
    assert errors_at(whole, "milestone"), "only a complaint about money is about all of it"
    data |= {
        "kind": "milestone",
        "milestone": str(world.second.pk),
        "text": "The burrs are too long.",
        "upload": pdf_file(),
    }
    assert buyer.post("open_complaint", world.deal.pk, data=data).status_code == 302
    at = (world.deal.pk, Complaint.objects.get().pk)
    assert "The burrs are too long." in text_of(dean.get("complaint", *at))
    dean.post("answer_complaint", *at, data={"text": "They are short."})
    judge = visit(make_administrator())
    listed = text_of(judge.get("complaints"))
    for shown in (world.deal.reference, world.enterprise.name, world.institution.name):
        assert shown in listed
    page = judge.get("complaint", *at)
    assert "They are short." in text_of(page)
    wrong = judge.post("decide_complaint", *at, data={"outcome": "partial", "reason": "So."})
    assert wrong.status_code == 422
    assert errors_at(wrong, "amount")
    too_much = {"outcome": "partial", "reason": "So.", "amount": "5000.01"}
    wrong = judge.post("decide_complaint", *at, data=too_much)
    assert wrong.status_code == 422
    assert "5000.00" in errors_at(wrong, "amount")
    assert Complaint.objects.get().state == "open"
    data = {"outcome": "partial", "reason": "Half of it works.", "amount": "2500.00"}
    assert judge.post("decide_complaint", *at, data=data).status_code == 302
    assert judge.post("decide_complaint", *at, data=data).status_code == 409
    shown = text_of(buyer.get("complaint", *at))
    assert "Half of it works." in shown
    assert "2,500.00" in shown
    assert "A complaint was decided" in text_of(buyer.get("history", world.deal.pk))


def test_who_answers_and_decides_stands_under_what_happens_next(world: World, visit) -> None:
    complaint = world.complain(world.second)
    judge = make_administrator()

    def read(person: Any, words: str) -> bool:
        """Whether `person` reads `words` on the page of the deal, as a link where it is theirs."""
        return words in soup(visit(person).get("deal", world.deal.pk)).find(id="next").get_text()

    for person, knows in ((world.dean, True), (world.buyer, True), (world.broker, False)):
        assert read(person, "Answer the complaint by") == knows
        assert not read(person, "Decide the complaint by")
    complaints.answer(complaint=complaint, text="It does.", by=world.dean)
    for person, knows in ((world.dean, True), (judge, True), (world.broker, False)):
        assert read(person, "Decide the complaint by") == knows
        assert not read(person, "Answer the complaint by")
    links = soup(visit(judge).get("deal", world.deal.pk)).find(id="next").find_all("a")
    assert complaint.get_absolute_url() in {link["href"] for link in links}
    world.decide(complaint, "dismissed")
    assert not read(judge, "complaint by")


def test_who_has_left_is_not_told_of_a_complaint(world: World, mailoutbox) -> None:
    for person in (world.dean, world.bursar):
        person.is_active = False
        person.save()
    world.complain(world.second)
    effects.process_due()
    told = {to for mail in mailoutbox if "complaint" in mail.subject for to in mail.to}
    assert not told & {world.dean.email, world.bursar.email}


def pdf_file() -> Any:
    upload = pdf()
    return SimpleUploadedFile(upload.name, upload.content)


def test_only_the_two_sides_and_administrators_read_it(world: World, visit) -> None:
    complaint = world.complain(world.second, upload=pdf(), text="canarysecret")
    said = Statement.objects.get()
    at = (world.deal.pk, complaint.pk)
    for person in (world.broker, make_user(), World().dean):
        for name, *args in (("complaint", *at), ("complaint_evidence", *at, said.pk)):
            assert visit(person).get(name, *args).status_code == 404
        for name in ("answer_complaint", "decide_complaint", "withdraw_complaint"):
            assert visit(person).post(name, *at, data={"text": "x"}).status_code == 404
    assert "canarysecret" not in text_of(visit(world.broker).whole(world.deal.pk))
    assert visit(world.buyer).get("complaints").status_code == 404
    for person in (world.buyer, world.dean, world.engineer, make_administrator()):
        assert visit(person).get("complaint_evidence", *at, said.pk).getvalue() == PDF
    other = World()
    other.open_accounts()
    deal = other.agreed()
    assert visit(other.dean).get("complaint", deal.pk, complaint.pk).status_code == 404
    member = add_member(world.enterprise, role=Membership.Role.MEMBER)
    assert visit(member).post("withdraw_complaint", *at).status_code == 403
    assert Complaint.objects.get().state == "open"
    assert Statement.objects.count() == 1
