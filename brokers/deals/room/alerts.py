"""Remind people before something is due, tell them when it is not done, and when a deal stands still.

Each is told once for each date: a date that moves, or a deal that moves on and stops again, is told
anew. Nothing of what a deal holds stands in a reminder: a notice, a date and the way to the page.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from brokers.deals import periods
from brokers.deals.models import Deal, DealTask, Milestone, Party
from brokers.deals.room.people import followers, participants, signers
from brokers.deals.stages import IN_FORCE, OPEN
from marketplace.accounts.models import User
from marketplace.notifications.notify import notify

DEALS = ("deal__result", "deal__need")


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


def _remind(
    what: str, deal: Deal, recipients: Iterable[User], *, key: str, due: date, today: date
) -> int:
    when = "overdue" if due < today else "due"
    told = notify(
        recipients,
        template=f"deal_{what}_{when}",
        url=f"/deals/{deal.pk}/",
        context={"deal": deal, "due": due},
        once=f"{what} {key} {when} {due}",
    )
    return len(told)


def _tell_stalled(deal: Deal) -> int:
    days = (timezone.now() - deal.changed_at).days
    told = notify(
        followers(deal),
        template="deal_stalled",
        url=f"/deals/{deal.pk}/",
        context={"deal": deal, "days": days},
        once=f"stalled {deal.pk} {deal.changed_at:%Y-%m-%dT%H:%M:%S}",
    )
    return len(told)
