"""Reading and signing: the exact text, by who has just proven to be it."""

import hashlib
from typing import Any

import pytest
from django.urls import reverse

from brokers.deals import agreements, progress
from brokers.deals.models import Agreement, Deal, Document, Signature
from brokers.deals.stages import Stage
from marketplace.accounts.models import Membership
from marketplace.audit import trail
from tests.deals.factories import World
from tests.factories import PASSWORD, add_member
from tests.pages import errors_at, form_data, soup, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def signing(document: Document) -> tuple[Any, ...]:
    return "sign", document.deal_id, document.pk


def test_the_text_on_screen_and_in_the_file_is_the_one_that_is_hashed(world: World, visit) -> None:
    document = world.proposed().document
    visitor = visit(world.engineer)
    page = visitor.get("document", document.deal_id, document.pk)
    shown = soup(page).find(class_="deal-text").get_text()
    assert shown.strip() == document.text.strip()
    assert document.sha256 in text_of(page)
    file = visitor.get("text", document.deal_id, document.pk)
    assert hashlib.sha256(file.content).hexdigest() == document.sha256
    assert "attachment" in file["Content-Disposition"]
    (logged,) = trail.history(document.deal).filter(action="deal.download")
    assert (logged.user, logged.data) == (world.engineer, {"document": str(document.pk)})


def test_signing_asks_for_the_password_and_then_goes_on(world: World, visit) -> None:
    document = world.proposed().document
    visitor = visit(world.buyer)
    address = reverse("deals:sign", args=[document.deal_id, document.pk])
    asked = visitor.get(*signing(document))
    assert asked.status_code == 302
    assert "reauthenticate" in asked["Location"]
    data = {"party": document.deal.parties.get(role="enterprise").pk, "is_read": "on"}
    posted = visitor.post(*signing(document), data=data | {"sha256": document.sha256})
    assert posted.status_code == 302
    assert not Signature.objects.filter(document=document).exists()
    wrong = visitor.client.post(posted["Location"], {"password": "wrong", "next": address})
    assert wrong.status_code == 200
    assert not Signature.objects.filter(document=document).exists()
    done = visitor.client.post(posted["Location"], {"password": PASSWORD, "next": address})
    assert done.status_code == 302
    signature = Signature.objects.get(document=document)
    assert (signature.user, signature.sha256) == (world.buyer, document.sha256)
    assert signature.address == "127.0.0.1"


def test_signing_by_all_closes_the_negotiation(world: World, visit) -> None:
    document = world.proposed().document
    for person in (world.dean, world.buyer, world.researcher, world.broker):
        visitor = visit(person, reauthenticated=True)
        page = visitor.get(*signing(document))
        assert document.sha256 in text_of(page)
        data = form_data(page, containing="sha256") | {"is_read": "on"}
        assert visitor.post(*signing(document), data=data).status_code == 302
        visitor.post(*signing(document), data=data)
        assert visitor.get(*signing(document)).status_code == 302, "nothing is left to sign"
    assert Signature.objects.filter(document=document).count() == 4
    assert Deal.objects.get().stage == Stage.AGREED


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"is_read": ""}, "is_read", "Read the text"),
        ({"party": "999999"}, "party", "Select a valid choice"),
        ({"party": "x"}, "party", "Select a valid choice"),
        ({"sha256": "0" * 64}, None, "The text has been replaced meanwhile."),
        ({"sha256": "x" * 1_000_000}, None, "64"),
        ({"sha256": ""}, None, "required"),
    ],
)
def test_what_is_not_signed(world: World, visit, changes, field, says) -> None:
    document = world.proposed().document
    visitor = visit(world.buyer, reauthenticated=True)
    data = form_data(visitor.get(*signing(document)), containing="sha256") | {"is_read": "on"}
    response = visitor.post(*signing(document), data=data | changes)
    assert response.status_code == 422
    summary = soup(response).find(class_="error-summary").get_text(" ", strip=True)
    assert says in (errors_at(response, field) if field else summary)
    assert not Signature.objects.filter(document=document).exists()


def test_who_may_not_sign_for_a_party(world: World, visit) -> None:
    document = world.proposed().document
    clerk = visit(add_member(world.enterprise), reauthenticated=True)
    assert clerk.get(*signing(document)).status_code == 302, "back to reading"
    other = document.deal.parties.get(role="team").pk
    data = {"party": other, "sha256": document.sha256, "is_read": "on"}
    for person in (clerk, visit(world.buyer, reauthenticated=True)):
        response = person.post(*signing(document), data=data)
        assert response.status_code == 422
    assert not Signature.objects.filter(document=document).exists()


def test_one_person_signs_for_each_of_its_parties(world: World, visit) -> None:
    Membership.objects.filter(user=world.researcher).update(role=Membership.Role.APPROVER)
    document = world.proposed().document
    visitor = visit(world.researcher, reauthenticated=True)
    page = visitor.get(*signing(document))
    assert len(soup(page).find_all("input", attrs={"name": "party"})) == 2
    for role in ("team", "institution"):
        data = form_data(visitor.get(*signing(document)), containing="sha256") | {"is_read": "on"}
        data["party"] = [str(document.deal.parties.get(role=role).pk)]
        assert visitor.post(*signing(document), data=data).status_code == 302
    assert Signature.objects.filter(document=document, user=world.researcher).count() == 2


def test_a_replaced_version_is_read_but_not_signed(world: World, visit) -> None:
    first = world.proposed()
    draft = agreements.save_draft(
        deal=first.deal, terms=world.terms(), milestones=world.milestones(5), author=world.broker
    )
    agreements.propose(agreement=draft, author=world.broker)
    visitor = visit(world.buyer, reauthenticated=True)
    page = visitor.get("document", first.deal_id, first.document_id)
    assert "replaced by another one" in text_of(page)
    data = {
        "party": first.deal.parties.get(role="enterprise").pk,
        "sha256": first.document.sha256,
        "is_read": "on",
    }
    response = visitor.post("sign", first.deal_id, first.document_id, data=data)
    assert response.status_code == 422
    assert not Signature.objects.filter(document=first.document).exists()


def test_documents_of_another_deal_are_not_found(world: World, visit) -> None:
    deal = world.introduced()
    other = World().proposed().document
    for name in ("document", "text"):
        assert visit(world.dean).get(name, deal.pk, other.pk).status_code == 404
    assert visit(world.dean, reauthenticated=True).get("sign", deal.pk, other.pk).status_code == 404


def test_confidentiality_agreement_by_its_button(world: World, visit) -> None:
    deal = world.introduced()
    visitor = visit(world.broker)
    assert visitor.post("draw_up_nda", deal.pk).status_code == 422, "not in this stage"
    progress.advance(deal=deal, move="open_nda", actor=world.broker)
    assert visit(world.researcher).get("deal", deal.pk).status_code == 200
    first = visitor.post("draw_up_nda", deal.pk)
    assert first.status_code == 302
    assert visitor.post("draw_up_nda", deal.pk)["Location"] == first["Location"]
    assert Document.objects.filter(kind="nda").count() == 1
    assert not Agreement.objects.exists()
    page = visit(world.dean).get("papers", deal.pk)
    assert "Sample company has not signed yet" in text_of(page)
