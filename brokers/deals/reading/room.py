"""What stands in the room of a deal as one reader sees it: messages, tasks.

People are named through the `Reader` alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Q

from brokers.deals.models import Deal, DealTask, Message
from brokers.deals.permissions import concerns
from brokers.deals.reading.readers import Reader
from brokers.deals.room import messages


@dataclass(frozen=True)
class MessageLine:
    """One message; `is_mine` where the reader wrote it."""

    who: str
    role: str
    at: datetime
    text: str
    is_mine: bool


@dataclass(frozen=True)
class TaskLine:
    """One task; `is_open` to changes by the reader."""

    task: DealTask
    who: str
    is_open: bool


def waiting_in_room(reader: Reader) -> int:
    """Return how much waits for `reader` in the room: open tasks, and unread messages as one."""
    if not reader.parties:
        return 0
    deal, user = reader.deal, reader.user
    own = Q(tasks__responsible=user, tasks__done_at=None)
    unread = messages.notices(deal).filter(recipient=user, read_at=None)
    counted = Deal.objects.annotate(own=Count("tasks", filter=own), unread=Exists(unread))
    return sum(counted.values_list("own", "unread").get(pk=deal.pk))


def message_lines(thread: Iterable[Message], reader: Reader) -> list[MessageLine]:
    """Return `thread` (read with author and party) as `reader` sees them, in the order given."""
    return [
        MessageLine(
            reader.person(message.author),
            message.party.get_role_display(),
            message.sent_at,
            message.text,
            is_mine=message.author_id == reader.user.pk,
        )
        for message in thread
    ]


def task_lines(reader: Reader) -> list[TaskLine]:
    """Return the tasks of the deal, the open ones first, each by its day."""
    by_day = reader.deal.tasks.select_related("responsible").order_by("due_on", "pk")
    ordered = sorted(by_day, key=lambda task: task.done_at is not None)
    return [
        TaskLine(
            task,
            reader.person(task.responsible),
            bool(reader.parties) and concerns(reader.user, task),
        )
        for task in ordered
    ]
