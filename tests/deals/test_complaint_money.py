"""What a complaint holds waits until it is decided, whoever pays, accepts or refunds meanwhile."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from brokers.deals import complaints, performance, progress, refunds
from brokers.deals.models import Deal, DealEvent, Milestone
from brokers.deals.stages import Stage
from brokers.payments import payout_lists
from brokers.payments.models import PayoutAccount, PayoutItem, Refund, Transfer
from brokers.settlement import owing
from brokers.settlement.models import Book, Payout, Settlement
from marketplace.money import Money
from marketplace.outbox import effects
from tests.deals.card import ledger_check
from tests.deals.complaining import complain_about_all, held, stage
from tests.deals.factories import World, party

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(half_settled) -> World:
    return half_settled


def test_a_complaint_about_the_deal_holds_what_has_not_left_and_settles_nothing(
    world: World,
) -> None:
    assert held() == {False}
    complaint = complain_about_all(world)
    assert (stage(world), held()) == (Stage.DISPUTED, {True})
    today = timezone.localdate()
    assert complaint.answer_by == today + timedelta(days=10)
    assert complaint.decide_by == today + timedelta(days=30)
    with pytest.raises(ValidationError):
        world.settle(world.second)
    assert Settlement.objects.count() == 1
    with pytest.raises(ValidationError, match="held"):
        world.pay_by_hand(Transfer.objects.first())
    with pytest.raises(ValidationError, match="held"):
        payout_lists.draw_up(
            collector=world.institution,
            currency="CNY",
            orders=[Transfer.objects.first()],
            by=world.dean,
        )


def test_a_complaint_about_a_milestone_holds_no_other_money(world: World) -> None:
    """What the first milestone owes is paid; the second is accepted, but not split, until decided."""
    complaint = world.complain(world.second)
    assert (stage(world), held()) == (Stage.PERFORMING, {False})
    for transfer in Transfer.objects.filter(state="by_hand"):
        world.pay_by_hand(transfer)
    world.settle(world.second)
    assert Settlement.objects.count() == 1
    assert stage(world) == Stage.PERFORMING, "not completed while its money is held"
    world.decide(complaint, "dismissed")
    effects.process_due()
    assert Settlement.objects.count() == 2
    assert stage(world) == Stage.COMPLETED
    assert ledger_check() == ""


def test_the_other_milestone_is_split_and_paid_out(world: World) -> None:
    complaint = world.complain(world.first)
    assert (stage(world), held()) == (Stage.PERFORMING, {True})
    world.settle(world.second)
    assert Settlement.objects.count() == 2
    free = Transfer.objects.filter(held=False, state="by_hand")
    payments = Payout.objects.filter(pk__in=free.values("reference")).values_list("receipt")
    assert set(payments) == {(Milestone.objects.get(pk=world.second.pk).payment_reference,)}
    for transfer in free:
        world.pay_by_hand(transfer)
    assert held() == {True}
    assert stage(world) == Stage.PERFORMING
    world.decide(complaint, "dismissed")
    effects.process_due()
    assert (stage(world), held()) == (Stage.COMPLETED, {False})
    for transfer in Transfer.objects.filter(state="by_hand"):
        world.pay_by_hand(transfer)
    assert ledger_check() == ""


def test_a_claim_is_not_met_with_what_another_complaint_holds(world: World) -> None:
    """All of the first milestone is given back when the second, which is held, is all that is owed."""
    for transfer in Transfer.objects.filter(state="by_hand"):
        world.pay_by_hand(transfer)
    PayoutAccount.objects.filter(user=world.broker).update(status="closed")
    world.settle(world.second)
    complaint = world.complain(world.second)
    before = owing.held_parts(Book.objects.get())
    assert before
    refunds.request(
        milestone=world.first,
        amount=Money(1_000_000, "CNY"),
        reason="Nothing works.",
        by=world.dean,
        reference=complaint.pk,
    )
    effects.process_due()
    assert owing.held_parts(Book.objects.get()) == before
    world.decide(complaint, "dismissed")
    assert owing.held_parts(Book.objects.get()) == []
    assert ledger_check() == ""


@pytest.mark.parametrize("about", ["second", "deal"])
def test_dismissed_the_money_goes_on(world: World, about) -> None:
    complaint = world.complain(world.second) if about == "second" else complain_about_all(world)
    world.decide(complaint, "dismissed")
    effects.process_due()
    assert (stage(world), held()) == (Stage.PERFORMING, {False})
    world.settle(world.second)
    assert stage(world) == Stage.COMPLETED
    for transfer in Transfer.objects.filter(state="by_hand"):
        world.pay_by_hand(transfer)
    assert ledger_check() == ""
    kinds = [e.kind for e in DealEvent.objects.filter(kind__startswith="complaint")]
    assert kinds == ["complaint_opened", "complaint_decided"]


def test_a_part_is_given_back_and_what_waited_is_paid_anew(world: World) -> None:
    before = {t.account_id: t.amount for t in Transfer.objects.all()}
    complaint = world.complain(world.first)
    world.decide(complaint, "partial", amount=Money(500_000, "CNY"))
    effects.process_due()
    complaint.refresh_from_db()
    assert (complaint.money, complaint.state) == (Money(500_000, "CNY"), "decided")
    assert Refund.objects.get().money == Money(500_000, "CNY")
    again = {t.account_id: t.amount for t in Transfer.objects.filter(state="by_hand")}
    assert again == {account: amount // 2 for account, amount in before.items()}
    assert Transfer.objects.filter(state="failed").count() == len(before)
    world.pay_by_hand(Refund.objects.get())
    for transfer in Transfer.objects.filter(state="by_hand"):
        world.pay_by_hand(transfer)
    assert ledger_check() == ""


@pytest.mark.parametrize("ends", [False, True])
def test_all_of_an_unsettled_payment_is_given_back(world: World, ends) -> None:
    complaint = world.complain(world.second)
    world.decide(complaint, "full", ends=ends)
    effects.process_due()
    world.pay_by_hand(Refund.objects.get())
    assert stage(world) == (Stage.TERMINATED if ends else Stage.COMPLETED)
    assert Settlement.objects.count() == 1
    assert ledger_check() == ""


def test_the_agreement_does_not_end_while_money_is_unsettled(world: World) -> None:
    complaint = world.complain(world.first)
    with pytest.raises(ValidationError, match="neither settled nor refunded"):
        world.decide(complaint, "full", ends=True)
    complaint.refresh_from_db()
    assert (complaint.state, stage(world)) == ("open", Stage.PERFORMING)
    assert not Refund.objects.exists()


@pytest.mark.parametrize("is_first_decided_first", [True, False])
def test_two_complaints_hold_until_both_are_decided(world: World, is_first_decided_first) -> None:
    one, everything = world.complain(world.first), complain_about_all(world)
    assert (stage(world), held()) == (Stage.DISPUTED, {True})
    if is_first_decided_first:
        world.decide(one, "dismissed")
        assert (stage(world), held()) == (Stage.DISPUTED, {True})
        complaints.withdraw(complaint=everything, by=world.buyer)
    else:
        complaints.withdraw(complaint=everything, by=world.buyer)
        assert (stage(world), held()) == (Stage.PERFORMING, {True})
        world.decide(one, "dismissed")
    assert (stage(world), held()) == (Stage.PERFORMING, {False})


@pytest.mark.parametrize("move", ["complete", "terminate"])
def test_a_deal_does_not_end_while_a_complaint_holds_money(world: World, move) -> None:
    world.complain(world.first)
    world.settle(world.second)
    with pytest.raises(progress.MoveRefused, match="complaint about money"):
        progress.advance(deal=world.deal, move=move, actor=world.buyer, reason="Enough.")
    assert stage(world) == Stage.PERFORMING


def test_a_complaint_about_the_whole_deal_can_end_it(world: World) -> None:
    world.settle(world.second)
    Deal.objects.update(stage=Stage.PERFORMING)
    complaint = complain_about_all(world)
    world.decide(complaint, "upheld", ends=True)
    effects.process_due()
    assert (stage(world), held()) == (Stage.TERMINATED, {False})


def test_after_completion_a_complaint_holds_what_is_left_to_pay(world: World) -> None:
    world.settle(world.second)
    assert stage(world) == Stage.COMPLETED
    complaint = complain_about_all(world)
    assert (stage(world), held()) == (Stage.COMPLETED, {True})
    world.decide(complaint, "upheld")
    assert (stage(world), held()) == (Stage.COMPLETED, {False})


def test_what_is_at_the_bank_already_is_not_held(world: World) -> None:
    sent, kept = Transfer.objects.order_by("pk")
    made = payout_lists.draw_up(
        collector=world.institution, currency="CNY", orders=[sent], by=world.dean
    )
    payout_lists.release(payout_list=made, by=world.bursar)
    world.complain(world.first)
    assert list(Transfer.objects.filter(held=True)) == [kept]
    assert PayoutItem.objects.get().stands


def test_conduct_holds_nothing(world: World) -> None:
    complaint = complaints.open_(
        deal=world.deal,
        kind="conduct",
        against=party(world.deal, "broker"),
        text="Rude.",
        by=world.buyer,
    )
    assert (stage(world), held()) == (Stage.PERFORMING, {False})
    with pytest.raises(ValidationError):
        world.decide(complaint, "full")
    world.decide(complaint, "upheld")


def test_nothing_is_paid_while_a_complaint_about_the_deal_is_open(world: World) -> None:
    third = world.second
    complain_about_all(world)
    with pytest.raises(ValidationError):
        performance.pay(milestone=third, gateway="bank", payer=world.buyer, return_url="/")
