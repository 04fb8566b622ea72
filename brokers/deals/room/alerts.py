"""Remind people before something is due, tell them when it is not done, and when a deal stands still.

Each is told once for each date: a date that moves, or a deal that moves on and stops again, is told
anew. Nothing of what a deal holds stands in a reminder: a notice, a date and the way to the page.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from brokers.deals import guards, periods, sections
from brokers.deals.models import (
    Agreement,
    Deal,
    DealTask,
    Document,
    Milestone,
    Party,
    Registration,
    Royalty,
    TaxTreatment,
)
from brokers.deals.reporting_periods import next_period
from brokers.deals.room.people import followers, participants, signers, signers_of
from brokers.deals.stages import IN_FORCE, OPEN, Stage
from marketplace.accounts.models import User
from marketplace.notifications.notify import notify
from marketplace.notifications.topics import Topic

DEALS = ("deal__result", "deal__need")
_PLACES = {
    "task": "tasks",
    "payment": "milestones",
    "royalty": "royalties",
    "registration": "registration",
}
"""What people are reminded of, and where on the deal it stands."""


def remind_of_tasks() -> int:
    """Tell who has an open task that it is due soon, then that it is overdue; return how many."""
    today = timezone.localdate()
    open_tasks = DealTask.objects.filter(
        done_at=None, due_on__lte=periods.ends("task_reminder"), deal__stage__in=OPEN
    ).select_related(*DEALS)
    return sum(_remind_of_task(task, today) for task in open_tasks)


def remind_of_payments() -> int:
    """Tell who pays for the enterprise that a milestone is due soon or overdue; return how many."""
    today = timezone.localdate()
    unpaid = Milestone.objects.standing().filter(
        agreement__deal__stage__in=IN_FORCE,
        paid_at=None,
        due_on__lte=periods.ends("milestone_reminder"),
    )
    return sum(
        _remind(
            "payment",
            milestone.agreement.deal,
            signers(milestone.agreement.deal, Party.Role.ENTERPRISE),
            key=str(milestone.pk),
            due=milestone.due_on,
            today=today,
        )
        for milestone in unpaid.select_related("agreement__deal")
    )


def remind_of_royalties() -> int:
    """Tell who signs for the enterprise that a royalty's period is over, then that it is late."""
    royalties = Royalty.objects.filter(
        agreement__state=Agreement.State.SIGNED, agreement__deal__stage__in=IN_FORCE
    )
    return sum(
        _remind_of_royalty(royalty)
        for royalty in royalties.select_related("agreement__deal").prefetch_related("reports")
    )


def remind_of_registrations() -> int:
    """Tell who signs for the institution that a contract should be handed in; return how many.

    It concerns contracts whose exemption from VAT depends on it, and those of state-established
    institutions.
    """
    concerned = Q(tax_treatment=TaxTreatment.EXEMPT) | Q(
        deal__result__organisation__state_established=True
    )
    waiting = Agreement.objects.filter(
        concerned,
        Q(registration=None) | Q(registration__state=Registration.State.PREPARING),
        state=Agreement.State.SIGNED,
        signed_at__isnull=False,
        deal__stage__in=IN_FORCE,
    )
    return sum(_remind_of_registration(one) for one in waiting.select_related("deal"))


def remind_of_signatures() -> int:
    """Tell who has not signed a text that has waited for some days; return how many."""
    patience = periods.in_force("signature_reminder", on=timezone.localdate()).days
    waiting = Document.objects.filter(
        Q(kind=Document.Kind.NDA, deal__stage=Stage.NDA)
        | Q(agreement__state=Agreement.State.PROPOSED, deal__stage__in=OPEN),
        withdrawn_at=None,
        created_at__lt=timezone.now() - timedelta(days=patience),
    ).select_related("agreement", *DEALS)
    return sum(_remind_of_signature(document) for document in waiting)


def tell_stalled() -> int:
    """Tell the people of open deals in which nothing has happened for too long; return how many."""
    today = timezone.localdate()
    late: list[Any] = [
        Q(stage=stage, changed_at__lt=timezone.now() - timedelta(days=patience(stage, today)))
        for stage in OPEN
    ]
    stalled = Deal.objects.filter(Q.create(late, Q.OR)).select_related("result", "need")
    return sum(_tell_stalled(deal) for deal in stalled)


def patience(stage: str, on: date) -> int:
    """Return after how many days without any event a deal in `stage`, one of `OPEN`, stands still."""
    return periods.in_force(f"stalled_{stage}", on=on).days


def standstill(deal: Deal) -> int:
    """Return for how many days nothing has happened in `deal`, 0 as long as that is not too long."""
    if deal.stage not in OPEN:
        return 0
    days = (timezone.now() - deal.changed_at).days
    return days if days >= patience(deal.stage, timezone.localdate()) else 0


def _remind_of_task(task: DealTask, today: date) -> int:
    concerned = {task.responsible_id}
    if task.due_on < today:
        concerned.add(task.created_by_id)
    people = participants(task.deal)
    recipients = people.filter(pk__in=concerned) or followers(task.deal)
    return _remind("task", task.deal, recipients, key=str(task.pk), due=task.due_on, today=today)


def _remind_of_royalty(royalty: Royalty) -> int:
    period, deal = next_period(royalty), royalty.agreement.deal
    if period is None or not period.is_over:
        return 0
    return _remind(
        "royalty",
        deal,
        signers(deal, Party.Role.ENTERPRISE),
        key=str(royalty.pk),
        due=period.last + timedelta(days=periods.in_force("royalty_report", on=period.last).days),
        today=timezone.localdate(),
    )


def _remind_of_registration(agreement: Agreement) -> int:
    signed = timezone.localdate(agreement.signed_at)
    due = signed + timedelta(days=periods.in_force("registration", on=signed).days)
    if due > periods.ends("registration_reminder"):
        return 0
    people = signers(agreement.deal, Party.Role.INSTITUTION)
    return _remind(
        "registration",
        agreement.deal,
        people,
        key=str(agreement.pk),
        due=due,
        today=timezone.localdate(),
    )


def _remind_of_signature(document: Document) -> int:
    told = notify(
        signers_of(*guards.unsigned_parties(document)),
        topic=Topic.BINDING,
        template="deal_signature_waiting",
        url=sections.path(document.deal_id, "documents"),
        about=("deal:read", document.deal),
        context={"deal": document.deal, "since": document.created_at},
        once=f"signature {document.pk}",
    )
    return len(told)


def _remind(
    what: str, deal: Deal, recipients: Iterable[User], *, key: str, due: date, today: date
) -> int:
    when = "overdue" if due < today else "due"
    told = notify(
        recipients,
        topic=Topic.DEALS if what == "task" else Topic.BINDING,
        template=f"deal_{what}_{when}",
        url=sections.path(deal.pk, _PLACES[what]),
        about=("deal:read", deal),
        context={"deal": deal, "due": due},
        once=f"{what} {key} {when} {due}",
    )
    return len(told)


def _tell_stalled(deal: Deal) -> int:
    days = (timezone.now() - deal.changed_at).days
    told = notify(
        followers(deal),
        topic=Topic.DEALS,
        template="deal_stalled",
        url=sections.path(deal.pk, "next"),
        about=("deal:read", deal),
        context={"deal": deal, "days": days},
        once=f"stalled {deal.pk} {deal.changed_at:%Y-%m-%dT%H:%M:%S}",
    )
    return len(told)
