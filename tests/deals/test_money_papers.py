"""Papers behind money: costs that a second person approves, invoices, disbursements, royalties."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from brokers.deals import (
    agreements,
    commissions,
    costs,
    disbursements,
    guards,
    invoices,
    performance,
    registrations,
    royalties,
)
from brokers.deals.models import (
    Agreement,
    Deal,
    DirectCost,
    DisbursementProof,
    Invoice,
    Milestone,
    Royalty,
    RoyaltyReport,
)
from brokers.deals.reporting_periods import next_period
from brokers.deals.stages import Guard, Stage
from brokers.payments.models import Transfer
from brokers.settlement.models import Disbursement, Payout, Settlement
from brokers.settlement.plan import Payee, PayeeKind
from marketplace.money import Money
from marketplace.outbox import effects
from tests.deals.factories import PDF, World, pdf
from tests.deals.test_compliance import REGISTERED
from tests.factories import make_administrator, make_user
from tests.pages import errors_at, form_data, text_of

pytestmark = pytest.mark.django_db
BAD_AMOUNTS = [
    "-1", "-0", "1e2", "1E+9", "1_000", "١٢٣", "９９", "NaN", "Infinity", "5.005", "1,000",
    "9223372036854775808", "10000000000000", "",
]  # fmt: skip


def upload(content: bytes = PDF, name: str = "paper.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


# Costs


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
    assert "Not ours." in text_of(buyer.get("deal", deal.pk))


# Invoices


def settled(world: World, *, by_bill: bool = False) -> Deal:
    """A deal with a settled milestone, whose broker has not invoiced yet unless `by_bill`."""
    deal = world.agreed(1_000_000)
    milestone = Milestone.objects.get()
    world.pay(milestone)
    if by_bill:
        world.settle(milestone)
    else:
        performance.deliver(milestone=milestone, by=world.researcher)
        performance.accept(milestone=milestone, by=world.buyer)
        effects.process_due()
    return Deal.objects.get(pk=deal.pk)


def paper(amount: Money, **changes: Any) -> invoices.Paper:
    fields: dict[str, Any] = {
        "number": "24440000-001",
        "issued_on": timezone.localdate(),
        "rate": 600,
        "file": pdf("invoice.pdf"),
        **changes,
    }
    return invoices.Paper(amount=amount, **fields)


def broker_of(world: World) -> Payee:
    return Payee(PayeeKind.USER, world.broker.pk)


def test_broker_is_paid_no_more_than_it_has_invoiced(world: World) -> None:
    deal, payee = settled(world), broker_of(world)
    own = Payout.objects.filter(user=world.broker)
    assert not own.exists()
    assert Payout.objects.filter(user=world.researcher).exists(), "others do not wait"
    assert commissions.uninvoiced(deal, payee, "CNY") == cny(94_000)
    invoices.bill(deal=deal, payee=payee, paper=paper(cny(50_000)), by=world.broker)
    effects.process_due()
    assert [payout.amount for payout in own.all()] == [50_000]
    second = paper(cny(44_001), number="2")
    with pytest.raises(ValidationError) as refusal:
        invoices.bill(deal=deal, payee=payee, paper=second, by=world.broker)
    assert "amount" in refusal.value.error_dict
    invoices.bill(deal=deal, payee=payee, paper=paper(cny(44_000), number="2"), by=world.broker)
    effects.process_due()
    assert sum(payout.amount for payout in own.all()) == 94_000


def test_who_may_not_bill_or_void(world: World) -> None:
    deal, payee = settled(world), broker_of(world)
    for person in (world.dean, world.researcher, world.buyer, make_administrator()):
        with pytest.raises(PermissionDenied):
            invoices.bill(deal=deal, payee=payee, paper=paper(cny(1)), by=person)
    bill = invoices.bill(deal=deal, payee=payee, paper=paper(cny(94_000)), by=world.broker)
    with pytest.raises(PermissionDenied):
        invoices.void(invoice=bill, by=world.dean)
    effects.process_due()
    with pytest.raises(ValidationError, match="paid by this invoice"):
        invoices.void(invoice=bill, by=world.broker)
    assert Invoice.objects.get().voided_at is None


def test_void_invoice_of_a_broker_makes_room_for_another(world: World) -> None:
    deal, payee = settled(world), broker_of(world)
    wrong = invoices.bill(deal=deal, payee=payee, paper=paper(cny(94_000)), by=world.broker)
    invoices.void(invoice=wrong, by=world.broker)
    assert commissions.uninvoiced(deal, payee, "CNY") == cny(94_000)
    invoices.bill(deal=deal, payee=payee, paper=paper(cny(94_000)), by=world.broker)
    assert Invoice.objects.filter(voided_at=None).count() == 1


def test_collector_invoices_a_milestone_up_to_its_amount(world: World) -> None:
    world.agreed(1_000_000)
    milestone = Milestone.objects.get()
    for person in (world.buyer, world.broker, make_user()):
        with pytest.raises(PermissionDenied):
            invoices.issue(milestone=milestone, paper=paper(cny(1)), by=person)
    invoices.issue(milestone=milestone, paper=paper(cny(600_000)), by=world.researcher)
    for changes, at in (
        ({"amount": cny(400_001), "number": "2"}, "amount"),
        ({"amount": cny(1)}, "number"),
        ({"amount": cny(1), "number": "2", "exempt": True}, "exempt"),
        (
            {
                "amount": cny(1),
                "number": "2",
                "issued_on": timezone.localdate() + timedelta(days=1),
            },
            "issued_on",
        ),
    ):
        with pytest.raises(ValidationError) as refusal:
            invoices.issue(milestone=milestone, paper=paper(**changes), by=world.dean)
        assert list(refusal.value.error_dict) == [at]
    assert Invoice.objects.count() == 1


def test_exempt_invoice_needs_the_registration(world: World) -> None:
    deal = world.agreed(1_000_000)
    Agreement.objects.update(tax_treatment="exempt")
    world.seal(deal)
    registrations.record(
        agreement=Agreement.objects.get(), by=world.dean, vat_exempt=True, **REGISTERED
    )
    exempt = paper(cny(1_000_000), exempt=True, rate=0)
    invoices.issue(milestone=Milestone.objects.get(), paper=exempt, by=world.dean)
    assert Invoice.objects.get().exempt


def typed_invoice(**changes: Any) -> dict[str, Any]:
    return {
        "number": "24440000-009",
        "issued_on": str(timezone.localdate()),
        "amount": "940.00",
        "rate": "6",
        "file": upload(),
        **changes,
    }


def test_invoice_pages(world: World, visit) -> None:
    deal = settled(world)
    milestone = Milestone.objects.get()
    broker, dean = visit(world.broker), visit(world.dean)
    args = ("bill", deal.pk, "user", world.broker.pk)
    assert "940.00 CNY of your commission is not invoiced yet" in text_of(
        broker.get("deal", deal.pk)
    )
    assert form_data(broker.get(*args), containing="number")["amount"] == ["940.00"]
    assert broker.post(*args, data=typed_invoice()).status_code == 302
    assert (
        dean.post(
            "invoice",
            deal.pk,
            milestone.pk,
            data=typed_invoice(number="A-1", amount="10000.00", exempt=""),
        ).status_code
        == 302
    )
    shown = text_of(visit(world.buyer).get("deal", deal.pk))
    for wanted in ("24440000-009", "A-1", "Sample university", "6% tax"):
        assert wanted in shown
    assert visit(world.dean).get(*args).status_code == 403
    assert visit(make_user()).get(*args).status_code == 404
    assert broker.get("bill", deal.pk, "user", world.researcher.pk).status_code == 404
    assert broker.get("bill", deal.pk, "nonsense", 1).status_code == 404
    assert visit(world.buyer).get("invoice", deal.pk, milestone.pk).status_code == 403
    invoice = Invoice.objects.get(number="A-1")
    assert visit(world.buyer).post("void_invoice", deal.pk, invoice.pk).status_code == 403
    assert dean.post("void_invoice", deal.pk, invoice.pk).status_code == 302
    invoice.refresh_from_db()
    assert invoice.voided_at is not None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        *(({"amount": amount}, "amount") for amount in [*BAD_AMOUNTS, "0", "940.01"]),
        *(({"rate": rate}, "rate") for rate in ["-1", "101", "1e1", "5.005", "", "６"]),
        *(({"number": number}, "number") for number in ["", "=1+1", "a b", "x" * 41, "a\x00"]),
        ({"issued_on": "2999-01-01"}, "issued_on"),
        ({"issued_on": "today"}, "issued_on"),
        ({"file": ""}, "file"),
        ({"file": upload(b"MZ\x90")}, "file"),
        ({"file": upload(b"<svg onload='x'/>", "x.svg")}, "file"),
        ({"file": upload(b"text", "x.txt")}, "file"),
    ],
)
def test_wrong_invoice_stands_at_its_field(world: World, visit, changes, field) -> None:
    deal = settled(world)
    args = ("bill", deal.pk, "user", world.broker.pk)
    response = visit(world.broker).post(*args, data=typed_invoice(**changes))
    assert response.status_code == 422
    assert errors_at(response, field)
    assert not Invoice.objects.exists()


# Disbursements


@pytest.fixture
def passed(world: World) -> Payout:
    """A payout for the researcher that arrived at the institution."""
    world.agreed(1_000_000, team_via_institution=True)
    milestone = Milestone.objects.get()
    world.pay(milestone)
    world.settle(milestone)
    for transfer in Transfer.objects.filter(state=Transfer.State.BY_HAND):
        world.pay_by_hand(transfer)
    return Payout.objects.get(via=world.institution)


def slip(**changes: Any) -> dict[str, Any]:
    fields = {"withheld": cny(131_600), "disbursed_on": timezone.localdate(), "evidence": pdf()}
    return fields | changes


def test_disbursement_closes_a_payout_once(world: World, passed: Payout) -> None:
    for person in (world.researcher, world.buyer, world.broker, make_administrator()):
        with pytest.raises(PermissionDenied):
            disbursements.record(payout=passed, by=person, **slip())
    disbursements.record(payout=passed, by=world.bursar, **slip())
    with pytest.raises(ValidationError, match="recorded already"):
        disbursements.record(payout=passed, by=world.dean, **slip())
    row = Disbursement.objects.get()
    assert (row.withheld, row.evidence) == (
        cny(131_600),
        DisbursementProof.objects.get().file.sha256,
    )


def test_disbursement_page(world: World, passed: Payout, visit) -> None:
    bursar = visit(world.bursar)
    listed = text_of(bursar.get("disbursements"))
    assert "6,580.00" in listed
    assert "Record the payment" in listed
    for stranger in (world.researcher, world.buyer, make_user()):
        assert "6,580.00" not in text_of(visit(stranger).get("disbursements"))
        assert visit(stranger).get("disburse", passed.pk).status_code == 404
    data = {"withheld": "1316.00", "disbursed_on": str(timezone.localdate()), "evidence": upload()}
    assert bursar.post("disburse", passed.pk, data=data).status_code == 302
    again = data | {"evidence": upload()}
    assert bursar.post("disburse", passed.pk, data=again).status_code == 409
    assert "1,316.00" in text_of(bursar.get("disbursements"))
    for reader in (world.researcher, world.dean):
        answer = visit(reader).get("disbursement_evidence", passed.pk)
        assert b"".join(answer.streaming_content) == PDF
    for stranger in (world.engineer, world.broker, world.buyer):
        assert visit(stranger).get("disbursement_evidence", passed.pk).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        *(({"withheld": amount}, "withheld") for amount in BAD_AMOUNTS),
        ({"withheld": "6580.01"}, ""),
        ({"disbursed_on": "2999-01-01"}, "disbursed_on"),
        ({"disbursed_on": "2020-01-01"}, "disbursed_on"),
        ({"evidence": ""}, "evidence"),
        ({"evidence": upload(b"MZ\x90")}, "evidence"),
    ],
)
def test_wrong_disbursement_changes_nothing(world, passed, visit, changes, field) -> None:
    data = {
        "withheld": "0",
        "disbursed_on": str(timezone.localdate()),
        "evidence": upload(),
        **changes,
    }
    response = visit(world.dean).post("disburse", passed.pk, data=data)
    assert response.status_code == 422
    assert errors_at(response, field) if field else "not above the payout" in text_of(response)
    assert not Disbursement.objects.exists()


# Royalties


def terms(**changes: Any) -> dict[str, Any]:
    fields = {
        "title": "Running royalty",
        "base": "Net sales of licensed products",
        "rate": 350,
        "months": 3,
        "first_day": timezone.localdate() - timedelta(days=200),
        "last_day": timezone.localdate() - timedelta(days=20),
        "payment_days": 30,
    }
    return fields | changes


@pytest.fixture
def royalty(world: World) -> Royalty:
    """A royalty of a signed agreement, with two periods that are over."""
    deal = world.negotiating()
    draft = agreements.save_draft(
        deal=deal,
        terms=world.terms(),
        milestones=(),
        royalties=[terms()],
        author=world.broker,
    )
    world.sign(agreements.propose(agreement=draft, author=world.broker))
    assert Deal.objects.get().stage == Stage.AGREED
    return Royalty.objects.get()


def report(world: World, royalty: Royalty, base: int, **changes: Any) -> RoyaltyReport:
    period = next_period(royalty)
    fields = {"period_from": period and period.first, "evidence": pdf(), "by": world.engineer}
    return royalties.report(royalty=royalty, base=cny(base), **{**fields, **changes})


def test_signed_text_names_royalty_and_equity(royalty: Royalty) -> None:
    text = royalty.agreement.document.text
    assert text.count("Net sales of licensed products") == 2
    assert text.count("3.5%") == 2


def test_reported_base_times_rate_is_paid_and_split_at_once(world: World, royalty: Royalty) -> None:
    made = report(world, royalty, 10_000_001)
    assert made.milestone.money == cny(350_000), "half up to the minor unit"
    assert made.milestone.kind == Milestone.Kind.ROYALTY
    world.pay(made.milestone)
    assert Settlement.objects.get().receipt.gross_amount == 350_000
    milestone = Milestone.objects.get()
    assert milestone.settled_at is not None


def test_periods_are_reported_in_order_once_and_when_over(world: World, royalty: Royalty) -> None:
    first = report(world, royalty, 5)
    assert first.milestone is None, "nothing is due for so little"
    again = {"period_from": first.period_from}
    assert report(world, royalty, 5, **again) == first
    for changes, match in (
        (again | {"base": 6}, "reported already"),
        ({"period_from": date(2020, 1, 1)}, "Another period"),
    ):
        base = changes.pop("base", 1)
        with pytest.raises(ValidationError, match=match):
            report(world, royalty, base, **changes)
    Royalty.objects.update(last_day=timezone.localdate() + timedelta(days=20))
    royalty.refresh_from_db()
    report(world, royalty, 0)
    with pytest.raises(ValidationError, match="not over yet"):
        report(world, Royalty.objects.get(), 1)
    assert RoyaltyReport.objects.count() == 2


def test_who_may_not_report(world: World, royalty: Royalty, visit) -> None:
    for person in (world.dean, world.broker, make_administrator()):
        with pytest.raises(PermissionDenied):
            report(world, royalty, 1, by=person)
    deal = royalty.agreement.deal
    assert visit(world.dean).get("report_royalty", deal.pk, royalty.pk).status_code == 403
    assert visit(make_user()).get("report_royalty", deal.pk, royalty.pk).status_code == 404
    assert not RoyaltyReport.objects.exists()


def test_deal_is_not_complete_before_the_last_report(world: World, royalty: Royalty) -> None:
    deal = royalty.agreement.deal
    made = report(world, royalty, 10_000_000)
    world.pay(made.milestone)
    assert Deal.objects.get().stage == Stage.PERFORMING
    assert guards.missing(deal, (Guard.MILESTONES_SETTLED,))
    report(world, Royalty.objects.get(), 0)
    while Deal.objects.get().stage != Stage.COMPLETED:
        report(world, Royalty.objects.get(), 0)
    assert not guards.missing(deal, (Guard.MILESTONES_SETTLED,))


def test_royalty_pages(world: World, royalty: Royalty, visit) -> None:
    deal = royalty.agreement.deal
    buyer = visit(world.engineer)
    shown = text_of(buyer.get("deal", deal.pk))
    assert "Report the royalty “Running royalty”" in shown
    page = buyer.get("report_royalty", deal.pk, royalty.pk)
    assert "Net sales of licensed products" in text_of(page)
    data = form_data(page, containing="base") | {"base": "100000.00", "evidence": upload()}
    for base in BAD_AMOUNTS:
        wrong = data | {"base": base, "evidence": upload()}
        response = buyer.post("report_royalty", deal.pk, royalty.pk, data=wrong)
        assert response.status_code == 422
        assert errors_at(response, "base")
    for changes in ({"evidence": ""}, {"evidence": upload(b"MZ\x90")}):
        response = buyer.post("report_royalty", deal.pk, royalty.pk, data=data | changes)
        assert errors_at(response, "evidence")
    tampered = buyer.post("report_royalty", deal.pk, royalty.pk, data=data | {"period_from": "x"})
    assert tampered.status_code == 422
    assert not RoyaltyReport.objects.exists()
    good = data | {"evidence": upload()}
    assert buyer.post("report_royalty", deal.pk, royalty.pk, data=good).status_code == 302
    good = data | {"evidence": upload()}
    assert buyer.post("report_royalty", deal.pk, royalty.pk, data=good).status_code == 302
    assert RoyaltyReport.objects.count() == 1, "a second click is the same report"
    assert "3,500.00" in text_of(visit(world.dean).get("deal", deal.pk))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        *(({"rate": rate}, "rate") for rate in ["0", "-1", "101", "1e1", "5.005", "６", ""]),
        ({"title": "x" * 101}, "title"),
        ({"base": ""}, "base"),
        ({"months": "5"}, "months"),
        ({"last_day": "2026-01-01"}, "last_day"),
        ({"last_day": "2199-01-01"}, "last_day"),
        ({"payment_days": "0"}, "payment_days"),
        ({"payment_days": "1e9"}, "payment_days"),
    ],
)
def test_wrong_royalty_in_the_draft_stands_at_its_field(
    world: World, visit, changes, field
) -> None:
    deal = world.negotiating()
    desk = visit(world.broker)
    data = form_data(desk.get("agreement", deal.pk), containing="subject")
    row = {
        "title": "Royalty",
        "base": "Net sales",
        "rate": "3.5",
        "months": "6",
        "first_day": "2026-01-01",
        "last_day": "2030-12-31",
        "payment_days": "30",
        **changes,
    }
    data |= {f"royalties-0-{name}": value for name, value in row.items()}
    data |= {"subject": "A licence.", "contract_type": "licence", "tax_basis_points": "6"}
    data |= {"plan_form": "flat", "action": "save"}
    response = desk.post("agreement", deal.pk, data=data)
    assert response.status_code == 422
    assert errors_at(response, f"royalties-0-{field}")
    assert not Royalty.objects.exists()


def test_royalty_and_equity_come_back_as_they_were_typed(world: World, visit) -> None:
    deal = world.negotiating()
    agreements.save_draft(
        deal=deal,
        terms=world.terms() | {"equity": "5 % of the new company."},
        milestones=(),
        royalties=[terms()],
        author=world.broker,
    )
    page = visit(world.broker).get("agreement", deal.pk)
    data = form_data(page, containing="subject")
    assert data["royalties-0-rate"] == ["3.5"]
    assert data["royalties-0-months"] == ["3"]
    assert data["equity"] == ["5 % of the new company."]
