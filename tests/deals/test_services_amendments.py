"""An amendment takes force when everybody has signed; what has begun stays under its own version."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from brokers.deals import (
    agreements,
    amendments,
    documents,
    invoices,
    performance,
    progress,
    refunds,
    versions,
)
from brokers.deals.models import Agreement, Deal, Document, Milestone, Signature
from brokers.deals.stages import Stage
from brokers.payments import charges
from brokers.payments.models import Charge
from brokers.settlement.models import Allocation, Receipt, Refund, SplitPlan
from brokers.settlement.proofs import differences
from marketplace.notifications.models import Notification
from marketplace.outbox import effects
from tests.deals.amending import (
    OTHER,
    amended,
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
TIERS = {
    "form": "brokers_first",
    "shares": {"institution": 3000, "team": 7000},
    "tiers": [[0, 600_000, 1000], [600_000, None, 200]],
}


@pytest.fixture
def deal(world: World) -> Deal:
    return performing(world)


def titles(deal: Deal) -> list[str]:
    return [m.title for m in versions.milestones_of(Deal.objects.get(pk=deal.pk))]


def pay(world: World, milestone: Milestone) -> Charge:
    return performance.pay(milestone=milestone, gateway="bank", payer=world.buyer, return_url="/")


def give_back(world: World, milestone: Milestone, amount: int) -> None:
    refunds.request(
        milestone=milestone,
        amount=cny(amount),
        reason="So.",
        by=world.dean,
        reference=uuid.uuid4(),
    )
    effects.process_due()


def test_the_version_in_force_stays_until_the_last_has_signed(world: World, deal: Deal) -> None:
    agreement = propose(world, deal, 300_000, 400_000)
    *first, last = everybody(agreement)
    sign(agreement, *first)
    assert states(deal) == ["signed", "proposed"]
    assert titles(deal) == ["Milestone 1", "Milestone 2"]
    sign(agreement, last)
    assert states(deal) == ["amended", "signed"]
    assert titles(deal) == ["Milestone 1", "Part 1", "Part 2"]
    assert deal.events.filter(kind="amended", data__version=2).count() == 1
    told = Notification.objects.filter(subject__contains="is in force")
    assert {told.filter(recipient=p).count() for p in (world.buyer, world.researcher)} == {1}
    assert Document.objects.filter(kind="agreement", withdrawn_at=None).count() == 2


def test_the_signed_text_says_what_changes_and_what_stays(world: World, deal: Deal) -> None:
    terms = {"acceptance_days": 30, "loss_bearer": "institution", "tax_basis_points": 300}
    agreement = propose(world, deal, 700_000, shares=OTHER, terms=terms)
    english = agreement.document.text.partition("AMENDMENT OF THE TECHNOLOGY CONTRACT")[2]
    base = Agreement.objects.get(version=1)
    for words in (
        f"SHA-256 {base.document.sha256}",
        "until now: 15\n    from now on: 30",
        "Milestone “Milestone 2”",
        "Milestone “Part 1”",
        "Tax on what is received\n    until now: 6 %\n    from now on: 3 %",
        "from now on: 17,000.00 CNY",
        "Milestone 1 — 10,000.00 CNY, version 1",
    ):
        assert words in english, words
    changed = english.partition("What stays")[0]
    assert "Milestone “Milestone 1”" not in changed
    assert "Losses of a refund" not in changed, "what stays is not listed"


def test_a_payment_keeps_its_plan_and_what_follows_has_the_new_one(
    world: World, deal: Deal
) -> None:
    before = SplitPlan.objects.get()
    agreement = amended(world, deal, 700_000, shares=OTHER)
    assert versions.total(agreement) == cny(1_700_000)
    world.pay(agreement.milestones.get())
    world.settle(agreement.milestones.get())
    receipts = Receipt.objects.order_by("recorded_at")
    assert [receipt.plan for receipt in receipts] == [before, agreement.plan]
    team = Allocation.objects.filter(role="team").order_by("pk")
    assert [line.amount for line in team] == [658_000, 394_800]
    give_back(world, Milestone.objects.get(agreement__version=1, position=1), 1_000_000)
    back = [sum(line.reversals.values_list("amount", flat=True)) for line in team]
    assert back == [658_000, 0], "a refund goes by the plan of its payment"
    assert list(differences()) == []


def test_tiers_go_on_from_the_cumulative_net(world: World) -> None:
    deal = performing(world, **TIERS)
    agreement = amended(world, deal, 500_000, 200_000, **TIERS)
    following = agreement.milestones.get(position=1)
    world.pay(following)
    world.settle(following)
    commission = Allocation.objects.filter(role="broker").order_by("pk")
    assert [line.amount for line in commission] == [66_800, 9_400]
    assert Receipt.objects.values("plan").distinct().count() == 1, "the same plan goes on"
    later = amended(world, deal, 100_000, title="More", **{**TIERS, "minimum": 1_000})
    world.pay(later.milestones.get())
    world.settle(later.milestones.get())
    assert commission.last().amount == 1_880, "2 % of 94,000: nothing is given twice"


def test_what_has_begun_is_kept(world: World) -> None:
    deal = performing(world, *(100_000 for _ in range(5)))
    rest = list(Milestone.objects.filter(agreement__deal=deal).order_by("position"))[1:]
    charged, invoiced, cancelled, free = rest
    pay(world, charged)
    charges.cancel(charge=pay(world, cancelled))
    paper = invoices.Paper(
        number="1", issued_on=timezone.localdate(), amount=cny(50_000), rate=600, file=pdf()
    )
    invoices.issue(milestone=invoiced, paper=paper, by=world.dean)
    amended(world, deal, 700_000)
    assert titles(deal) == ["Milestone 1", "Milestone 2", "Milestone 3", "Part 1"]
    with refused("Version 2 of the agreement has replaced this milestone"):
        pay(world, free)
    world.pay(invoiced)
    assert Receipt.objects.latest("recorded_at").plan == charged.agreement.plan


def test_a_payment_that_begins_first_wins(world: World, deal: Deal) -> None:
    agreement = propose(world, deal)
    *first, last = everybody(agreement)
    sign(agreement, *first)
    charge = pay(world, second(deal))
    with refused("“Milestone 2” is being paid, or was, under version 1"):
        sign(agreement, last)
    assert states(deal) == ["signed", "proposed"]
    assert Signature.objects.filter(document=agreement.document).count() == len(first)
    charges.cancel(charge=charge)
    sign(agreement, last)
    assert states(deal) == ["amended", "signed"]


def test_an_amendment_that_takes_force_first_wins(world: World, deal: Deal) -> None:
    old = second(deal)
    amended(world, deal)
    for step, who in ((performance.deliver, world.researcher), (performance.accept, world.buyer)):
        with refused("has replaced this milestone"):
            step(milestone=old, by=who)
    with refused("has replaced this milestone"):
        pay(world, old)
    assert not Charge.objects.filter(reference=old.pk).exists()


def test_money_that_comes_for_a_replaced_milestone_goes_back(world: World, deal: Deal) -> None:
    old = second(deal)
    charge = charges.cancel(charge=pay(world, old))
    amended(world, deal)
    Charge.objects.filter(pk=charge.pk).update(state="paid", paid_at=timezone.now(), fee=0)
    charge.refresh_from_db()
    performance.payment_received(charge=charge)
    performance.payment_received(charge=charge)
    old.refresh_from_db()
    assert old.paid_at is None
    assert Receipt.objects.get(pk=charge.pk).plan == old.agreement.plan
    assert Refund.objects.get(receipt=charge.pk).amount == 500_000
    assert list(differences()) == []


def test_an_author_who_saw_other_milestones_begin_is_told(world: World, deal: Deal) -> None:
    with refused("has begun"):
        agreements.save_draft(
            deal=deal, terms=world.terms(), milestones=world.milestones(1), author=world.broker
        )
    assert states(deal) == ["signed"]
    drafted = draft(world, deal, 700_000)
    pay(world, second(deal))
    with refused("being paid"):
        agreements.propose(agreement=drafted, author=world.broker)
    assert states(deal) == ["signed", "draft"]
    with refused("has begun and stays as it is"):
        propose(world, deal, 1, title="Milestone")


def test_a_party_declines_with_a_reason(world: World, deal: Deal) -> None:
    agreement = propose(world, deal)
    sign(agreement, party(deal, "team"))
    for who, by, error in (
        ("enterprise", world.engineer, PermissionDenied),
        ("enterprise", make_user(), PermissionDenied),
        ("team", world.researcher, ValidationError),
    ):
        with pytest.raises(error):
            amendments.decline(agreement=agreement, party=party(deal, who), reason="No.", by=by)
    assert states(deal) == ["signed", "proposed"]
    buyer = party(deal, "enterprise")
    amendments.decline(agreement=agreement, party=buyer, reason="Too dear.", by=world.buyer)
    assert states(deal) == ["signed", "declined"]
    assert deal.events.get(kind="amendment_declined").note == "Too dear."
    assert Notification.objects.filter(recipient=world.broker, subject__contains="declined")
    with refused("The text has been replaced"):
        sign(agreement, buyer)
    with refused("not out for signature"):
        amendments.decline(agreement=agreement, party=buyer, reason="No.", by=world.buyer)
    again = amended(world, deal, 600_000)
    assert states(deal) == ["amended", "superseded", "signed"]
    assert again.version == 3


def test_a_proposed_amendment_is_withdrawn_or_replaced(world: World, deal: Deal) -> None:
    agreement = propose(world, deal)
    with pytest.raises(PermissionDenied):
        amendments.withdraw(agreement=agreement, by=make_user())
    assert states(deal) == ["signed", "proposed"]
    other = propose(world, deal, 600_000)
    assert states(deal) == ["signed", "superseded", "proposed"]
    with refused("not on its way any more"):
        amendments.withdraw(agreement=agreement, by=world.broker)
    amendments.withdraw(agreement=other, by=world.buyer)
    assert states(deal) == ["signed", "superseded", "superseded"]
    assert titles(deal) == ["Milestone 1", "Milestone 2"]
    with refused("The text has been replaced"):
        sign(other, party(deal, "team"))
    world.pay(second(deal))
    assert Receipt.objects.count() == 2


def test_only_the_exact_text_is_signed(world: World, deal: Deal) -> None:
    agreement = propose(world, deal)
    with refused("The text has been replaced"):
        documents.sign(
            document=agreement.document,
            party=party(deal, "team"),
            signer=world.researcher,
            sha256=Agreement.objects.get(version=1).document.sha256,
            address="127.0.0.1",
            user_agent="",
        )
    assert not Signature.objects.filter(document=agreement.document).exists()


def test_a_deal_is_not_completed_while_an_amendment_is_on_its_way(world: World, deal: Deal) -> None:
    world.pay(second(deal))
    agreement = propose(world, deal, 700_000, title="One more")
    world.settle(second(deal))
    assert Deal.objects.get().stage == Stage.PERFORMING
    with pytest.raises(progress.MoveRefused, match="An amendment is on its way"):
        progress.advance(deal=deal, move="complete", actor=world.buyer)
    amendments.withdraw(agreement=agreement, by=world.broker)
    assert Deal.objects.get().stage == Stage.COMPLETED


def test_an_amendment_that_leaves_nothing_to_pay_completes_the_deal(
    world: World, deal: Deal
) -> None:
    drafted = draft(world, deal)
    agreements.propose(agreement=drafted, author=world.broker)
    sign(Agreement.objects.get(version=2))
    assert titles(deal) == ["Milestone 1"]
    assert Deal.objects.get().stage == Stage.COMPLETED


def test_what_was_delivered_before_stays_delivered(world: World, deal: Deal) -> None:
    performance.deliver(milestone=second(deal), by=world.researcher)
    kept = [m.pk for m in versions.begun(deal)]
    same = {**world.milestones(1, 600_000)[1], "amount": cny(600_000)}
    drafted = agreements.save_draft(
        deal=deal,
        terms=world.terms(),
        milestones=[same, {**same, "title": "Another"}],
        author=world.broker,
        kept=kept,
    )
    agreements.propose(agreement=drafted, author=world.broker)
    sign(Agreement.objects.get(version=2))
    new = Agreement.objects.get(version=2).milestones.order_by("position")
    assert [m.delivered_at is not None for m in new] == [True, False]
