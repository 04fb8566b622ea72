"""Paying a milestone, and the two persons at the bank."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from brokers.deals import performance
from brokers.deals.models import Deal, Milestone
from brokers.deals.reading import treasury
from brokers.deals.stages import Stage
from brokers.payments.models import BankPayout, BankReceipt, Charge, Refund, Transfer
from marketplace.accounts.models import Membership
from marketplace.outbox import effects
from tests.deals.factories import PDF, World
from tests.factories import add_member, make_administrator, make_user
from tests.pages import errors_at, form_data, soup, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = World()
    world.open_accounts()
    world.deal = world.agreed(1_000_000)
    world.milestone = Milestone.objects.get()
    return world


def bank_line(**changes: Any) -> dict[str, Any]:
    return {
        "amount": "10000.00",
        "bank_reference": "2026-0001",
        "booked_on": str(timezone.localdate()),
        "evidence": SimpleUploadedFile("advice.pdf", PDF),
        **changes,
    }


def choose(world: World, visit) -> Charge:
    payer = visit(world.buyer)
    page = payer.get("pay", world.deal.pk, world.milestone.pk)
    data = form_data(page, containing="gateway")
    assert payer.post("pay", world.deal.pk, world.milestone.pk, data=data).status_code == 302
    return Charge.objects.get()


def test_bank_transfer_from_the_button_to_the_books(world: World, visit) -> None:
    charge = choose(world, visit)
    assert choose(world, visit) == charge, "a second click is the same payment"
    payer = visit(world.buyer)
    page = text_of(payer.get("payment", world.deal.pk, world.milestone.pk))
    for shown in (charge.code, "6222000000000000", "Sample holder", "10,000.00"):
        assert shown in page
    assert charge.code in text_of(visit(world.dean).get("treasury"))

    recorder, second = visit(world.dean), visit(world.bursar)
    assert recorder.post("record_receipt", charge.pk, data=bank_line()).status_code == 302
    entry = BankReceipt.objects.get()
    assert "A second person confirms it" in text_of(
        payer.get("payment", world.deal.pk, world.milestone.pk)
    )
    again = recorder.post("record_receipt", charge.pk, data=bank_line())
    assert again.status_code == 404, "nothing is expected any more"
    assert "Waits for somebody else" in text_of(recorder.get("treasury"))
    assert recorder.post("confirm_entry", "receipts", entry.pk).status_code == 403
    assert BankReceipt.objects.get().state == "recorded"
    shown = text_of(second.get("bank_entry", "receipts", entry.pk))
    assert "2026-0001" in shown
    assert charge.code in shown
    assert second.post("confirm_entry", "receipts", entry.pk).status_code == 302
    assert second.post("confirm_entry", "receipts", entry.pk).status_code == 404
    effects.process_due()
    assert Deal.objects.get().stage == Stage.PERFORMING
    assert "Received and booked" in text_of(payer.get("payment", world.deal.pk, world.milestone.pk))
    assert payer.get("pay", world.deal.pk, world.milestone.pk).status_code == 302


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        *[({"amount": amount}, "amount") for amount in ("-1", "1e4", "10,000.00", "９", "9999.99")],
        ({"bank_reference": "=1+1"}, "bank_reference"),
        ({"bank_reference": ""}, "bank_reference"),
        ({"booked_on": "2999-01-01"}, "booked_on"),
        ({"evidence": SimpleUploadedFile("advice.pdf", b"MZ not a PDF")}, "evidence"),
        ({"evidence": SimpleUploadedFile("advice.exe", PDF)}, "evidence"),
        ({"evidence": ""}, "evidence"),
    ],
)
def test_wrong_bank_line_is_not_recorded(world: World, visit, changes, field) -> None:
    charge = choose(world, visit)
    response = visit(world.dean).post("record_receipt", charge.pk, data=bank_line(**changes))
    assert response.status_code == 422
    assert errors_at(response, field)
    assert not BankReceipt.objects.exists()


def test_rejecting_gives_a_reason_and_lets_it_be_recorded_again(world: World, visit) -> None:
    charge = choose(world, visit)
    visit(world.dean).post("record_receipt", charge.pk, data=bank_line())
    entry, second = BankReceipt.objects.get(), visit(world.bursar)
    silent = second.post("reject_entry", "receipts", entry.pk, data={"reason": " "})
    assert silent.status_code == 422
    assert errors_at(silent, "reason")
    assert BankReceipt.objects.get().state == "recorded"
    data = {"reason": "It is another payer's."}
    assert second.post("reject_entry", "receipts", entry.pk, data=data).status_code == 302
    clerk = visit(world.dean)
    shown = text_of(clerk.get("record_receipt", charge.pk))
    assert f"{world.bursar.name}: It is another payer's." in shown
    assert clerk.post("record_receipt", charge.pk, data=bank_line()).status_code == 302
    assert Charge.objects.get().state == "open"


def test_what_others_may_not(world: World, visit) -> None:
    milestone = (world.deal.pk, world.milestone.pk)
    clerk = add_member(world.enterprise)
    for person in (clerk, world.dean, world.broker, world.researcher):
        assert visit(person).get("pay", *milestone).status_code == 403
        assert visit(person).post("pay", *milestone, data={"gateway": "bank"}).status_code == 403
    assert not Charge.objects.exists()
    charge = choose(world, visit)
    for person in (world.researcher, world.broker):
        assert visit(person).post("cancel_payment", *milestone).status_code == 403
    assert visit(world.broker).get("payment", *milestone).status_code == 403
    assert "6222000000000000" in text_of(visit(clerk).get("payment", *milestone))
    for person in (world.buyer, world.broker, world.researcher, make_user()):
        assert visit(person).get("record_receipt", charge.pk).status_code == 404
        response = visit(person).post("record_receipt", charge.pk, data=bank_line())
        assert response.status_code == 404
    assert not BankReceipt.objects.exists()
    assert Charge.objects.get().state == "open"


def test_another_way_after_cancelling(world: World, visit) -> None:
    choose(world, visit)
    payer = visit(world.buyer)
    milestone = (world.deal.pk, world.milestone.pk)
    assert payer.post("cancel_payment", *milestone).status_code == 302
    assert Charge.objects.get().state == "cancelled"
    assert "did not come about" in text_of(payer.get("payment", *milestone))
    assert payer.post("cancel_payment", *milestone).status_code == 302
    data = {"gateway": "bank"}
    assert payer.post("pay", *milestone, data=data).status_code == 302
    assert Charge.objects.count() == 2


def test_received_money_is_not_cancelled(world: World, visit) -> None:
    charge = choose(world, visit)
    visit(world.dean).post("record_receipt", charge.pk, data=bank_line())
    response = visit(world.buyer).post("cancel_payment", world.deal.pk, world.milestone.pk)
    assert response.status_code == 422
    assert "waits for confirmation" in text_of(response)
    assert Charge.objects.get().state == "open"


@pytest.mark.parametrize("gateway", ["", "paypal", "stripe"])
def test_no_such_way_to_pay(world: World, visit, gateway) -> None:
    """The card pays the platform only; here the institution collects."""
    data = {"gateway": gateway}
    response = visit(world.buyer).post("pay", world.deal.pk, world.milestone.pk, data=data)
    assert response.status_code == 422
    assert errors_at(response, "gateway")
    assert not Charge.objects.exists()


def test_nothing_can_be_paid_where_nobody_can_receive(visit) -> None:
    world = World()
    deal = world.agreed()
    response = visit(world.buyer).get("pay", deal.pk, Milestone.objects.get().pk)
    assert response.status_code == 200
    assert "cannot be received yet" in text_of(response)


def test_milestone_of_a_draft_or_of_another_deal_is_not_found(world: World, visit) -> None:
    other = World()
    draft = other.proposed()
    (milestone,) = draft.milestones.all()
    assert visit(other.buyer).get("pay", draft.deal_id, milestone.pk).status_code == 404
    assert visit(world.buyer).get("pay", world.deal.pk, milestone.pk).status_code == 404


def test_shares_and_refunds_are_paid_at_the_bank_by_two(world: World, visit) -> None:
    world.pay(world.milestone)
    world.settle(world.milestone)
    recorder, second = visit(world.dean), visit(world.bursar)
    page = recorder.get("treasury")
    assert text_of(page).count("Pay and record") == 2
    transfer = Transfer.objects.get(account__user=world.researcher)
    account = transfer.account
    due = (
        transfer.code,
        transfer.payer.name,
        account.owner_name,
        account.bank,
        account.external_id,
    )
    assert [one for one in due if one not in text_of(page)] == []
    shown = text_of(recorder.get("record_payout", "transfer", transfer.pk))
    assert "6222000000000000" in shown
    line = bank_line(amount="6580.00", bank_reference="P-1")
    args = ("record_payout", "transfer", transfer.pk)
    assert recorder.post(*args, data=line).status_code == 302
    entry = BankPayout.objects.get()
    waiting = text_of(second.get("treasury"))
    assert "Bank payout · recorded by" in waiting
    assert "P-1" in waiting
    assert "Share of net income" in text_of(second.get("bank_entry", "payouts", entry.pk))
    assert second.post("confirm_entry", "payouts", entry.pk).status_code == 302
    effects.process_due()
    transfer.refresh_from_db()
    assert transfer.state == "paid"
    paid = soup(recorder.get("treasury")).find("h2", string="Paid in the last 30 days").parent
    assert transfer.code in paid.get_text()
    assert account.external_id not in paid.get_text(), "nobody has to pay to it any more"

    keeper = visit(world.bursar)
    page = keeper.get("refund", world.deal.pk, world.milestone.pk)
    data = form_data(page, containing="amount") | {"amount": "1000.00", "reason": "Too late."}
    assert keeper.post("refund", world.deal.pk, world.milestone.pk, data=data).status_code == 302
    keeper.post("refund", world.deal.pk, world.milestone.pk, data=data)
    effects.process_due()
    refund = Refund.objects.get()
    assert "Too late." in text_of(recorder.get("record_payout", "refund", refund.pk))
    assert recorder.get("record_payout", "nonsense", refund.pk).status_code == 404
    assert recorder.get("bank_entry", "nonsense", entry.pk).status_code == 404


def test_lists_at_the_bank_follow_the_permission(world: World) -> None:
    charge = choose_directly(world)
    stranger = World()
    approver = add_member(world.institution, role=Membership.Role.APPROVER)
    people = [
        approver,
        world.dean,
        world.researcher,
        world.buyer,
        stranger.dean,
        make_administrator(),
    ]
    for person in people:
        seen = charge in treasury.expected_charges(person)
        assert seen == person.has_perm("payment:record_receipt", charge), person


def choose_directly(world: World) -> Charge:
    return performance.pay(
        milestone=world.milestone, gateway="bank", payer=world.buyer, return_url="/"
    )


def test_who_keeps_no_books_has_nothing_at_the_bank(world: World, visit) -> None:
    assert visit(world.researcher).get("treasury").status_code == 404
    empty = visit(world.buyer).get("treasury")
    assert "Nothing to do at the bank" in text_of(empty)
