"""The room of a deal: the thread of messages, the tasks that people set each other, the files."""

from typing import Any

from django.core.paginator import Paginator

from brokers.deals import files
from brokers.deals.reading.readers import Reader
from brokers.deals.reading.room import message_lines, task_lines

PER_PAGE = 20


def room(reader: Reader, number: str | None) -> dict[str, Any]:
    """Return what this section shows beside its header, of the messages the page `number`."""
    thread = reader.deal.messages.select_related("author", "party")
    page = Paginator(thread if reader.parties else thread.none(), PER_PAGE).get_page(number)
    return {
        "page": page,
        "in_room": bool(reader.parties),
        "messages_shown": message_lines(page, reader),
        "task_lines": task_lines(reader),
        "files": files.readable(reader.deal, reader.user),
    }
