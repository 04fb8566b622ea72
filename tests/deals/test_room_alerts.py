"""Reminders and alerts: before the day, after it, when nothing happens; each is told once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from brokers.deals import agreements, effects, periods, progress, registrations, royalties
from brokers.deals.models import Agreement, Deal, DealTask, Document, Milestone, Royalty
from brokers.deals.reporting_periods import next_period
from brokers.deals.room import alerts, messages, work
from brokers.deals.stages import OPEN
from marketplace.money import Money
from marketplace.notifications.models import Notification
from tests.deals.factories import World, pdf
from tests.pages import text_of

pytestmark = pytest.mark.django_db

TITLE = "canarytask"


def in_days(days: int):
    return timezone.localdate() + timedelta(days=days)


def make_task(world: World, deal: Deal, days: int) -> DealTask:
    fields = {"title": TITLE, "responsible": world.engineer, "due_on": in_days(days), "progress": 0}
    return work.add(deal=deal, by=world.broker, **fields)


def age(deal: Deal, days: int) -> None:
    Deal.objects.filter(pk=deal.pk).update(changed_at=timezone.now() - timedelta(days=days))


def test_a_task_is_remembered_once_for_each_date() -> None:
    world = World()
    task = make_task(world, world.introduced(), days=3)
    mail.outbox.clear()
    assert [alerts.remind_of_tasks(), alerts.remind_of_tasks()] == [1, 0]
    assert [message.to for message in mail.outbox] == [[world.engineer.email]]
    DealTask.objects.filter(pk=task.pk).update(due_on=in_days(2))
    assert alerts.remind_of_tasks() == 1
    DealTask.objects.filter(pk=task.pk).update(due_on=in_days(-1))
    assert [alerts.remind_of_tasks(), alerts.remind_of_tasks()] == [2, 0]
    assert TITLE not in "".join(message.subject + message.body for message in mail.outbox)


def test_what_is_far_off_or_done_or_in_a_deal_that_ended_is_not_told() -> None:
    world = World()
    deal = world.introduced()
    far, done = make_task(world, deal, days=4), make_task(world, deal, days=1)
    work.change(task=done, by=world.engineer, progress=100)
    assert alerts.remind_of_tasks() == 0
    DealTask.objects.filter(pk=far.pk).update(due_on=in_days(0))
    progress.advance(deal=deal, move="decline", actor=world.buyer, reason="No.")
    assert alerts.remind_of_tasks() == 0


def test_the_others_are_told_when_the_responsible_person_is_gone() -> None:
    world = World()
    deal = world.introduced()
    make_task(world, deal, days=1)
    world.engineer.memberships.all().delete()
    assert alerts.remind_of_tasks() > 0
    assert not Notification.objects.filter(
        recipient=world.engineer, subject__contains="your task is due"
    ).exists()


def test_who_pays_is_told_of_a_payment(world: World) -> None:
    deal = world.agreed()
    milestone = Milestone.objects.get()
    assert alerts.remind_of_payments() == 0
    for days, word in ((7, "is due on"), (-1, "was due on")):
        Milestone.objects.update(due_on=in_days(days))
        mail.outbox.clear()
        assert [alerts.remind_of_payments(), alerts.remind_of_payments()] == [1, 0]
        assert [message.to for message in mail.outbox] == [[world.buyer.email]]
        assert word in mail.outbox[0].subject
    world.pay(milestone)
    Milestone.objects.update(due_on=in_days(-5))
    assert alerts.remind_of_payments() == 0
    assert deal.reference in mail.outbox[0].subject


def royalty_of(world: World) -> Royalty:
    deal = world.negotiating()
    terms = {
        "title": "Running royalty",
        "base": "Net sales",
        "rate": 350,
        "months": 3,
        "first_day": in_days(-100),
        "last_day": in_days(600),
        "payment_days": 30,
    }
    draft = agreements.save_draft(
        deal=deal, terms=world.terms(), milestones=(), royalties=[terms], author=world.broker
    )
    world.sign(agreements.propose(agreement=draft, author=world.broker))
    return Royalty.objects.get()


def test_who_reports_a_royalty_is_told_once_the_period_is_over_and_once_it_is_late(
    world: World,
) -> None:
    royalty = royalty_of(world)
    for first, told, word in ((-30, 0, ""), (-95, 1, "by"), (-120, 1, "was to be reported")):
        Royalty.objects.update(first_day=in_days(first))
        mail.outbox.clear()
        assert [alerts.remind_of_royalties(), alerts.remind_of_royalties()] == [told, 0], first
        assert [message.to for message in mail.outbox] == [[world.buyer.email]] * told
        assert all(word in message.subject for message in mail.outbox)
    period = next_period(Royalty.objects.get())
    royalties.report(
        royalty=royalty,
        period_from=period.first,
        base=Money(100_00, "CNY"),
        evidence=pdf(),
        by=world.buyer,
    )
    assert alerts.remind_of_royalties() == 0


def test_who_hands_the_contract_in_is_told_before_the_day_and_after(world: World) -> None:
    agreement = world.agreed().agreements.get()
    Agreement.objects.update(signed_at=timezone.now() - timedelta(days=25))
    assert alerts.remind_of_registrations() == 0, "nothing hangs on it"
    Agreement.objects.update(tax_treatment="exempt")
    mail.outbox.clear()
    assert [alerts.remind_of_registrations(), alerts.remind_of_registrations()] == [2, 0]
    told = {to for message in mail.outbox for to in message.to}
    assert told == {world.dean.email, world.bursar.email}
    Agreement.objects.update(signed_at=timezone.now() - timedelta(days=31))
    assert [alerts.remind_of_registrations(), alerts.remind_of_registrations()] == [2, 0]
    assert "was to be handed in" in mail.outbox[-1].subject
    Agreement.objects.update(signed_at=timezone.now() - timedelta(days=40))
    world.seal(agreement.deal)
    registrations.record(agreement=agreement, by=world.dean, state="submitted")
    assert alerts.remind_of_registrations() == 0


def test_who_has_not_signed_a_text_for_days_is_told_once(world: World) -> None:
    document = world.proposed().document
    assert alerts.remind_of_signatures() == 0, "it has just come"
    Document.objects.update(created_at=timezone.now() - timedelta(days=6))
    world.sign(document, "enterprise")
    mail.outbox.clear()
    told = alerts.remind_of_signatures()
    unsigned = {to for message in mail.outbox for to in message.to}
    assert told == len(unsigned) > 0
    assert world.buyer.email not in unsigned
    assert {world.dean.email, world.broker.email} <= unsigned
    assert alerts.remind_of_signatures() == 0, "once"
    Document.objects.update(withdrawn_at=timezone.now())
    Notification.objects.all().delete()
    assert alerts.remind_of_signatures() == 0, "nobody is asked to sign what was taken back"


def test_who_may_not_sign_in_any_more_is_told_nothing(world: World) -> None:
    world.agreed()
    for person in (world.dean, world.buyer):
        person.is_active = False
        person.save()
    Milestone.objects.update(due_on=in_days(1))
    Agreement.objects.update(tax_treatment="exempt", signed_at=timezone.now() - timedelta(days=31))
    mail.outbox.clear()
    assert (alerts.remind_of_payments(), alerts.remind_of_registrations()) == (0, 1)
    assert [message.to for message in mail.outbox] == [[world.bursar.email]]


def test_a_deal_that_stands_still_is_told_once_until_something_happens(visit) -> None:
    world = World()
    deal = world.introduced()
    world.broker.language = "zh-hans"
    world.broker.save()
    age(deal, 13)
    assert alerts.tell_stalled() == 0
    age(deal, 15)
    mail.outbox.clear()
    assert [alerts.tell_stalled(), alerts.tell_stalled()] == [3, 0]
    assert {to for message in mail.outbox for to in message.to} == {
        world.broker.email,
        world.researcher.email,
        world.engineer.email,
    }
    assert "Nothing has happened for 15 days." in text_of(visit(world.dean).get("deal", deal.pk))
    links = {notice.url for notice in Notification.objects.filter(once__startswith="stalled")}
    assert links == {f"/en/deals/{deal.pk}/#next", f"/zh-hans/deals/{deal.pk}/#next"}
    messages.write(deal=deal, author=world.broker, text="Is anybody there?")
    assert alerts.tell_stalled() == 0
    assert "Nothing has happened" not in text_of(visit(world.dean).whole(deal.pk))
    age(deal, 20)
    assert alerts.tell_stalled() == 3


def test_a_deal_that_has_ended_may_stand_still() -> None:
    world = World()
    deal = world.introduced()
    progress.advance(deal=deal, move="decline", actor=world.buyer, reason="No.")
    age(deal, 400)
    assert alerts.tell_stalled() == 0
    assert alerts.standstill(Deal.objects.get()) == 0


def test_every_open_stage_has_its_patience_and_the_jobs_run() -> None:
    assert all(periods.in_force(f"stalled_{stage}", on=in_days(0)).days for stage in OPEN)
    assert effects.remind() == 0
    assert effects.tell_earlier_brokers() == 0
