"""What sample people write, set each other to do and put into the rooms of their deals."""

from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from brokers.deals import files
from brokers.deals.models import Deal, DealFile
from brokers.deals.room import messages, work
from brokers.profiles import assignments
from brokers.profiles.models import Assignment
from marketplace.accounts.models import User
from marketplace.demo import listings, source
from marketplace.demo.people import person
from marketplace.files import uploads


def load() -> None:
    """Fill the rooms of the sample deals that are still empty, and ask brokers about needs."""
    for row in source.read("deals"):
        pair = {"result": listings.result(row["result"]), "need": listings.need(row["need"])}
        for deal in Deal.objects.filter(**pair, messages=None):
            _furnish(deal, row)
    for row in source.read("assignments"):
        need, broker = listings.need(row["need"]), person(row["broker"])
        if not Assignment.objects.filter(need=need, broker=broker).exists():
            _assign(row, need=need, broker=broker)


def _furnish(deal: Deal, row: dict[str, Any]) -> None:
    for task in row["tasks"]:
        _set_task(deal, task)
    for file in row["files"]:
        _add_file(deal, file)
    for message in row["messages"]:
        author = person(message["by"])
        messages.write(deal=deal, author=author, text=_text(message, author))
    if row["quiet_days"]:
        still_since = timezone.now() - timedelta(days=row["quiet_days"])
        Deal.objects.filter(pk=deal.pk).update(changed_at=still_since)


def _set_task(deal: Deal, row: dict[str, Any]) -> None:
    by = person(row["by"])
    task = work.add(
        deal=deal,
        by=by,
        title=_text(row, by),
        responsible=person(row["for"]),
        due_on=source.day(row["due"]),
    )
    work.change(task=task, by=by, progress=row["progress"])


def _add_file(deal: Deal, row: dict[str, Any]) -> None:
    by = person(row["by"])
    title = _text(row, by)
    files.add(
        deal=deal,
        upload=uploads.check(ContentFile(title.encode(), name=row["name"])),
        kind=DealFile.Kind.OTHER,
        title=title,
        by=by,
        tier=row["tier"],
    )


def _assign(row: dict[str, Any], *, need: Any, broker: User) -> None:
    by = person(row["by"])
    one = assignments.ask(need=need, broker=broker, by=by, message=_text(row, by))
    if row["answer"] is not None:
        assignments.answer(assignment=one, by=broker, accepts=row["answer"])


def _text(row: dict[str, Any], author: User) -> str:
    return row["en" if author.language == "en" else "zh"]
