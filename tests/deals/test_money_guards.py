"""Money that arrives where it should not, moves that would lose it, signatures that come too late."""

import pytest
from django.core.exceptions import ValidationError

from brokers.deals import agreements, documents, performance, progress
from brokers.deals.models import Agreement, Deal, DealEvent, Milestone, Signature
from brokers.deals.stages import Stage
from brokers.payments import bank_entries, charges, payout_accounts
from brokers.payments.models import Charge, PayoutAccount, Refund, Transfer
from brokers.settlement.models import Settlement
from marketplace.listings.models import DisclosureGrant
from marketplace.money import Money
from marketplace.outbox import effects
from tests.deals.card import ledger_check
from tests.deals.factories import World, party, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bank_only")]


def open_charge(world: World, milestone: Milestone) -> Charge:
    return performance.pay(milestone=milestone, gateway="bank", payer=world.buyer, return_url="/")


@pytest.mark.parametrize("move", ["renegotiate", "terminate"])
def test_the_agreement_stands_while_a_payment_is_under_way(world: World, move) -> None:
    """Else money would arrive for a milestone that no longer counts, and nobody could refund it."""
    deal = world.agreed(1_000_000)
    charge = open_charge(world, Milestone.objects.get())
    with pytest.raises(progress.MoveRefused, match="is under way"):
        progress.advance(deal=deal, move=move, actor=world.buyer, reason="Price.")
    assert Deal.objects.get().stage == Stage.AGREED
    charges.cancel(charge=charge)
    progress.advance(deal=deal, move=move, actor=world.buyer, reason="Price.")
    assert Deal.objects.get().stage != Stage.AGREED


def test_a_paid_milestone_is_not_paid_again_even_when_it_was_refunded(world: World) -> None:
    world.agreed(1_000_000)
    milestone = Milestone.objects.get()
    charge = world.pay(milestone)
    Refund.objects.create(
        reference=charge.pk, charge=charge, amount=1_000_000, currency="CNY", reason="x"
    )
    with pytest.raises(ValidationError, match="paid already"):
        open_charge(world, milestone)
    assert Charge.objects.count() == 1


def test_what_was_paid_twice_is_booked_and_given_back(world: World) -> None:
    """The payer cancelled, paid in another way, and the first payment arrived all the same."""
    world.agreed(1_000_000)
    milestone = Milestone.objects.get()
    late = open_charge(world, milestone)
    Charge.objects.filter(pk=late.pk).update(state=Charge.State.CANCELLED)
    paid = world.pay(milestone)
    Charge.objects.filter(pk=late.pk).update(state=Charge.State.OPEN)
    line = bank_entries.Line(
        amount=late.money,
        bank_reference="LATE",
        booked_on=paid.paid_at.date(),
        evidence=pdf(),
    )
    entry = bank_entries.record_receipt(charge=late, line=line, recorded_by=world.dean)
    bank_entries.confirm(entry=entry, confirmed_by=world.bursar)
    for _ in range(2):
        effects.enqueue("payments.charge_paid", {"charge": str(late.pk)})
        effects.process_due()
    milestone.refresh_from_db()
    assert milestone.payment_reference == paid.pk
    refund = Refund.objects.get()
    assert (refund.charge, refund.money, refund.state) == (late, late.money, "by_hand")
    assert ledger_check() == ""
    world.pay_by_hand(refund)
    assert ledger_check() == ""
    world.settle(milestone)
    assert Settlement.objects.get().net_amount == 940_000
    assert ledger_check() == ""


def test_nothing_is_signed_once_the_deal_has_ended(world: World) -> None:
    deal = world.introduced()
    deal = progress.advance(deal=deal, move="open_nda", actor=world.broker)
    nda = documents.draw_up_nda(deal=deal, author=world.broker)
    world.sign(nda, "institution")
    progress.advance(deal=deal, move="decline", actor=world.buyer, reason="No need.")
    with pytest.raises(ValidationError, match="cannot be signed in this stage"):
        world.sign(nda, "enterprise")
    assert Signature.objects.count() == 1
    assert not DisclosureGrant.objects.exists(), "nobody sees what was confidential"


def test_an_agreement_of_a_declined_deal_never_comes_into_force(world: World) -> None:
    agreement = world.proposed()
    world.sign(agreement.document, "institution", "team", "broker")
    progress.advance(deal=agreement.deal, move="decline", actor=world.buyer, reason="Price.")
    with pytest.raises(ValidationError, match="cannot be signed in this stage"):
        world.sign(agreement.document, "enterprise")
    assert Agreement.objects.get().state == Agreement.State.PROPOSED


def test_the_last_signature_clicked_twice_is_one(world: World) -> None:
    agreement = world.agreed() and Agreement.objects.get()
    again = documents.sign(
        document=agreement.document,
        party=party(agreement.deal, "broker"),
        signer=world.broker,
        sha256=agreement.document.sha256,
        address="127.0.0.1",
        user_agent="test",
    )
    assert again == agreement.document.signatures.get(party__role="broker")


def test_a_dispute_between_the_parties_holds_settlement_and_payouts(world: World) -> None:
    deal = world.negotiating()
    draft = agreements.save_draft(
        deal=deal,
        terms=world.terms(),
        milestones=world.milestones(1_000_000, costs=[("Patent", Money(120_000, "CNY"))]),
        author=world.broker,
    )
    world.sign(agreements.propose(agreement=draft, author=world.broker))
    milestone = Milestone.objects.get()
    account = PayoutAccount.objects.get(user=world.broker)
    payout_accounts.close(account=account, closed_by=world.broker)
    world.pay(milestone)
    world.settle(milestone)
    deal = Deal.objects.get()
    complaint = world.complain(milestone)
    world.prove(milestone.costs.get())
    effects.process_due()
    assert not Settlement.objects.exists(), "evidence alone releases nothing"
    world.decide(complaint, "dismissed")
    effects.process_due()
    assert Settlement.objects.count() == 1
    assert Transfer.objects.count() == 1, "the broker has no account"


def test_a_share_that_waits_is_not_paid_out_during_a_dispute(world: World) -> None:
    world.agreed(1_000_000, 500_000)
    first, _second = Milestone.objects.all()
    account = PayoutAccount.objects.get(user=world.broker)
    payout_accounts.close(account=account, closed_by=world.broker)
    world.pay(first)
    world.settle(first)
    complaint = world.complain(first)
    world.open_accounts()
    effects.process_due()
    assert Transfer.objects.get().held, "the team's, ordered before"
    world.decide(complaint, "dismissed", ends=True)
    effects.process_due()
    assert Transfer.objects.count() == 2


def test_a_payout_told_twice_is_in_the_history_once(world: World) -> None:
    world.agreed(1_000_000)
    milestone = Milestone.objects.get()
    world.pay(milestone)
    world.settle(milestone)
    transfer = Transfer.objects.first()
    world.pay_by_hand(transfer)
    effects.enqueue("payments.transfer_paid", {"transfer": str(transfer.pk)})
    effects.process_due()
    assert DealEvent.objects.filter(kind="payout_settled").count() == 1
