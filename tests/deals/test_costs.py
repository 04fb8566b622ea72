"""Direct costs: proven by one person, approved by another."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from brokers.deals import (
    agreements,
    costs,
)
from brokers.deals.models import (
    DirectCost,
)
from brokers.settlement.models import Settlement
from tests.deals.factories import World, pdf
from tests.deals.typed import cny
from tests.factories import make_user
from tests.pages import errors_at, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cost(world: World) -> DirectCost:
    """A cost of a paid and accepted milestone, proven by the researcher."""
    deal = world.negotiating()
    draft = agreements.save_draft(
        deal=deal,
        terms=world.terms(),
        milestones=world.milestones(1_000_000, costs=[("Patent", cny(120_000))]),
        author=world.broker,
    )
    world.sign(agreements.propose(agreement=draft, author=world.broker))
    cost = DirectCost.objects.get()
    world.pay(cost.milestone)
    world.settle(cost.milestone)
    costs.prove(cost=cost, evidence=world.file(deal), by=world.researcher)
    cost.refresh_from_db()
    return cost


def test_cost_is_approved_by_somebody_else_and_settled(world: World, cost: DirectCost) -> None:
    assert not Settlement.objects.exists()
    for person in (world.researcher, world.broker, world.engineer, make_user()):
        with pytest.raises(PermissionDenied):
            costs.approve(cost=cost, by=person)
    costs.approve(cost=cost, by=world.buyer)
    costs.approve(cost=cost, by=world.dean)
    cost.refresh_from_db()
    assert cost.approved_by == world.buyer, "once is enough"
    assert Settlement.objects.get().net_amount == 1_000_000 - 60_000 - 120_000
    with pytest.raises(ValidationError, match="approved already"):
        costs.refuse(cost=cost, reason="Oh.", by=world.dean)


def test_who_added_the_evidence_does_not_approve_it(world: World, cost: DirectCost) -> None:
    costs.refuse(cost=cost, reason="Another invoice.", by=world.dean)
    with pytest.raises(ValidationError, match="evidence of this cost is missing"):
        costs.approve(cost=cost, by=world.dean)
    costs.prove_by_upload(cost=cost, upload=pdf(), by=world.dean)
    with pytest.raises(ValidationError, match="Somebody else"):
        costs.approve(cost=cost, by=world.dean)
    assert not Settlement.objects.exists()
    costs.approve(cost=cost, by=world.bursar)
    assert Settlement.objects.exists()


def test_check_page(world: World, cost: DirectCost, visit) -> None:
    deal = cost.milestone.agreement.deal
    buyer = visit(world.buyer)
    assert "Check the cost “Patent”" in text_of(buyer.get("deal", deal.pk))
    assert "1,200.00" in text_of(buyer.get("check_cost", deal.pk, cost.pk))
    refused = buyer.post("check_cost", deal.pk, cost.pk, data={"decision": "refuse", "reason": " "})
    assert refused.status_code == 422
    assert errors_at(refused, "reason")
    assert buyer.post("check_cost", deal.pk, cost.pk, data={}).status_code == 422
    for person, status in ((world.researcher, 403), (world.broker, 403), (make_user(), 404)):
        data = {"decision": "approve"}
        assert visit(person).post("check_cost", deal.pk, cost.pk, data=data).status_code == status
    cost.refresh_from_db()
    assert cost.approved_at is None
    data = {"decision": "refuse", "reason": "Not ours."}
    assert buyer.post("check_cost", deal.pk, cost.pk, data=data).status_code == 302
    assert "Not ours." in text_of(buyer.get("history", deal.pk))
