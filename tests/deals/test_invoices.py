"""Invoices of collectors and brokers: at most what is due, and no broker is paid without one."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from brokers.deals import (
    commissions,
    invoices,
    performance,
    registrations,
)
from brokers.deals.models import (
    Agreement,
    Deal,
    Invoice,
    Milestone,
)
from brokers.settlement.models import Payout
from brokers.settlement.plan import Payee, PayeeKind
from marketplace.money import Money
from marketplace.outbox import effects
from tests.deals.factories import World, pdf
from tests.deals.test_compliance import REGISTERED
from tests.deals.typed import BAD_AMOUNTS, cny, upload
from tests.factories import make_administrator, make_user
from tests.pages import errors_at, form_data, text_of

pytestmark = pytest.mark.django_db


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
        broker.get("money", deal.pk)
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
    shown = text_of(visit(world.buyer).get("money", deal.pk))
    for wanted in ("24440000-009", "A-1", "Sample university", "6 % tax"):
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
