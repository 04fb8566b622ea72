"""Tasks that the people of a deal set each other, beside what the stage itself asks for."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import progress, sections
from brokers.deals.models import Deal, DealTask
from brokers.deals.permissions import parties_of
from brokers.deals.reading.readers import Reader
from brokers.deals.room.people import followers, participants
from marketplace.accounts.models import Membership, User
from marketplace.accounts.permissions import require
from marketplace.notifications.notify import notify
from marketplace.notifications.topics import Topic


def assignable(deal: Deal, reader: Reader) -> list[User]:
    """Return whom `reader` may make responsible: own colleagues, and who follows the deal by name."""
    organisations = [p.organisation_id for p in parties_of(reader.user, deal) if p.organisation_id]
    colleagues = Membership.objects.filter(organisation__in=organisations).values("user")
    known = followers(deal).values("pk")
    people: QuerySet[User] = participants(deal).filter(Q(pk__in=colleagues) | Q(pk__in=known))
    return [person for person in people if reader.names(person)]


@transaction.atomic
def add(*, deal: Deal, by: User, **fields: Any) -> DealTask:
    """Set a task: title, details, responsible, due_on, progress.

    Raises `PermissionDenied` for who does not take part, `ValidationError` for a person who does not.
    """
    require(by, "deal:add_task", deal)
    task = DealTask(deal=deal, created_by=by)
    _write(task, fields)
    progress.record(deal=deal, kind="task_added", actor=by, note=task.title)
    _tell_responsible(task, by)
    return task


@transaction.atomic
def change(*, task: DealTask, by: User, **fields: Any) -> DealTask:
    """Change a task; finishing it and taking it up again go into the history.

    Raises `PermissionDenied` for who neither does nor set it; see `add`.
    """
    task = DealTask.objects.select_for_update().get(pk=task.pk)
    require(by, "deal:edit_task", task)
    before = (task.responsible_id, task.done_at)
    _write(task, fields)
    if (task.done_at is None) != (before[1] is None):
        kind = "task_done" if task.done_at else "task_reopened"
        progress.record(deal=task.deal, kind=kind, actor=by, note=task.title)
    if task.responsible_id != before[0]:
        _tell_responsible(task, by)
    return task


def _write(task: DealTask, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(task, name, value)
    if not participants(task.deal).filter(pk=task.responsible_id).exists():
        raise ValidationError({"responsible": _("This person does not take part in the deal.")})
    is_done = task.progress == DealTask.DONE
    task.done_at = (task.done_at or timezone.now()) if is_done else None
    task.save()


def _tell_responsible(task: DealTask, by: User) -> None:
    notify(
        {task.responsible} - {by},
        topic=Topic.DEALS,
        template="deal_task",
        url=sections.path(task.deal_id, "tasks"),
        about=("deal:read", task.deal),
        context={"deal": task.deal, "due": task.due_on},
    )
