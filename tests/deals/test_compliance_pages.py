"""Pages of the record, the public notice and the registration; the papers that they export."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from brokers.deals import notices, registrations
from brokers.deals.models import (
    Agreement,
    Deal,
    DueDiligence,
    Objection,
    PublicNotice,
    Registration,
    Signature,
)
from tests.deals.factories import PDF, World
from tests.deals.test_compliance import REGISTERED
from tests.factories import make_administrator, make_user
from tests.pages import errors_at, form_data, text_of
from tests.papers import read

pytestmark = pytest.mark.django_db


def upload(content: bytes = PDF, name: str = "minutes.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def record(**changes: Any) -> dict[str, Any]:
    return {
        "pricing_mode": "agreement",
        "approved_on": str(timezone.localdate()),
        "approval": "Minutes 4",
        "related_parties": "None.",
        "rights": "none",
        "export_control": "",
        "upload": upload(),
        **changes,
    }


@pytest.fixture
def state() -> World:
    return World(state_established=True)


def test_due_diligence_is_recorded_shown_and_closed(state: World, visit) -> None:
    deal = state.negotiating()
    dean = visit(state.dean)
    assert "Complete the due-diligence record" in text_of(dean.get("deal", deal.pk))
    assert dean.post("due_diligence", deal.pk, data=record()).status_code == 302
    without = record(approval="Minutes 5", upload="")
    assert dean.post("due_diligence", deal.pk, data=without).status_code == 302
    assert DueDiligence.objects.get().approval == "Minutes 5"
    assert "Minutes 5" in text_of(dean.get("papers", deal.pk))
    page = text_of(visit(state.engineer).whole(deal.pk))
    assert "The institution has recorded it" in page
    assert "Minutes 5" not in page, "what it says is the institution's own"
    for person in (state.buyer, state.broker):
        assert visit(person).post("due_diligence", deal.pk, data=record()).status_code == 403
    Deal.objects.update(stage="agreed")
    closed = dean.post("due_diligence", deal.pk, data=record(approval="Minutes 6"))
    assert closed.status_code == 422
    assert "closed once the deal is agreed" in text_of(closed)
    assert DueDiligence.objects.get().approval == "Minutes 5"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"pricing_mode": "guess"}, "pricing_mode"),
        ({"approved_on": "2999-01-01"}, "approved_on"),
        ({"approval": "x" * 201}, "approval"),
        ({"approval": "a\x00b"}, "approval"),
        ({"related_parties": ""}, "related_parties"),
        ({"related_parties": "x" * 1_000_000}, "related_parties"),
        ({"foreign_party": "on"}, "export_control"),
        ({"rights": "use", "rights_from": "2026-01-01"}, "rights_until"),
        ({"rights": "ownership", "rights_share": "101"}, "rights_share"),
        ({"rights": "ownership", "rights_share": "1e1"}, "rights_share"),
        ({"upload": ""}, "upload"),
        ({"upload": upload(b"MZ\x90")}, "upload"),
        ({"upload": upload(b"<svg onload='x'/>", "x.svg")}, "upload"),
        ({"upload": upload(b"text", "x.txt")}, "upload"),
    ],
)
def test_contradictory_record_is_not_stored(state: World, visit, changes, field) -> None:
    deal = state.negotiating()
    response = visit(state.dean).post("due_diligence", deal.pk, data=record(**changes))
    assert response.status_code == 422
    assert errors_at(response, field)
    assert not DueDiligence.objects.exists()


def typed_notice(**changes: Any) -> dict[str, Any]:
    return {
        "subject": "Sample result",
        "amount": "10000.00",
        "amount_currency": "CNY",
        "basis": "Valued by two experts.",
        "closes_on": str(timezone.localdate() + timedelta(days=15)),
        **changes,
    }


def test_from_the_notice_to_the_decision(state: World, visit) -> None:
    deal = state.negotiating()
    dean = visit(state.dean)
    page = dean.get("publish_notice", deal.pk)
    assert form_data(page, containing="subject")["subject"] == [state.result.title]
    assert dean.post("publish_notice", deal.pk, data=typed_notice()).status_code == 302
    notice = PublicNotice.objects.get()
    address = reverse("deals:notice", args=[notice.pk])
    shown = text_of(Client().get(address))
    for wanted in ("Sample result", "10,000.00", "Sample university", "Sign in to object"):
        assert wanted in shown
    assert state.enterprise.name not in shown, "the notice names no buyer"
    assert "Sample result" in text_of(Client().get(reverse("deals:notices")))
    assert Client().post(address, {"text": "x"}).status_code == 302
    assert not Objection.objects.exists(), "strangers sign in first"
    neighbour = make_user(last_name="Neighbour")
    assert visit(neighbour).client.post(address, {"text": ""}).status_code == 422
    assert visit(neighbour).client.post(address, {"text": "Worth <b>more</b>."}).status_code == 302
    objection = Objection.objects.get()
    for stranger in (Client(), visit(make_user()).client, visit(state.buyer).client):
        public = stranger.get(address).content.decode()
        assert "Worth" not in public
        assert "Neighbour" not in public
    assert "Neighbour" in text_of(dean.get("papers", deal.pk))
    others = text_of(visit(state.broker).whole(deal.pk))
    assert "Worth <b>more</b>." in others
    assert "Neighbour" not in others
    data = {"state": "rejected", "decision": "Two experts agree."}
    assert dean.post("decide_objection", deal.pk, objection.pk, data=data).status_code == 302
    assert "Two experts agree." in text_of(Client().get(address))
    again = dean.post("decide_objection", deal.pk, objection.pk, data=data)
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"closes_on": str(timezone.localdate() + timedelta(days=14))}, "closes_on"),
        ({"closes_on": "soon"}, "closes_on"),
        ({"subject": ""}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"basis": "x" * 1_000_000}, "basis"),
        *(
            ({"amount": amount}, "amount")
            for amount in ["-1", "0", "-0", "1e2", "1_000", "١٢٣", "９９", "NaN", "Infinity"]
        ),
        *(({"amount": amount}, "amount") for amount in ["5.005", "9" * 20, "1,000", ""]),
        ({"amount": "0.1", "amount_currency": "JPY"}, "amount"),
        ({"amount_currency": "zzz"}, "amount"),
        ({"amount_currency": "UGX"}, "amount"),
    ],
)
def test_wrong_notice_is_not_published(state: World, visit, changes, field) -> None:
    deal = state.negotiating()
    response = visit(state.dean).post("publish_notice", deal.pk, data=typed_notice(**changes))
    assert response.status_code == 422
    assert errors_at(response, field)
    assert not PublicNotice.objects.exists()


def test_who_may_not_publish_or_decide(state: World, visit) -> None:
    deal = state.negotiating()
    objection = notices.object_to(notice=state.notice(deal), text="x", by=make_user())
    for person, status in (
        (state.researcher, 403),
        (state.buyer, 403),
        (make_administrator(), 403),
        (make_user(), 404),
    ):
        visitor = visit(person)
        assert visitor.get("publish_notice", deal.pk).status_code == status
        assert visitor.post("publish_notice", deal.pk, data=typed_notice()).status_code == status
        args = ("decide_objection", deal.pk, objection.pk)
        assert visitor.get(*args).status_code == status
        decision = {"state": "upheld", "decision": "x"}
        assert visitor.post(*args, data=decision).status_code == status
    assert (PublicNotice.objects.count(), Objection.objects.get().state) == (1, "open")
    other = World()
    args = ("decide_objection", other.negotiating().pk, objection.pk)
    assert visit(other.dean).get(*args).status_code == 404, "another deal's objection"


def test_anonymous_enterprise_stands_on_no_notice(visit) -> None:
    world = World(state_established=True, need_fields={"anonymous": True})
    deal = world.introduced()
    Deal.objects.update(stage="evaluating")
    notice = world.notice(deal)
    for page in (reverse("deals:notice", args=[notice.pk]), reverse("deals:notices")):
        text = text_of(Client().get(page))
        assert world.enterprise.name not in text
        assert world.need.title not in text


def sealed(world: World, **fields: Any) -> Deal:
    deal = world.agreed(1_000_000)
    Agreement.objects.update(**fields)
    world.seal(deal)
    return deal


def typed_registration(**changes: Any) -> dict[str, Any]:
    return {
        "state": "registered",
        "number": "2026310000000001",
        "registered_on": str(timezone.localdate()),
        "total": "10000.00",
        "technology": "9000.00",
        **changes,
    }


def test_registration_is_recorded_and_shown(world: World, visit) -> None:
    deal = sealed(world, tax_treatment="exempt")
    dean = visit(world.dean)
    data = typed_registration(vat_exempt="on", certificate=upload(name="certificate.pdf"))
    assert dean.post("registration", deal.pk, data=data).status_code == 302
    shown = text_of(visit(world.buyer).get("papers", deal.pk))
    assert "2026310000000001" in shown
    again = form_data(dean.get("registration", deal.pk), containing="number")
    assert (again["technology"], again["vat_exempt"]) == (["9000.00"], ["on"])
    for person in (world.buyer, world.broker, make_administrator()):
        assert visit(person).post("registration", deal.pk, data=data).status_code == 403
    assert visit(make_user()).get("registration", deal.pk).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "", "state": "registered"}, "number"),
        ({"number": "=1+1"}, "number"),
        ({"number": "x" * 41}, "number"),
        ({"total": "10000.01"}, "total"),
        ({"technology": "10000.01"}, "technology"),
        ({"technology": "-1"}, "technology"),
        ({"technology": "1e2"}, "technology"),
        ({"total": "９９"}, "total"),
        ({"total": "9223372036854775808"}, "total"),
        ({"registered_on": "2999-01-01"}, "registered_on"),
        ({"vat_exempt": "on"}, "vat_exempt"),
        ({"vat_exempt": "on", "state": "submitted"}, "vat_exempt"),
        ({"state": "guess"}, "state"),
        ({"certificate": upload(b"MZ\x90")}, "certificate"),
    ],
)
def test_wrong_registration_stands_at_its_field(world: World, visit, changes, field) -> None:
    deal = sealed(world)
    response = visit(world.dean).post("registration", deal.pk, data=typed_registration(**changes))
    assert response.status_code == 422
    assert errors_at(response, field)
    assert not Registration.objects.exists()


def test_pack_for_the_registry_as_data_and_as_a_paper(world: World, visit) -> None:
    world.enterprise.name_en = "=1+1 示例公司"
    world.enterprise.save()
    deal = sealed(world)
    registrations.record(agreement=Agreement.objects.get(), by=world.dean, **REGISTERED)
    buyer = visit(world.buyer)
    data = json.loads(buyer.get("registration_pack", deal.pk, "json").content)
    assert data["price"] == "10000.00 CNY"
    assert data["technology_amount"] == "9000.00 CNY"
    assert data["contract_type"] == "licence"
    assert data["scan_sha256"] == deal.files.get().file.sha256
    rows = list(
        csv.reader(io.StringIO(buyer.get("registration_pack", deal.pk, "csv").content.decode()))
    )
    named = {row[2]: row[1] for row in rows}
    assert named["buyer"] == "'=1+1 示例公司", "no cell is a formula"
    paper = buyer.get("registration_pack", deal.pk, "pdf")
    assert paper["Content-Type"] == "application/pdf"
    assert "attachment" in paper["Content-Disposition"]
    seen = read(paper.content)
    assert "10,000.00 CNY" in seen.text
    assert visit(make_user()).get("registration_pack", deal.pk, "json").status_code == 404


def test_nothing_to_register_before_the_contract_is_signed(world: World, visit) -> None:
    deal = world.negotiating()
    assert visit(world.dean).get("registration", deal.pk).status_code == 404
    assert visit(world.dean).get("registration_pack", deal.pk, "pdf").status_code == 404


def test_whole_record_as_one_paper(state: World, visit) -> None:
    agreement = state.proposed()
    deal = agreement.deal
    objection = notices.object_to(
        notice=state.notice(deal), text="价格偏低", by=make_user(last_name="Neighbour")
    )
    state.record_due_diligence(
        deal,
        related_parties="双方无关联关系",
        rights="ownership",
        rights_share=7000,
        rights_from=timezone.localdate(),
    )
    notices.decide(objection=objection, state="rejected", decision="两次评估一致", by=state.dean)
    state.sign(agreement.document)
    dean = visit(state.dean)
    dean.client.cookies["django_language"] = "zh-hans"
    page = dean.client.get(f"/zh-hans/deals/{deal.pk}/due-diligence/pdf/")
    assert page["Content-Type"] == "application/pdf"
    assert b"/FontFile" in page.content
    seen = read(page.content)
    flat = seen.text.replace("\r", "").replace("\n", "")
    for wanted in (
        "双方无关联关系",
        "价格偏低",
        "两次评估一致",
        "Neighbour",
        "70",
        agreement.document.sha256[:20],
        DueDiligence.objects.get().minutes.file.sha256[:20],
    ):
        assert wanted in flat, wanted
    for character in "双方无":
        assert seen.ink(character) > 0.08
    for person in (state.buyer, state.broker):
        assert visit(person).get("due_diligence_pdf", deal.pk).status_code == 403
    assert visit(make_administrator()).get("due_diligence_pdf", deal.pk).status_code == 200
    assert visit(make_user()).get("due_diligence_pdf", deal.pk).status_code == 404


def test_papers_tell_the_day_of_the_sites_clock(world: World, visit) -> None:
    deal = sealed(world, tax_treatment="exempt")
    in_the_night = datetime(2026, 5, 31, 17, 30, tzinfo=UTC)
    Agreement.objects.update(signed_at=in_the_night)
    Signature.objects.update(signed_at=in_the_night)
    registrations.record(agreement=Agreement.objects.get(), by=world.dean, **REGISTERED)
    dean = visit(world.dean)
    pack = json.loads(dean.get("registration_pack", deal.pk, "json").content)
    assert pack["signed_on"] == "2026-06-01"
    record = read(dean.get("due_diligence_pdf", deal.pk).content).text
    assert "June 1, 2026 01:30" in record
    assert "May 31" not in record


def test_exemption_is_offered_for_the_types_that_can_have_it(world: World, visit) -> None:
    deal = world.negotiating()
    desk = visit(world.broker)
    data = form_data(desk.get("agreement", deal.pk), containing="subject")
    data |= {"tax_treatment": "exempt", "contract_type": "consulting", "action": "save"}
    data |= {"subject": "Advice.", "tax_basis_points": "6", "plan_form": "flat"}
    refused = desk.post("agreement", deal.pk, data=data)
    assert refused.status_code == 422
    assert "not exempt" in errors_at(refused, "tax_treatment")
    assert (
        desk.post("agreement", deal.pk, data=data | {"contract_type": "licence"}).status_code == 302
    )
    assert Agreement.objects.get().tax_treatment == "exempt"
