"""The room of a deal as one reader sees it: messages, tasks, what stands still, earlier brokers.

People are named through the `Reader` alone. The number of queries is constant.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from brokers.deals import protection
from brokers.deals.models import Deal, DealTask, Message
from brokers.deals.permissions import concerns
from brokers.deals.protection import Claim
from brokers.deals.reading import tasks
from brokers.deals.reading.readers import Reader
from brokers.deals.room import alerts
from marketplace.accounts.permissions import is_administrator

MESSAGES_SHOWN = 3


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


def room_context(deal: Deal, reader: Reader) -> dict[str, Any]:
    """Return what the page of `deal` shows of its room."""
    may_read = bool(reader.parties)
    thread = deal.messages.select_related("author", "party")
    return {
        "message_count": thread.count() if may_read else 0,
        "last_messages": message_lines(thread[:MESSAGES_SHOWN], reader) if may_read else [],
        "in_room": may_read,
        "task_lines": _tasks(deal, reader),
        "standstill": alerts.standstill(deal),
        "claims": protection.claims(deal),
        "may_carry": reader.acts_for("institution", "enterprise", "broker")
        and protection.is_joinable(deal),
        "may_decide_claims": is_administrator(reader.user),
    }


def claim_tasks(deal: Deal, claims: Iterable[Claim]) -> list[tasks.Task]:
    """Return what blocks the agreement of `deal`: the claims, for who can let their brokers join."""
    return [
        tasks.Task(
            label=_("Let %(broker)s join, or have the claim ended") % {"broker": claim.broker.name},
            parties=tuple(p for p in deal.parties.all() if p.role in tasks.DRAFTERS),
            url=f"{deal.get_absolute_url()}#claim-{claim.broker.pk}",
        )
        for claim in claims
    ]


def message_lines(messages: Iterable[Message], reader: Reader) -> list[MessageLine]:
    """Return `messages` (read with author and party) as `reader` sees them, in the order given."""
    return [
        MessageLine(
            reader.person(message.author),
            message.party.get_role_display(),
            message.sent_at,
            message.text,
            is_mine=message.author_id == reader.user.pk,
        )
        for message in messages
    ]


def _tasks(deal: Deal, reader: Reader) -> list[TaskLine]:
    by_day = deal.tasks.select_related("responsible").order_by("due_on", "pk")
    ordered = sorted(by_day, key=lambda task: task.done_at is not None)
    return [
        TaskLine(
            task,
            reader.person(task.responsible),
            bool(reader.parties) and concerns(reader.user, task),
        )
        for task in ordered
    ]
