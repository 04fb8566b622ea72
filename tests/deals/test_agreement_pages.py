"""The form of an agreement: everything typed comes back, every problem stands at its field."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import Tag
from django.utils import timezone

from brokers.deals import introductions
from brokers.deals.models import Agreement, Deal, Document, Milestone
from brokers.settlement.models import SplitPlan
from marketplace.money import Money
from tests.deals.factories import World, make_broker
from tests.factories import add_member, make_administrator
from tests.pages import errors_at, form_data, soup, text_of

pytestmark = pytest.mark.django_db

BAD_AMOUNTS = [
    "-1", "-0", "1e2", "1_000", "١٢٣", "９９", "NaN", "Infinity", "5.005", "0", "1,000",
    "9223372036854775808", "0.0", " 5 0", "",
]  # fmt: skip


class Desk:
    """Fills in and sends the form of one deal."""

    def __init__(self, visitor: Any, deal: Deal) -> None:
        self.visitor, self.deal = visitor, deal
        self.page = visitor.get("agreement", deal.pk)
        self.data = form_data(self.page, containing="subject")

    def fill(self, world: World, **changes: Any) -> "Desk":
        self.data |= {
            "contract_type": "licence",
            "subject": "A licence to use the sample result.",
            "tax_basis_points": "6",
            "plan_form": "flat",
            "share_institution": "20",
            "share_team": "70",
            "share_broker": "10",
            "inventors-0-email": world.researcher.email,
            "inventors-0-parts": "1",
            "milestones-0-title": "Prototype",
            "milestones-0-amount": "10000.00",
            "milestones-0-due_on": str(timezone.localdate() + timedelta(days=30)),
            "milestones-0-deliverable": "A prototype.",
            **changes,
        }
        return self

    def press(self, action: str) -> Any:
        data = {**self.data, "action": action}
        return self.visitor.post("agreement", self.deal.pk, data=data)


@pytest.fixture
def desk(world: World, visit) -> Desk:
    return Desk(visit(world.broker), world.negotiating()).fill(world)


def test_from_the_form_to_the_signed_page(desk: Desk, world: World, visit) -> None:
    answer = desk.press("propose")
    assert answer.status_code == 302
    agreement = Agreement.objects.get()
    assert (agreement.state, agreement.tax_basis_points) == ("proposed", 600)
    assert agreement.collector == world.institution
    assert Milestone.objects.get().money == Money(1_000_000, "CNY")
    assert agreement.plan.plan.shares[0].basis_points == 1000
    world.sign(agreement.document)
    page = visit(world.engineer).get("agreement", desk.deal.pk)
    assert page.status_code == 302, "what there is to see now is the signed text"
    assert desk.press("save").status_code == 409
    assert Agreement.objects.get().state == "signed"


def test_draft_comes_back_as_it_was_typed(desk: Desk, world: World, visit) -> None:
    second = add_member(world.institution)
    rows = {
        "plan_form": "brokers_first",
        "share_institution": "30",
        "share_team": "69.5",
        "share_platform": "0.5",
        "share_broker": "",
        "tiers-0-up_to": "500000.00",
        "tiers-0-rate": "5",
        "tiers-1-up_to": "",
        "tiers-1-rate": "2.5",
        "minimum": "1000.00",
        "cap": "90000.00",
        "team_via_institution": "on",
        "inventors-0-parts": "60",
        "inventors-1-email": second.email,
        "inventors-1-parts": "40",
        "costs-0-milestone": "1",
        "costs-0-title": "Patent fee",
        "costs-0-amount": "120.00",
        "loss_bearer": "platform",
        "acceptance_days": "20",
    }
    desk.fill(world, **rows)
    desk.data["inventors-TOTAL_FORMS"] = "2"
    assert desk.press("save").status_code == 302
    again = Desk(visit(world.engineer), desk.deal)
    shown = {name: values[-1] for name, values in again.data.items()}
    expected = {
        name: value[-1] if isinstance(value, list) else value
        for name, value in desk.data.items()
        if name not in ("csrfmiddlewaretoken", "seen", "share_broker") and "TOTAL" not in name
    }
    assert {name: shown.get(name) for name in expected} == expected
    assert soup(again.page).find(class_="waterfall"), "the stored draft has its estimate"
    answer = again.press("save")
    assert answer.status_code == 302
    assert Agreement.objects.count() == 1


@pytest.mark.parametrize("amount", BAD_AMOUNTS)
def test_wrong_amount_stands_at_its_field_with_all_that_was_typed(
    desk: Desk, world, amount
) -> None:
    typed = {"milestones-0-amount": amount, "subject": "Kept <b>words</b>", "cap": amount or "x"}
    response = desk.fill(world, **typed).press("save")
    assert response.status_code == 422
    assert errors_at(response, "milestones-0-amount")
    assert errors_at(response, "cap")
    back = form_data(response, containing="subject")
    assert back["subject"] == ["Kept <b>words</b>"]
    assert back["milestones-0-title"] == ["Prototype"]
    assert back.get("milestones-0-amount", [""]) == [amount]
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"subject": "x" * 1_000_000}, "subject", "5000"),
        ({"subject": ""}, "subject", "required"),
        ({"contract_type": "gift"}, "contract_type", "not one of the available choices"),
        ({"currency": "DOGE"}, "currency", "not one of the available choices"),
        ({"collector": "me"}, "collector", "not one of the available choices"),
        ({"acceptance_days": "0"}, "acceptance_days", "greater than or equal to 1"),
        ({"acceptance_days": "9" * 400}, "acceptance_days", ""),
        ({"tax_basis_points": "100.01"}, "tax_basis_points", "at most 100"),
        ({"tax_basis_points": "6%"}, "tax_basis_points", "plain number"),
        ({"share_team": "-1"}, "share_team", "without a plus or minus"),
        ({"inventors-0-email": "nobody@example.org"}, "inventors-0-email", "No member of"),
        ({"inventors-0-email": "x"}, "inventors-0-email", "valid email"),
        ({"inventors-0-parts": "1.5"}, "inventors-0-parts", "whole numbers"),
        ({"milestones-0-due_on": "2020-01-01"}, "milestones-0-due_on", "in the past"),
        ({"milestones-0-due_on": "soon"}, "milestones-0-due_on", "valid date"),
        ({"milestones-0-title": ""}, "milestones-0-title", "required"),
        ({"milestones-0-title": "x" * 121}, "milestones-0-title", "120"),
        (
            {"costs-0-milestone": "2", "costs-0-title": "Fee", "costs-0-amount": "1"},
            "costs-0-milestone",
            "There is no milestone with this number.",
        ),
        ({"costs-0-title": "Fee"}, "costs-0-amount", "Enter an amount."),
        (
            {"tiers-0-rate": "5", "tiers-1-rate": "3", "tiers-1-up_to": "9"},
            "tiers-0-up_to",
            "Only the last tier",
        ),
    ],
)
def test_unreadable_input_is_not_kept_as_a_draft(desk: Desk, world, changes, field, says) -> None:
    response = desk.fill(world, **changes).press("save")
    assert response.status_code == 422
    assert says in errors_at(response, field)
    summary = soup(response).find(class_="error-summary")
    assert isinstance(summary, Tag)
    assert summary.find("a"), "the summary leads to the field"
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"share_team": "60"}, "share_team", "must make exactly 100"),
        ({"platform_fee": "1", "share_platform": "5", "share_team": "65"}, "platform_fee", "not both"),
        ({"plan_form": "brokers_first", "share_team": "80"}, "tiers-0-up_to", ""),
        (
            {"plan_form": "brokers_first", "share_team": "80", "tiers-0-rate": "5", "cap": "1.00",
             "minimum": "2.00"},
            "cap",
            "cap is not below the minimum",
        ),
        (
            {"plan_form": "brokers_first", "share_team": "80", "tiers-0-rate": "5",
             "tiers-0-up_to": "9"},
            "tiers-0-rate",
            "no upper end",
        ),
        (
            {"inventors-0-email": "", "inventors-0-parts": ""},
            None,
            "Name at least one inventor.",
        ),
        ({"collector": "platform", "currency": "BHD"}, "collector", "currency"),
    ],
)  # fmt: skip
def test_plan_that_may_not_be_signed_is_a_draft_at_most(
    desk: Desk, world, changes, field, says
) -> None:
    response = desk.fill(world, **changes).press("propose")
    assert response.status_code == 422
    summary = soup(response).find(class_="error-summary").get_text()
    assert says in (errors_at(response, field) if field else summary)
    assert not Agreement.objects.exists()
    assert not SplitPlan.objects.exists()
    assert not Document.objects.filter(kind="agreement").exists()
    assert desk.press("save").status_code == 302
    assert Agreement.objects.get().state == "draft"


def test_the_same_inventor_twice_is_said_at_the_row(desk: Desk, world: World) -> None:
    email = world.researcher.email
    desk.fill(world, **{"inventors-1-email": email.upper(), "inventors-1-parts": "2"})
    desk.data["inventors-TOTAL_FORMS"] = "2"
    response = desk.press("propose")
    assert response.status_code == 422
    assert "named twice" in errors_at(response, "inventors-0-parts")


def test_legal_floor_of_a_state_university(visit) -> None:
    world = World(state_established=True)
    world.open_accounts()
    desk = Desk(visit(world.broker), world.negotiating())
    desk.fill(world, share_team="40", share_institution="50")
    response = desk.press("propose")
    assert response.status_code == 422
    assert "as little as 40 %" in errors_at(response, "share_team")
    assert desk.fill(world, contract_type="service", share_team="40", share_institution="50")
    assert desk.press("propose").status_code == 302


def test_collector_needs_an_account(visit) -> None:
    world = World()
    desk = Desk(visit(world.broker), world.negotiating()).fill(world)
    response = desk.press("propose")
    assert response.status_code == 422
    assert "has not given its bank account" in errors_at(response, "collector")
    assert not Agreement.objects.exists()


def test_another_row_keeps_what_was_typed_and_complains_of_nothing(desk: Desk, world) -> None:
    desk.fill(world, **{"milestones-0-amount": "wrong"})
    for rows, field in (
        ("milestones", "title"),
        ("costs", "title"),
        ("inventors", "email"),
        ("tiers", "rate"),
    ):
        before = int(desk.data[f"{rows}-TOTAL_FORMS"][0])
        response = desk.press(f"add-{rows}")
        assert response.status_code == 200
        assert not soup(response).find(class_="errorlist")
        back = form_data(response, containing="subject")
        assert back[f"{rows}-TOTAL_FORMS"] == [str(before + 1)]
        assert f"{rows}-{before}-{field}" in back
        assert back["milestones-0-amount"] == ["wrong"]
    assert desk.press("add-brokers").status_code == 200
    assert desk.press("add-nonsense").status_code == 200
    assert not Agreement.objects.exists()


def test_a_broker_without_parts_is_not_kept_as_a_draft(desk: Desk, world) -> None:
    field = f"brokers-{world.broker.pk}-parts"
    response = desk.fill(world, **{field: ""}).press("save")
    assert response.status_code == 422
    assert "Enter a number of parts" in errors_at(response, field)
    assert not Agreement.objects.exists()


def test_removed_rows_are_gone_even_when_they_are_wrong(desk: Desk, world) -> None:
    desk.data["milestones-TOTAL_FORMS"] = "2"
    removed = {"milestones-1-amount": "wrong", "milestones-1-DELETE": "on"}
    assert desk.fill(world, **removed).press("propose").status_code == 302
    assert Milestone.objects.count() == 1


def test_recalculating_shows_the_split_and_stores_nothing(desk: Desk, world) -> None:
    response = desk.press("recalculate")
    assert response.status_code == 200
    rows = [row.get_text(" ", strip=True) for row in soup(response).select(".waterfall tbody tr")]
    assert rows[0].startswith("Received 10,000.00")
    assert any(row.startswith("Net income 9,400.00") for row in rows)
    assert any("Research team" in row and "6,580.00" in row for row in rows)
    wrong = desk.fill(world, share_team="60").press("recalculate")
    assert wrong.status_code == 200
    assert "must make exactly 100" in soup(wrong).find(id="split-preview").get_text()
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    "tampered",
    [
        {"milestones-TOTAL_FORMS": "100000"},
        {"milestones-TOTAL_FORMS": "-1"},
        {"milestones-TOTAL_FORMS": ""},
        {"tiers-TOTAL_FORMS": "x"},
        {"brokers-TOTAL_FORMS": "0"},
    ],
)
def test_tampered_rows_are_no_server_error(desk: Desk, world, tampered) -> None:
    response = desk.fill(world, **tampered).press("propose")
    assert response.status_code in (302, 422)


def test_who_may_not_draft(visit) -> None:
    world = World()
    deal = world.negotiating()
    world.institution.memberships.filter(user=world.researcher).delete()  # the team's lead only
    for person in (world.researcher, make_administrator()):
        assert visit(person).get("agreement", deal.pk).status_code == 403
        assert visit(person).post("agreement", deal.pk, data={"action": "save"}).status_code == 403
    assert not Agreement.objects.exists()


def test_second_click_on_propose_withdraws_nothing(desk: Desk) -> None:
    assert desk.press("propose").status_code == 302
    again = desk.press("propose")
    assert again.status_code == 409
    assert "Somebody has changed or proposed the agreement" in text_of(again)
    assert list(Agreement.objects.values_list("version", "state")) == [(1, "proposed")]
    desk.data = form_data(again, containing="subject")
    assert desk.press("save").status_code == 302, "having looked, the next version can be drafted"
    assert list(Agreement.objects.values_list("version", "state")) == [
        (1, "superseded"),
        (2, "draft"),
    ]


def test_nobody_overwrites_what_somebody_else_saved_meanwhile(
    desk: Desk, world: World, visit
) -> None:
    other = Desk(visit(world.engineer), desk.deal).fill(world, subject="The buyer's words.")
    assert other.press("save").status_code == 302
    late = desk.press("save")
    assert late.status_code == 409
    assert Agreement.objects.get().subject == "The buyer's words."
    assert form_data(late, containing="subject")["subject"] == [desk.data["subject"]]


def test_co_brokers_have_their_parts(visit) -> None:
    world = World()
    world.open_accounts()
    deal = world.introduced()
    other = make_broker()
    introductions.add_broker(deal=deal, broker=other, actor=world.broker)
    desk = Desk(visit(world.broker), world.negotiating()).fill(world)
    desk.data |= {f"brokers-{world.broker.pk}-parts": "60", f"brokers-{other.pk}-parts": "40"}
    assert desk.press("propose").status_code == 302
    (share,) = [s for s in Agreement.objects.get().plan.plan.shares if s.role == "broker"]
    assert [(m.payee.id, m.parts) for m in share.members] == [(world.broker.pk, 60), (other.pk, 40)]


def test_costs_above_the_whole_price_are_not_proposed(desk: Desk) -> None:
    desk.data |= {
        "costs-0-milestone": "1",
        "costs-0-title": "Patent fee",
        "costs-0-amount": "10000.01",
    }
    answer = desk.press("propose")
    assert answer.status_code == 422
    assert "The direct costs are above the price." in text_of(answer)
    assert not SplitPlan.objects.exists()
    desk.data["costs-0-amount"] = "10000.00"
    assert desk.press("propose").status_code == 302


def test_plan_that_becomes_unsound_while_it_is_sent_is_refused(desk: Desk, monkeypatch) -> None:
    """A broker joins between the form's own look at the plan and the service's."""
    monkeypatch.setattr("brokers.deals.forms.agreement.find_problems", lambda _plan: iter(()))
    desk.data["share_team"] = "60"
    answer = desk.press("propose")
    assert answer.status_code == 422
    assert "they must make exactly 100 %" in text_of(answer)
    assert not SplitPlan.objects.exists()
