"""Public figures tell nobody's price; who keeps the books sees what they count."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from brokers.deals import progress
from brokers.deals.figures import funnel, industries, period, turnover
from brokers.deals.models import Deal, Milestone
from brokers.settlement.models import LedgerTransaction
from marketplace.money import Money
from marketplace.taxonomy.models import Industry
from tests import factories
from tests.deals.factories import World
from tests.factories import in_group, make_industry, make_user
from tests.pages import soup, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bank_only")]

AMOUNTS = (1_234_500, 2_000_000, 3_000_000)


def paid(amount: int) -> World:
    """A deal of which an enterprise of its own has paid `amount` minor units."""
    world = World()
    world.open_accounts()
    world.agreed(amount)
    world.pay(Milestone.objects.get(agreement__deal__result=world.result))
    return world


def page_of(person: Any = None) -> Any:
    client = Client(headers={"accept-language": "en"})
    if person is not None:
        client.force_login(person)
    return client.get(reverse("deals:figures"))


def test_a_deal_counts_at_each_step_that_it_has_reached() -> None:
    World().introduced()
    ended = World().negotiating()
    progress.advance(deal=ended, move="decline", actor=ended.need.author, reason="Not now.")
    paid(1_000_000)
    assert funnel.counts() == {
        "introduced": 3,
        "evaluated": 2,
        "negotiated": 2,
        "signed": 1,
        "paid": 1,
        "completed": 0,
    }
    for step, count in funnel.counts().items():
        assert funnel.reached(step).count() == count
    Deal.objects.update(created_at=period.since() - timedelta(seconds=1))
    assert set(funnel.counts().values()) == {0}


def test_the_price_of_a_month_is_told_once_three_enterprises_have_paid() -> None:
    staff = in_group(make_user(), "Finance")
    for number, amount in enumerate(AMOUNTS, start=1):
        paid(amount)
        total = Money(sum(AMOUNTS[:number]), "CNY")
        assert turnover.turnover()["CNY"][-1] == turnover.Month(period.months()[-1], total, number)
        shown = f"{total.amount / 100:,.2f}"
        assert (shown in text_of(page_of())) == (number == 3)
        assert ("fewer than 3 payers" in text_of(page_of())) == (number < 3)
        assert shown in text_of(page_of(staff))
        assert ("not public" in text_of(page_of(staff))) == (number < 3)


def test_an_enterprise_that_pays_three_times_is_one() -> None:
    world = World()
    world.open_accounts()
    world.agreed(100_000, 200_000, 300_000)
    for milestone in Milestone.objects.order_by("position"):
        world.pay(milestone)
    assert turnover.turnover()["CNY"][-1].payers == 1
    assert "6,000.00" not in text_of(page_of())


@pytest.mark.parametrize(("second", "months_ago"), [(0, 0), (-1, 1)])
def test_months_begin_by_the_sites_clock(
    monkeypatch: pytest.MonkeyPatch, second: int, months_ago: int
) -> None:
    moment: datetime = period.begin(period.months()[-1]) + timedelta(seconds=second)
    posted_at = LedgerTransaction._meta.get_field("posted_at")
    monkeypatch.setattr(posted_at, "_get_default", lambda: moment)
    paid(1_000_000)
    months = turnover.turnover()["CNY"]
    assert [month.payers for month in months].index(1) == len(months) - 1 - months_ago
    for month in months:
        assert turnover.payments(month.first, "CNY").count() == month.payers


def test_who_keeps_the_books_sees_what_each_figure_counts() -> None:
    world = paid(AMOUNTS[0])
    deal = Deal.objects.get()
    for person in (in_group(make_user(), "Finance"), factories.make_administrator()):
        links = [link["href"] for link in soup(page_of(person)).select("main .number a")]
        client = Client(headers={"accept-language": "en"})
        client.force_login(person)
        deals = [link for link in links if "/figures/deals/" in link]
        assert len(deals) == len(funnel.STEPS)
        assert deal.reference in text_of(client.get(deals[0]))
        assert deal.reference not in text_of(client.get(deals[-1])), "it is not completed"
        [payments] = [link for link in links if "/figures/payments/" in link]
        rows = client.get(payments)
        assert "12,345.00" in text_of(rows)
        assert soup(rows).find(
            "a", href=reverse("deals:ledger", args=[deal.pk]).replace("zh-hans", "en")
        )
    for person in (None, world.buyer, world.broker, factories.make_moderator()):
        assert not soup(page_of(person)).select("main a[href*='/figures/']")
        client = Client()
        if person is not None:
            client.force_login(person)
        for link in (*deals, payments):
            assert client.get(link).status_code == (302 if person is None else 404)


@pytest.mark.parametrize(
    "path",
    ["deals/nonsense/", "payments/2026/13/CNY/", "payments/2026/1/XXX/", "payments/0/1/CNY/"],
)
def test_what_is_no_figure_is_not_there(path: str) -> None:
    client = Client()
    client.force_login(in_group(make_user(), "Finance"))
    assert client.get(f"/en/figures/{path}").status_code == 404


def test_industries_are_counted_by_what_is_public() -> None:
    make_industry("A01")
    fields: dict[str, Any] = {"live": True, "industry": make_industry("C3841")}
    result = factories.make_result(**fields)
    factories.make_need(anonymous=True, **fields)
    factories.make_need(industry=Industry.objects.get(pk="A01"))
    [section] = industries.sections()
    assert (section.industry.pk, section.results, section.needs) == ("C", 1, 1)
    farm = factories.make_need(live=True, industry=Industry.objects.get(pk="A01"))
    client = Client()
    client.force_login(result.author)
    client.post(reverse("deals:introduce", args=[result.pk, farm.pk]), {"message": "We can."})
    [link] = industries.links()
    assert (link.offers.pk, link.asks.pk, link.count) == ("C", "A", 1)
    page = soup(page_of())
    assert len(page.select("svg.flows path")) == 1
    table = page.select_one("[aria-labelledby='map-title'] tbody")
    cells = [cell.get_text() for cell in table.select("th, td")]
    assert cells == [f"{link.offers.name} → {link.asks.name}", "1"]


def test_an_empty_site_says_so() -> None:
    text = text_of(page_of())
    for words in ("No deal was opened", "Nothing was paid", "Nothing has been published yet"):
        assert words in text


def test_the_page_costs_the_same_for_many_deals() -> None:
    paid(1_000_000)
    page_of()
    with CaptureQueriesContext(connection) as few:
        page_of()
    assert len(few) <= 15
    paid(2_000_000)
    World().introduced()
    with CaptureQueriesContext(connection) as many:
        page_of()
    assert len(many) == len(few)
