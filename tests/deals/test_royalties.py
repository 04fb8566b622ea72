"""Royalties: reported for each period, paid and split like a milestone; equity is recorded."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from brokers.deals import (
    agreements,
    guards,
    royalties,
)
from brokers.deals.models import (
    Deal,
    Milestone,
    Royalty,
    RoyaltyReport,
)
from brokers.deals.reporting_periods import next_period
from brokers.deals.stages import Guard, Stage
from brokers.settlement.models import Settlement
from tests.deals.factories import World, pdf
from tests.deals.typed import BAD_AMOUNTS, cny, upload
from tests.factories import make_administrator, make_user
from tests.pages import errors_at, form_data, text_of

pytestmark = pytest.mark.django_db


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
    assert (text.count("3.5%"), text.count("3.5 %")) == (1, 1), "as Chinese and English write it"


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
    shown = text_of(buyer.get("milestones", deal.pk))
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
    assert "3,500.00" in text_of(visit(world.dean).get("milestones", deal.pk))


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
