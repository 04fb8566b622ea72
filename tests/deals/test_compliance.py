"""The due-diligence record, public notices, registration and exemption, as services see them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from brokers.deals import due_diligence, notices, progress, registrations
from brokers.deals.models import Agreement, Deal, DueDiligence, Milestone, PublicNotice
from brokers.deals.models import Objection as Entered
from brokers.deals.stages import Stage
from brokers.settlement.models import Settlement
from marketplace.money import Money
from marketplace.notifications.models import Notification
from tests.deals.factories import World, pdf
from tests.factories import add_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def state() -> World:
    return World(state_established=True)


def blocked(deal: Deal, world: World, match: str) -> None:
    with pytest.raises(progress.MoveRefused, match=match):
        progress.advance(deal=deal, move="agree", actor=world.buyer)
    assert Deal.objects.get(pk=deal.pk).stage == Stage.NEGOTIATING


def signed(world: World) -> Deal:
    agreement = world.proposed()
    world.sign(agreement.document)
    deal = Deal.objects.get()
    assert deal.stage == Stage.NEGOTIATING, "signed, but not all is on record"
    return deal


def test_record_and_notice_open_the_way_to_agreed(state: World) -> None:
    deal = signed(state)
    blocked(deal, state, "due-diligence record")
    state.record_due_diligence(deal)
    blocked(deal, state, "public notice of name and price is missing")
    state.notice(deal, days_ago=16)
    progress.try_advance(deal=deal, move="agree")
    assert Deal.objects.get().stage == Stage.AGREED


def test_notice_still_runs_on_its_last_day(state: World) -> None:
    deal = signed(state)
    state.notice(deal, days_ago=15)
    state.record_due_diligence(deal)
    blocked(deal, state, "runs until")


def test_notice_says_the_price_of_the_agreement(state: World) -> None:
    deal = signed(state)
    state.notice(deal, 999_999, days_ago=16)
    state.record_due_diligence(deal)
    blocked(deal, state, "9,999.99 CNY, the agreement 10,000.00 CNY")


@pytest.mark.parametrize("mode", ["listed", "auction"])
def test_other_pricing_modes_need_no_notice(state: World, mode: str) -> None:
    deal = signed(state)
    state.record_due_diligence(deal, pricing_mode=mode)
    assert Deal.objects.get().stage == Stage.AGREED


def test_foreign_party_needs_the_export_control_check(state: World) -> None:
    deal = signed(state)
    state.record_due_diligence(deal, pricing_mode="auction", foreign_party=True)
    blocked(deal, state, "export-control")
    state.record_due_diligence(deal, foreign_party=True, export_control="Not on the list.")


def test_minutes_are_needed_and_kept(state: World) -> None:
    deal = state.negotiating()
    fields = {"approved_on": date(2026, 1, 2), "approval": "No. 1", "related_parties": "None."}
    with pytest.raises(ValidationError) as refusal:
        due_diligence.record(deal=deal, fields=fields, by=state.dean)
    assert "upload" in refusal.value.error_dict
    assert not DueDiligence.objects.exists()
    first = due_diligence.record(deal=deal, fields=fields, by=state.dean, minutes=pdf())
    again = due_diligence.record(deal=deal, fields={"approval": "No. 2"}, by=state.dean)
    assert again.minutes == first.minutes


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"rights": "ownership", "rights_from": date(2026, 1, 1)}, "rights_share"),
        ({"rights": "ownership", "rights_share": 7000}, "rights_from"),
        ({"rights": "use", "rights_from": date(2026, 1, 1)}, "rights_until"),
        (
            {
                "rights": "use",
                "rights_from": date(2024, 2, 29),
                "rights_until": date(2034, 2, 27),
            },
            "rights_until",
        ),
    ],
)
def test_rights_of_the_team_are_whole(state: World, fields: dict[str, Any], at: str) -> None:
    deal = state.negotiating()
    with pytest.raises(ValidationError) as refusal:
        state.record_due_diligence(deal, **fields)
    assert list(refusal.value.error_dict) == [at]
    assert not DueDiligence.objects.exists()


def test_right_of_use_for_ten_years(state: World) -> None:
    deal = state.negotiating()
    until = {"rights_from": date(2024, 2, 29), "rights_until": date(2034, 2, 28)}
    state.record_due_diligence(deal, rights="use", **until)
    assert DueDiligence.objects.get().rights_until == date(2034, 2, 28)


def test_notice_lasts_as_long_as_the_law_says(state: World) -> None:
    deal, today = state.negotiating(), timezone.localdate()
    typed = {"subject": "A result", "amount": Money(1, "CNY"), "basis": "Talks.", "by": state.dean}
    for days in (-1, 0, 14, 367):
        with pytest.raises(ValidationError) as refusal:
            notices.publish(deal=deal, closes_on=today + timedelta(days=days), **typed)
        assert "closes_on" in refusal.value.error_dict
    assert not PublicNotice.objects.exists()
    notices.publish(deal=deal, closes_on=today + timedelta(days=15), **typed)


def test_who_publishes_and_decides(state: World) -> None:
    deal = state.negotiating()
    typed = {"subject": "A", "amount": Money(1, "CNY"), "basis": "B"}
    for person in (state.researcher, state.buyer, state.broker, make_user()):
        with pytest.raises(PermissionDenied):
            notices.publish(deal=deal, closes_on=date(2030, 1, 1), by=person, **typed)
    notice = state.notice(deal)
    objection = notices.object_to(notice=notice, text="Too cheap.", by=make_user())
    for person in (state.researcher, state.buyer, objection.author):
        with pytest.raises(PermissionDenied):
            notices.decide(objection=objection, state="rejected", decision="No.", by=person)
    objection.refresh_from_db()
    assert (objection.state, PublicNotice.objects.count()) == ("open", 1)


def test_another_notice_withdraws_the_one_before(state: World) -> None:
    deal = state.negotiating()
    first, second = state.notice(deal, 1), state.notice(deal, 2)
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    with pytest.raises(ValidationError, match="ended"):
        notices.object_to(notice=first, text="Late.", by=make_user())
    assert second.is_open


def test_objection_blocks_until_it_is_rejected_with_a_reason(state: World) -> None:
    deal = signed(state)
    notice = state.notice(deal)
    neighbour = make_user()
    objection = notices.object_to(notice=notice, text="Worth more.", by=neighbour)
    with pytest.raises(ValidationError, match="being decided"):
        notices.object_to(notice=notice, text="Again.", by=neighbour)
    assert Notification.objects.filter(recipient=state.dean).exists()
    PublicNotice.objects.update(
        opens_on=timezone.localdate() - timedelta(days=20),
        closes_on=timezone.localdate() - timedelta(days=1),
    )
    state.record_due_diligence(deal)
    blocked(deal, state, "objection to the public notice is to be decided")
    with pytest.raises(ValidationError):
        notices.decide(objection=objection, state="rejected", decision=" ", by=state.dean)
    notices.decide(objection=objection, state="rejected", decision="Valued twice.", by=state.dean)
    assert Notification.objects.filter(recipient=neighbour).exists()
    assert Deal.objects.get().stage == Stage.AGREED
    with pytest.raises(ValidationError, match="decided already"):
        notices.decide(objection=objection, state="upheld", decision="Oh.", by=state.bursar)
    objection.refresh_from_db()
    assert objection.state == "rejected"


def test_upheld_objection_asks_for_another_notice(state: World) -> None:
    deal = signed(state)
    objection = notices.object_to(notice=state.notice(deal), text="No.", by=make_user())
    notices.decide(objection=objection, state="upheld", decision="True.", by=state.dean)
    PublicNotice.objects.update(
        opens_on=timezone.localdate() - timedelta(days=20),
        closes_on=timezone.localdate() - timedelta(days=1),
    )
    state.record_due_diligence(deal)
    blocked(deal, state, "upheld: publish another")
    state.notice(deal, days_ago=16)
    progress.try_advance(deal=deal, move="agree")
    assert Deal.objects.get().stage == Stage.AGREED


def test_nobody_decides_an_own_objection(state: World) -> None:
    notice = state.notice(state.negotiating())
    objection = notices.object_to(notice=notice, text="Mine.", by=state.dean)
    with pytest.raises(ValidationError, match="Somebody else"):
        notices.decide(objection=objection, state="rejected", decision="No.", by=state.dean)
    assert Entered.objects.get().state == "open"


REGISTERED = {
    "state": "registered",
    "number": "2026310000000001",
    "registered_on": date(2026, 3, 1),
    "total": Money(1_000_000, "CNY"),
    "technology": Money(900_000, "CNY"),
}


def agreed(world: World, **terms: Any) -> Agreement:
    deal = world.agreed()
    Agreement.objects.update(**terms)
    world.seal(deal)
    return Agreement.objects.get()


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"number": ""}, {"number"}),
        ({"registered_on": None}, {"registered_on"}),
        ({"registered_on": date(2999, 1, 1)}, {"registered_on"}),
        ({"total": None, "technology": None}, {"total", "technology"}),
        ({"total": Money(1_000_001, "CNY")}, {"total"}),
        ({"technology": Money(1_000_001, "CNY")}, {"technology"}),
        ({"number": "1 2;drop"}, {"number"}),
        ({"vat_exempt": True}, {"vat_exempt"}),
        ({"state": "submitted", "vat_exempt": True}, {"vat_exempt"}),
    ],
)
def test_registration_is_whole(world: World, changes: dict[str, Any], at: set[str]) -> None:
    agreement = agreed(world)
    with pytest.raises(ValidationError) as refusal:
        registrations.record(agreement=agreement, by=world.dean, **{**REGISTERED, **changes})
    assert set(refusal.value.error_dict) == at
    assert not hasattr(Agreement.objects.get(), "registration")


def test_registration_needs_the_sealed_scan_and_a_signed_contract(world: World) -> None:
    agreement = world.proposed()
    with pytest.raises(ValidationError, match="once it is signed"):
        registrations.record(agreement=agreement, by=world.dean, **REGISTERED)
    world.sign(agreement.document)
    with pytest.raises(ValidationError) as refusal:
        registrations.record(agreement=agreement, by=world.dean, **REGISTERED)
    assert set(refusal.value.error_dict) == {"state"}
    for person in (world.buyer, world.broker, make_user()):
        with pytest.raises(PermissionDenied):
            registrations.record(agreement=agreement, by=person, state="preparing")


@pytest.mark.parametrize("registered", [True, False])
def test_vat_is_exempt_only_once_registered(world: World, registered: bool) -> None:
    agreement = agreed(world, tax_treatment="exempt")
    if registered:
        registrations.record(agreement=agreement, by=world.dean, vat_exempt=True, **REGISTERED)
    milestone = Milestone.objects.get()
    world.pay(milestone)
    world.settle(milestone)
    tax = 0 if registered else 60_000
    assert Settlement.objects.get().net_amount == 1_000_000 - tax


def test_consulting_is_never_exempt(world: World) -> None:
    agreement = agreed(world, tax_treatment="exempt", contract_type="consulting")
    with pytest.raises(ValidationError, match="this type"):
        registrations.record(agreement=agreement, by=world.dean, vat_exempt=True, **REGISTERED)


def test_members_of_the_institution_record_the_registration(world: World) -> None:
    agreement = agreed(world)
    clerk = add_member(world.institution)
    kept = registrations.record(agreement=agreement, by=clerk, certificate=pdf(), **REGISTERED)
    assert kept.certificate is not None
    assert kept.technology == Money(900_000, "CNY")
