"""Delivering, accepting, proving costs, refunding, the files."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from brokers.deals import agreements
from brokers.deals.models import DealFile, DirectCost, Milestone
from brokers.payments.models import Refund
from brokers.settlement.models import Settlement
from marketplace.money import Money
from marketplace.outbox import effects
from tests.deals.factories import PDF, World
from tests.factories import make_administrator, make_user
from tests.pages import errors_at, form_data, soup, text_of

pytestmark = pytest.mark.django_db


def upload(name: str = "report.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def paid(world: World) -> tuple[Any, ...]:
    """The address of a paid milestone: deal and milestone."""
    deal = world.agreed(1_000_000)
    milestone = Milestone.objects.get()
    world.pay(milestone)
    return deal.pk, milestone.pk


def test_deliver_with_a_file_accept_and_settle(world: World, visit, paid) -> None:
    team, buyer = visit(world.researcher), visit(world.buyer)
    assert "A report." in text_of(team.get("deliver", *paid))
    early = buyer.post("accept", *paid)
    assert early.status_code == 422
    assert "Nothing has been delivered" in text_of(early)
    assert team.post("deliver", *paid, data={"upload": upload()}).status_code == 302
    team.post("deliver", *paid, data={"upload": upload()})
    assert DealFile.objects.filter(kind="deliverable").count() == 1
    page = buyer.get("accept", *paid)
    assert "Milestone 1" in text_of(page)
    assert buyer.post("accept", *paid).status_code == 302
    effects.process_due()
    assert Settlement.objects.count() == 1
    assert buyer.post("accept", *paid).status_code == 302, "clicked twice"
    assert Settlement.objects.count() == 1
    shown = text_of(buyer.get("money", paid[0]))
    for wanted in ("Net income", "9,400.00", "6,580.00", "rows of the ledger behind it"):
        assert wanted in shown


def test_lying_or_empty_files_are_refused_at_their_field(world: World, visit, paid) -> None:
    team = visit(world.researcher)
    for file in (upload(content=b"MZ\x90"), upload("report.exe"), upload(content=b"")):
        response = team.post("deliver", *paid, data={"upload": file})
        assert response.status_code == 422
        assert errors_at(response, "upload")
    assert Milestone.objects.get().delivered_at is None
    for file in (upload(content=b"MZ\x90"), upload("report.html", b"<script>"), ""):
        data = {"upload": file, "kind": "sealed", "title": ""}
        response = team.post("add_file", paid[0], data=data)
        assert response.status_code == 422
        assert errors_at(response, "upload")
    wrong = {"upload": upload(), "kind": "nonsense", "title": "x" * 200}
    response = team.post("add_file", paid[0], data=wrong)
    assert errors_at(response, "kind")
    assert errors_at(response, "title")
    assert not DealFile.objects.exists()


def test_who_may_not_deliver_accept_or_refund(world: World, visit, paid) -> None:
    denied = {
        "deliver": (world.buyer, world.broker, make_administrator()),
        "accept": (world.engineer, world.dean, world.broker, make_administrator()),
        "refund": (world.buyer, world.researcher, world.broker),
    }
    for name, people in denied.items():
        for person in people:
            assert visit(person).get(name, *paid).status_code == 403, (name, person)
            assert visit(person).post(name, *paid).status_code == 403, (name, person)
    milestone = Milestone.objects.get()
    assert (milestone.delivered_at, milestone.accepted_at) == (None, None)
    assert not Refund.objects.exists()


def test_evidence_of_a_cost_settles_what_waited_for_it(world: World, visit) -> None:
    deal = world.negotiating()
    draft = agreements.save_draft(
        deal=deal,
        terms=world.terms(),
        milestones=world.milestones(1_000_000, costs=[("Patent", Money(120_000, "CNY"))]),
        author=world.broker,
    )
    world.sign(agreements.propose(agreement=draft, author=world.broker))
    cost = DirectCost.objects.get()
    world.pay(cost.milestone)
    world.settle(cost.milestone)
    team = visit(world.researcher)
    assert "Add evidence" in text_of(team.get("milestones", deal.pk))
    assert "1,200.00" in text_of(team.get("prove", deal.pk, cost.pk))
    lying = team.post("prove", deal.pk, cost.pk, data={"upload": upload(content=b"MZ")})
    assert lying.status_code == 422
    assert errors_at(lying, "upload")
    assert not Settlement.objects.exists()
    data = {"upload": upload("invoice.pdf")}
    assert team.post("prove", deal.pk, cost.pk, data=data).status_code == 302
    assert not Settlement.objects.exists(), "a second person approves first"
    approval = {"decision": "approve", "reason": ""}
    assert visit(world.buyer).post("check_cost", deal.pk, cost.pk, data=approval).status_code == 302
    assert Settlement.objects.get().net_amount == 1_000_000 - 60_000 - 120_000
    again = team.post("prove", deal.pk, cost.pk, data={"upload": upload("invoice.pdf")})
    assert again.status_code == 422
    assert "has its evidence already" in text_of(again)
    assert DealFile.objects.count() == 1
    page = soup(team.get("money", deal.pk))
    evidence = page.select_one(".waterfall a")
    assert evidence.get_text() == "Patent"
    answer = team.client.get(evidence["href"])
    assert b"".join(answer.streaming_content) == PDF
    assert visit(World().buyer).get("prove", deal.pk, cost.pk).status_code == 404


@pytest.mark.parametrize("amount", ["-1", "1e2", "1_000", "9" * 20, "0", "10000.01", "5.005", ""])
def test_wrong_refund_stands_at_its_field(world: World, visit, paid, amount) -> None:
    keeper = visit(world.bursar)
    data = form_data(keeper.get("refund", *paid), containing="amount")
    data |= {"amount": amount, "reason": "Too late."}
    response = keeper.post("refund", *paid, data=data)
    assert response.status_code == 422
    assert errors_at(response, "amount")
    assert form_data(response, containing="amount")["reason"] == ["Too late."]
    assert not Refund.objects.exists()


def test_refund_once_and_with_a_reason(world: World, visit, paid) -> None:
    keeper = visit(world.dean)
    data = form_data(keeper.get("refund", *paid), containing="amount")
    data |= {"amount": "4000.00"}
    for reason in ("", "   ", "x" * 1_000_000):
        response = keeper.post("refund", *paid, data=data | {"reason": reason})
        assert response.status_code == 422
        assert errors_at(response, "reason")
    tampered = keeper.post("refund", *paid, data=data | {"reason": "x", "reference": "1"})
    assert tampered.status_code == 422
    assert not Refund.objects.exists()
    good = data | {"reason": "Half is missing."}
    assert keeper.post("refund", *paid, data=good).status_code == 302
    assert keeper.post("refund", *paid, data=good).status_code == 302
    assert Refund.objects.count() == 1
    other = keeper.post("refund", *paid, data=good | {"amount": "1.00"})
    assert other.status_code == 422, "this page ordered another refund already"
    assert "A refund of 4,000.00 CNY was ordered" in text_of(keeper.get("history", paid[0]))


def test_unpaid_milestone_has_nothing_to_refund(world: World, visit) -> None:
    deal = world.agreed()
    assert visit(world.dean).get("refund", deal.pk, Milestone.objects.get().pk).status_code == 404


def test_files_are_for_the_parties_alone(world: World, visit) -> None:
    deal = world.introduced()
    data = {
        "upload": upload("合同.pdf"),
        "kind": "sealed",
        "title": "Sealed contract",
        "tier": "parties",
    }
    assert visit(world.engineer).post("add_file", deal.pk, data=data).status_code == 302
    file = DealFile.objects.get()
    answer = visit(world.broker).get("file", deal.pk, file.pk)
    assert b"".join(answer.streaming_content) == PDF
    assert "attachment" in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert visit(make_user()).get("file", deal.pk, file.pk).status_code == 404
    other = World()
    assert visit(other.broker).get("file", other.introduced().pk, file.pk).status_code == 404
