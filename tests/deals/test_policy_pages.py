"""An institution's policies: kept by its owners, never changed, and what agreements start from."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from brokers.deals import agreements
from brokers.deals.models import Agreement, Milestone
from brokers.settlement.models import Allocation, Policy
from brokers.settlement.plan import Role
from brokers.settlement.services import policies
from tests.deals.factories import FLAT, World
from tests.factories import make_administrator, make_organisation, make_user, owner_of
from tests.pages import errors_at, form_data, text_of

pytestmark = pytest.mark.django_db
BAD_PERCENT = ["-1", "-0", "1e2", "1_0", "١٢", "９９", "NaN", "Infinity", "5.005", "101", "1,0"]


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Measures on sharing income",
        "source": "Document 12 (2026)",
        "effective_from": str(timezone.localdate()),
        "currency": "CNY",
        "office_fee": "15",
        "floor": "",
        "team_tiers-TOTAL_FORMS": "2",
        "team_tiers-INITIAL_FORMS": "0",
        "team_tiers-0-up_to": "100000.00",
        "team_tiers-0-rate": "50",
        "team_tiers-1-up_to": "",
        "team_tiers-1-rate": "25",
        "action": "save",
        **changes,
    }


def test_owner_adds_a_version_and_all_members_read_what_it_gives(world: World, visit) -> None:
    slug = world.institution.slug
    owner = visit(world.dean)
    assert "No policy yet" in text_of(owner.get("policies", slug))
    assert owner.post("add_policy", slug, data=typed()).status_code == 302
    shown = text_of(visit(world.researcher).get("policies", slug))
    for wanted in ("version 1", "in force", "15 %", "50 % up to 100,000.00 CNY", "42,500.00"):
        assert wanted in shown, wanted
    assert owner.post("add_policy", slug, data=typed(title="Better")).status_code == 302
    assert list(Policy.objects.order_by("pk").values_list("version", "title")) == [
        (1, "Measures on sharing income"),
        (2, "Better"),
    ]
    assert "replaced" in text_of(owner.get("policies", slug))


def test_next_version_starts_from_the_one_in_force(world: World, visit) -> None:
    world.policy(team_tiers=[[0, 10_000, 7000], [10_000, None, 5000]], office_fee=500)
    page = visit(world.dean).get("add_policy", world.institution.slug)
    data = form_data(page, containing="title")
    assert data["office_fee"] == ["5"]
    assert (data["team_tiers-0-up_to"], data["team_tiers-1-rate"]) == (["100.00"], ["50"])


def test_who_may_not_keep_or_read_policies(world: World, visit) -> None:
    slug = world.institution.slug
    for person in (world.researcher, world.bursar):
        assert visit(person).get("add_policy", slug).status_code == 403
        assert visit(person).post("add_policy", slug, data=typed()).status_code == 403
    for person in (world.buyer, world.broker, make_user()):
        assert visit(person).get("policies", slug).status_code == 404
        assert visit(person).post("add_policy", slug, data=typed()).status_code == 404
    assert visit(make_administrator()).get("policies", slug).status_code == 200
    assert visit(make_administrator()).post("add_policy", slug, data=typed()).status_code == 403
    assert visit(world.buyer).get("policies", world.enterprise.slug).status_code == 404
    with pytest.raises(PermissionDenied):
        policies.add(organisation=world.institution, by=world.bursar)
    assert not Policy.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"source": "x" * 1_000_000}, "source"),
        ({"effective_from": str(timezone.localdate() - timedelta(days=1))}, "effective_from"),
        ({"effective_from": "tomorrow"}, "effective_from"),
        ({"currency": "zzz"}, "currency"),
        ({"currency": "UGX"}, "currency"),
        ({"office_fee": "100"}, "office_fee"),
        ({"floor": "30"}, "floor"),
        ({"team_tiers-0-up_to": ""}, "team_tiers-0-up_to"),
        ({"team_tiers-0-up_to": "1,000"}, "team_tiers-0-up_to"),
        ({"team_tiers-0-up_to": "9223372036854775808"}, "team_tiers-0-up_to"),
        *(({"office_fee": text}, "office_fee") for text in BAD_PERCENT),
        *(({"team_tiers-0-rate": text}, "team_tiers-0-rate") for text in [*BAD_PERCENT, ""]),
    ],
)
def test_wrong_input_stands_at_its_field_and_loses_nothing(world, visit, changes, field) -> None:
    slug = world.institution.slug
    response = visit(world.dean).post("add_policy", slug, data=typed(**changes))
    assert response.status_code == 422
    assert errors_at(response, field)
    data = form_data(response, containing="title")
    assert data["team_tiers-1-rate"] == ["25"]
    assert not Policy.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"team_tiers-0-rate": "", "team_tiers-0-up_to": "", "team_tiers-1-rate": ""},
        {"team_tiers-1-up_to": "200000.00"},
        {"team_tiers-1-up_to": "50000.00"},
        {"team_tiers-TOTAL_FORMS": "x"},
        {"team_tiers-TOTAL_FORMS": "999999"},
    ],
)
def test_tiers_that_are_not_whole_are_refused_with_them(world: World, visit, changes) -> None:
    response = visit(world.dean).post("add_policy", world.institution.slug, data=typed(**changes))
    assert response.status_code == 422
    assert "error-summary" in response.content.decode()
    assert not Policy.objects.exists()


def test_a_row_can_be_added_without_losing_anything(world: World, visit) -> None:
    data = typed(action="add-team_tiers", title="Kept")
    response = visit(world.dean).post("add_policy", world.institution.slug, data=data)
    assert response.status_code == 200
    back = form_data(response, containing="title")
    assert (back["title"], back["team_tiers-TOTAL_FORMS"]) == (["Kept"], ["3"])


def test_agreement_is_proposed_from_the_policy_in_force(world: World, visit) -> None:
    tiers = [[0, 10_000_000, 5000], [10_000_000, None, 2500]]
    world.policy(office_fee=1500, team_tiers=tiers)
    world.policy(title="Later", effective_from=timezone.localdate() + timedelta(days=9))
    deal = world.negotiating()
    page = visit(world.broker).get("agreement", deal.pk)
    assert "Sample policy, version 1" in text_of(page)
    data = form_data(page, containing="subject")
    assert (data["office_fee"], data["share_institution"]) == (["15"], ["100"])
    assert (data["team_tiers-0-rate"], data["team_tiers-1-rate"]) == (["50"], ["25"])
    data |= {
        "contract_type": "development",
        "subject": "Development.",
        "tax_basis_points": "0",
        "share_institution": "90",
        "share_broker": "10",
        "milestones-0-title": "Prototype",
        "milestones-0-amount": "200000.00",
        "milestones-0-due_on": str(timezone.localdate()),
        "milestones-0-deliverable": "A prototype.",
        "action": "propose",
    }
    answer = visit(world.broker).post("agreement", deal.pk, data=data)
    assert answer.status_code == 302
    agreement = Agreement.objects.get()
    text = agreement.document.text
    assert text.count("Sample policy v1") == 2, "named in both languages"
    assert [share.role for share in agreement.plan.plan.first] == [Role.INSTITUTION, Role.TEAM]


def test_signed_plan_keeps_the_version_it_was_signed_under(world: World) -> None:
    world.policy()
    deal = world.agreed()
    world.policy(title="Another", floor=7000)
    agreement = Agreement.objects.get(deal=deal)
    assert agreement.policy.version == 1
    assert "Sample policy v1" in agreement.plan.plan.policy


def test_policy_may_ask_more_for_the_team_than_the_law(world: World, visit) -> None:
    world.policy(floor=6000, team_tiers=[[0, None, 8000]])
    deal = world.negotiating()
    draft = agreements.save_draft(
        deal=deal,
        terms=world.terms(shares={**FLAT, "team": 5000, "institution": 4000}),
        milestones=world.milestones(1_000_000),
        author=world.broker,
    )
    desk = visit(world.broker)
    data = form_data(desk.get("agreement", deal.pk), containing="subject")
    response = desk.post("agreement", deal.pk, data=data | {"action": "propose"})
    assert response.status_code == 422
    assert "Sample policy v1" in errors_at(response, "share_team")
    draft.refresh_from_db()
    assert (draft.state, draft.plan) == ("draft", None)


def test_team_has_a_percentage_or_tiers_not_both(world: World, visit) -> None:
    world.policy(team_tiers=[[0, 10_000, 5000], [10_000, None, 2500]])
    deal = world.negotiating()
    desk = visit(world.broker)
    data = form_data(desk.get("agreement", deal.pk), containing="subject")
    data |= {
        "subject": "Words.",
        "tax_basis_points": "0",
        "share_team": "10",
        "milestones-0-title": "One",
        "milestones-0-amount": "5.00",
        "milestones-0-due_on": str(timezone.localdate()),
        "milestones-0-deliverable": "It.",
        "action": "propose",
    }
    response = desk.post("agreement", deal.pk, data=data)
    assert response.status_code == 422
    assert "not both" in errors_at(response, "share_team")


def test_office_fee_and_tiers_are_settled_as_signed(world: World) -> None:
    deal = world.agreed(
        20_000_000,
        office_fee=1500,
        team_tiers=[[0, 10_000_000, 5000], [10_000_000, None, 2500]],
        shares={"institution": 9000, "broker": 1000},
    )
    milestone = deal.agreements.get().milestones.get()
    world.pay(milestone)
    world.settle(milestone)
    lines = milestone_shares(milestone.pk)
    net = 20_000_000 - 1_200_000
    office = net * 15 // 100
    team = 5_000_000 + (net - office - 10_000_000) // 4
    rest = net - office - team
    assert lines == {
        "office": office,
        "team": team,
        "broker": rest // 10,
        "institution": rest - rest // 10,
    }


def milestone_shares(pk: Any) -> dict[str, int]:

    payment = Milestone.objects.get(pk=pk).payment_reference
    rows = Allocation.objects.filter(settlement__receipt=payment, kind="share")
    return dict(rows.values_list("group", "amount"))


def test_other_institutions_policies_do_not_count(world: World) -> None:
    other = make_organisation()
    policies.add(
        organisation=other,
        by=owner_of(other),
        title="Other",
        source="x",
        effective_from=timezone.localdate(),
        team_tiers=[[0, None, 1]],
    )
    assert agreements.policy_of(world.negotiating().institution) is None
