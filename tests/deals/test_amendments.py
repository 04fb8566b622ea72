"""An amendment takes force when everybody has signed; what has begun stays under its own version."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from brokers.deals import (
    agreements,
    amendments,
    complaints,
    documents,
    invoices,
    performance,
    progress,
    royalties,
    versions,
)
from brokers.deals.models import (
    Agreement,
    Deal,
    DealEvent,
    Document,
    Milestone,
    Party,
    Royalty,
    Signature,
)
from brokers.payments import charges
from brokers.payments.models import Charge
from brokers.settlement.models import Allocation, Receipt, SplitPlan
from brokers.settlement.plan_rules import PlanError
from brokers.settlement.proofs import differences
from marketplace.money import Money
from marketplace.notifications.models import Notification
from marketplace.outbox import effects
from tests.deals.amending import amended, draft, everybody, performing, propose, sign
from tests.deals.factories import World, party, pdf
from tests.deals.typed import cny
from tests.factories import make_user

pytestmark = pytest.mark.django_db
OTHER = {"institution": 3000, "team": 6000, "broker": 1000}


@pytest.fixture
def deal(world: World) -> Deal:
    return performing(world)


def titles(deal: Deal) -> list[str]:
    return [m.title for m in versions.milestones_of(Deal.objects.get(pk=deal.pk))]


def states(deal: Deal) -> list[str]:
    return list(deal.agreements.values_list("state", flat=True))


def pay(world: World, milestone: Milestone) -> Charge:
    return performance.pay(milestone=milestone, gateway="bank", payer=world.buyer, return_url="/")


def test_the_version_in_force_stays_until_the_last_has_signed(world: World, deal: Deal) -> None:
    agreement = propose(world, deal, 300_000, 400_000)
    *first, last = everybody(agreement)
    sign(agreement, *first)
    assert states(deal) == ["signed", "proposed"]
    assert titles(deal) == ["Milestone 1", "Milestone 2"]
    sign(agreement, last)
    assert states(deal) == ["amended", "signed"]
    assert titles(deal) == ["Milestone 1", "Part 1", "Part 2"]
    events = list(deal.events.values_list("kind", flat=True))[-3:]
    assert events == ["agreement_proposed", "agreement_signed", "amended"] or "amended" in events
    told = Notification.objects.filter(subject__contains="is in force")
    assert told.filter(recipient=world.buyer).exists()
    assert told.filter(recipient=world.researcher).exists()


def test_a_payment_keeps_its_plan_and_what_follows_has_the_new_one(
    world: World, deal: Deal
) -> None:
    before = SplitPlan.objects.get()
    agreement = amended(world, deal, 700_000, shares=OTHER)
    assert agreement.plan != before
    assert versions.total(agreement) == cny(1_700_000)
    following = agreement.milestones.get()
    world.pay(following)
    world.settle(following)
    receipts = Receipt.objects.order_by("recorded_at")
    assert [receipt.plan for receipt in receipts] == [before, agreement.plan]
    team = Allocation.objects.filter(role="team").order_by("pk")
    assert [line.amount for line in team] == [658_000, 394_800]
    first = Milestone.objects.get(position=1, agreement__version=1)
    world_refund(world, first, 1_000_000)
    back = sum(team[0].reversals.values_list("amount", flat=True))
    assert back == 658_000, "a refund goes by the plan of its payment"
    assert list(differences()) == []


def world_refund(world: World, milestone: Milestone, amount: int) -> None:
    import uuid

    from brokers.deals import refunds

    refunds.request(
        milestone=milestone, amount=cny(amount), reason="So.", by=world.dean, reference=uuid.uuid4()
    )
    effects.process_due()
