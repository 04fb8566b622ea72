import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command

from brokers.deals import agreements, performance, progress, refunds
from brokers.deals.models import Deal, Milestone
from brokers.deals.stages import Stage
from brokers.payments import payout_accounts
from brokers.payments.models import Charge, Order, PayoutAccount, Refund, Transfer
from brokers.settlement import statements
from brokers.settlement.models import LedgerTransaction, Settlement
from brokers.settlement.plan import Payee, PayeeKind
from marketplace.money import Money
from marketplace.outbox import effects
from tests.deals.factories import World
from tests.factories import add_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bank_only")]


def statement(deal: Deal, kind: PayeeKind, pk: int) -> statements.Statement:
    (found,) = statements.of_party(deal.pk, Payee(kind, pk))
    return found


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


def test_paid_accepted_settled_and_paid_out_to_the_cent(world: World) -> None:
    deal = world.agreed(1_000_000)
    milestone = Milestone.objects.get()
    world.pay(milestone)
    assert Deal.objects.get().stage == Stage.PERFORMING
    world.settle(milestone)
    for transfer in Transfer.objects.all():
        world.pay_by_hand(transfer)

    team = statement(deal, PayeeKind.USER, world.researcher.pk)
    broker = statement(deal, PayeeKind.USER, world.broker.pk)
    institution = statement(deal, PayeeKind.ORGANISATION, world.institution.pk)
    assert team.gross == cny(1_000_000)
    assert team.net == cny(940_000)
    assert (team.share, team.paid, team.owed) == (cny(658_000), cny(658_000), cny(0))
    assert (broker.share, broker.paid) == (cny(94_000), cny(94_000))
    assert (institution.share, institution.kept) == (cny(188_000), cny(188_000))
    assert team.share + broker.share + institution.share == team.net
    assert Deal.objects.get().stage == Stage.COMPLETED
    call_command("ledger_check")


def test_second_click_pays_once(world: World) -> None:
    world.agreed()
    milestone = Milestone.objects.get()
    pay = {"milestone": milestone, "gateway": "bank", "payer": world.buyer, "return_url": "/"}
    assert performance.pay(**pay) == performance.pay(**pay)
    world.pay(milestone)
    with pytest.raises(ValidationError):
        performance.pay(**pay)
    assert Charge.objects.count() == 1


def test_who_may_not_pay_deliver_or_accept(world: World) -> None:
    world.agreed()
    milestone = Milestone.objects.get()
    clerk = add_member(world.enterprise)
    for person in (world.dean, world.broker, clerk):
        with pytest.raises(PermissionDenied):
            performance.pay(milestone=milestone, gateway="bank", payer=person, return_url="/")
    assert not Charge.objects.exists()
    world.pay(milestone)
    with pytest.raises(PermissionDenied):
        performance.deliver(milestone=milestone, by=world.buyer)
    performance.deliver(milestone=milestone, by=world.researcher)
    for person in (world.dean, world.broker, clerk):
        with pytest.raises(PermissionDenied):
            performance.accept(milestone=milestone, by=person)
    assert not Settlement.objects.exists()


def test_nothing_is_paid_before_the_signatures(world: World) -> None:
    world.proposed()
    with pytest.raises(ValidationError):
        performance.pay(
            milestone=Milestone.objects.get(), gateway="bank", payer=world.buyer, return_url="/"
        )
    assert not Charge.objects.exists()


def test_acceptance_waits_for_payment_and_delivery(world: World) -> None:
    world.agreed(500, 500)
    first, _second = Milestone.objects.all()
    with pytest.raises(ValidationError):
        performance.accept(milestone=first, by=world.buyer)
    world.pay(first)
    with pytest.raises(ValidationError):
        performance.accept(milestone=first, by=world.buyer)
    assert not Settlement.objects.exists()


def test_accepting_twice_settles_once(world: World) -> None:
    world.agreed()
    milestone = Milestone.objects.get()
    world.pay(milestone)
    world.settle(milestone)
    rows = LedgerTransaction.objects.count()
    performance.accept(milestone=milestone, by=world.buyer)
    performance.deliver(milestone=milestone, by=world.researcher)
    assert (Settlement.objects.count(), LedgerTransaction.objects.count()) == (1, rows)


def test_payment_told_twice_is_booked_once(world: World) -> None:
    world.agreed()
    charge = world.pay(Milestone.objects.get())
    for _ in range(2):
        effects.enqueue("payments.charge_paid", {"charge": str(charge.pk)})
    effects.process_due()
    assert LedgerTransaction.objects.filter(kind="receipt").count() == 1


def test_settlement_waits_for_the_evidence_of_each_cost(world: World) -> None:
    deal = world.negotiating()
    draft = agreements.save_draft(
        deal=deal,
        terms=world.terms(),
        milestones=world.milestones(1_000_000, costs=[("Patent", cny(120_000))]),
        author=world.broker,
    )
    world.sign(agreements.propose(agreement=draft, author=world.broker))
    milestone = Milestone.objects.get()
    world.pay(milestone)
    world.settle(milestone)
    assert not Settlement.objects.exists()
    world.prove(milestone.costs.get())
    assert Settlement.objects.get().net_amount == 1_000_000 - 60_000 - 120_000


def test_share_waits_until_the_payee_has_an_account(world: World) -> None:
    deal = world.agreed(1_000_000)
    account = PayoutAccount.objects.get(user=world.broker)
    payout_accounts.close(account=account, closed_by=world.broker)
    milestone = Milestone.objects.get()
    world.pay(milestone)
    world.settle(milestone)
    assert statement(deal, PayeeKind.USER, world.broker.pk).owed == cny(94_000)
    world.open_accounts()
    effects.process_due()
    assert statement(deal, PayeeKind.USER, world.broker.pk).on_its_way == cny(94_000)


def test_refund_goes_back_through_the_split(world: World) -> None:
    deal = world.agreed(1_000_000, 500_000)
    milestone = Milestone.objects.first()
    world.pay(milestone)
    world.settle(milestone)
    order = refunds.request(
        milestone=milestone,
        amount=cny(400_000),
        reason="Half of the deliverable is missing.",
        by=world.bursar,
        reference=uuid.uuid4(),
    )
    effects.process_due()
    order.refresh_from_db()
    assert order.state == Order.State.BY_HAND
    ordered = statement(deal, PayeeKind.USER, world.broker.pk)
    assert ordered.net == cny(564_000), "taken back as soon as it is ordered"
    call_command("ledger_check")
    world.pay_by_hand(order)
    call_command("ledger_check")
    after = statement(deal, PayeeKind.USER, world.broker.pk)
    assert after.gross == cny(600_000)
    assert after.net == cny(564_000)
    assert after.share == cny(56_400)
    call_command("ledger_check")


def test_who_may_not_refund(world: World) -> None:
    world.agreed(1_000_000)
    milestone = Milestone.objects.get()
    world.pay(milestone)
    for person in (world.buyer, world.broker, world.researcher):
        with pytest.raises(PermissionDenied):
            refunds.request(
                milestone=milestone,
                amount=cny(1),
                reason="x",
                by=person,
                reference=uuid.uuid4(),
            )
    assert not Refund.objects.exists()


def test_deal_with_unsettled_money_is_not_terminated(world: World) -> None:
    deal = world.agreed(1_000_000)
    world.pay(Milestone.objects.get())
    with pytest.raises(progress.MoveRefused, match="neither settled nor refunded"):
        progress.advance(deal=deal, move="terminate", actor=world.buyer, reason="No.")
    assert Deal.objects.get().stage == Stage.PERFORMING
