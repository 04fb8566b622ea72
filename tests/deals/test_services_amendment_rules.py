"""What an amendment may change, and what it waits for: law, approval, money under way, royalties."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from brokers.deals import (
    agreements,
    amendment_rules,
    amendments,
    royalties,
    versions,
)
from brokers.deals.models import Agreement, Deal, Milestone, Royalty
from brokers.deals.stages import Stage
from brokers.payments.models import Transfer
from brokers.settlement.models import SplitPlan
from brokers.settlement.plan_rules import PlanError
from tests.deals.amending import (
    OTHER,
    draft,
    everybody,
    performing,
    propose,
    refused,
    second,
    sign,
    states,
)
from tests.deals.factories import World, party, pdf
from tests.deals.typed import cny
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(world: World) -> Deal:
    return performing(world)


def test_what_an_amendment_may_not_change(world: World, deal: Deal) -> None:
    with refused("keeps the currency"):
        draft(world, deal, terms={"currency": "USD"})
    with pytest.raises(PlanError):
        propose(world, deal, shares={"institution": 9000})
    base = Agreement.objects.get(version=1)
    kept = [m.pk for m in versions.begun(deal)]
    same = agreements.save_draft(
        deal=deal,
        terms=world.terms(),
        milestones=[{**world.milestones(1, 500_000)[1], "due_on": second(deal).due_on}],
        author=world.broker,
        kept=kept,
    )
    with refused("changes nothing"):
        agreements.propose(agreement=same, author=world.broker)
    amendments.withdraw(agreement=same, by=world.broker)
    assert states(deal) == ["signed"]
    assert versions.total(base) == cny(1_500_000)


def test_the_legal_floor_binds_an_amendment(world: World, deal: Deal) -> None:
    type(world.institution).objects.update(state_established=True)
    with pytest.raises(PlanError, match="below_floor"):
        propose(world, deal, shares={"institution": 5000, "team": 4000, "broker": 1000})
    assert states(deal) == ["signed", "draft"]
    assert SplitPlan.objects.count() == 1


def test_another_price_needs_notice_and_approval(world: World) -> None:
    deal = performing(world)
    type(world.institution).objects.update(state_established=True)
    agreement = propose(world, deal)
    sign(agreement)
    assert states(deal) == ["signed", "proposed"]
    waiting = amendment_rules.obstacles(Agreement.objects.get(version=2))
    assert any("has to complete its due-diligence record" in text for text in waiting)
    world.record_due_diligence(deal)
    with refused("The public notice of name and price is missing"):
        amendments.put_into_force(agreement=agreement, by=world.broker)
    world.notice(deal, 1_700_000, days_ago=16)
    with pytest.raises(PermissionDenied):
        amendments.put_into_force(agreement=agreement, by=make_user())
    amendments.put_into_force(agreement=agreement, by=world.broker)
    assert states(deal) == ["amended", "signed"]
    shares = propose(world, deal, shares=OTHER, title="Next")
    sign(shares)
    assert amendment_rules.obstacles(shares)[-1].startswith(
        "Sample university has approved version 2"
    )
    world.record_due_diligence(deal)
    assert states(deal) == ["amended", "amended", "signed"], "the approval was all it waited for"


def test_the_collector_changes_only_when_no_money_is_under_way(world: World, deal: Deal) -> None:
    agreement = propose(world, deal, terms={"collector": None})
    sign(agreement)
    assert states(deal) == ["signed", "proposed"]
    assert amendment_rules.obstacles(agreement) == [
        "The collector changes only when no money is under way in this deal."
    ]
    for transfer in Transfer.objects.filter(state="by_hand"):
        world.pay_by_hand(transfer)
    amendments.put_into_force(agreement=agreement, by=world.broker)
    assert states(deal) == ["amended", "signed"]
    first = Milestone.objects.get(agreement__version=1, position=1)
    assert first.agreement.collector == world.institution


def test_an_agreement_is_amended_only_while_it_is_performed(world: World) -> None:
    deal = world.agreed(1_000_000)
    with refused("drafted during the negotiation"):
        draft(world, deal, 1)
    milestone = Milestone.objects.get()
    world.pay(milestone)
    agreement = propose(world, deal)
    world.complain(milestone, kind="payment", whole=True)
    with refused("cannot be signed in this stage"):
        sign(agreement, party(deal, "team"))
    assert Deal.objects.get().stage == Stage.DISPUTED


def test_a_royalty_goes_on_under_the_new_version(world: World, deal: Deal) -> None:
    terms = {
        "title": "Running royalty",
        "base": "Net sales",
        "rate": 350,
        "months": 3,
        "first_day": timezone.localdate() - timedelta(days=200),
        "last_day": timezone.localdate() + timedelta(days=400),
        "payment_days": 30,
    }

    def proposed(**changes: Any) -> Agreement:
        drafted = agreements.save_draft(
            deal=deal,
            terms=world.terms(),
            milestones=(),
            royalties=[{**terms, **changes}],
            author=world.broker,
            kept=[m.pk for m in versions.begun(deal)],
        )
        agreements.propose(agreement=drafted, author=world.broker)
        return Agreement.objects.get(pk=drafted.pk)

    def report(royalty: Royalty, first: Any = None) -> Any:
        return royalties.report(
            royalty=royalty,
            period_from=first or royalty.first_day,
            base=cny(1_000_000),
            evidence=pdf(),
            by=world.buyer,
        )

    sign(proposed())
    old = Royalty.objects.get()
    late = proposed(rate=300)
    *first, last = everybody(late)
    sign(late, *first)
    reported = report(old)
    with refused("was reported since this amendment was proposed"):
        sign(late, last)
    with refused("It has been reported until"):
        proposed(rate=300)
    following = reported.period_until + timedelta(days=1)
    sign(proposed(rate=300, first_day=following))
    with refused("This agreement is not in force"):
        report(old, following)
    new = Royalty.objects.get(agreement__state="signed")
    assert report(new).milestone.amount == 30_000
    assert reported.milestone.agreement.version == 2
    assert versions.milestones_of(Deal.objects.get())[1].pk == reported.milestone.pk
