"""Ask for an address as somebody, see what it answers and what it wrote, and undo it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.test import Client

SIGN_IN = ("/accounts/login/", "/wagtail/login/")
EDITORS_HOME = "/wagtail/"
WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE")
NO_RECORD = '"django_session"'


@dataclass(frozen=True)
class Answer:
    """`outcome`: open, sign in, denied (403), hidden (404) or no method (405); `writes`: statements."""

    outcome: str
    status: int
    writes: tuple[str, ...]


def ask(client: Client, method: str, address: str) -> Answer:
    """Send an empty request; nothing of what it changes stays."""
    cookies = client.cookies.copy()
    with transaction.atomic(), recorded() as writes:
        answer: Any = client.generic(method, address)
        answer.getvalue()
        transaction.set_rollback(True)
    client.cookies = cookies
    return Answer(_outcome(answer, address), answer.status_code, tuple(writes))


def _outcome(answer: Any, address: str) -> str:
    known = {403: "denied", 404: "hidden", 405: "no method"}
    if answer.status_code == 302 and answer["Location"] == f"/en{address}":
        return "hidden"  # what does not exist is looked for in the reader's language once more
    if answer.status_code == 302 and answer["Location"] == EDITORS_HOME:
        return "denied"  # Wagtail sends editors back to the start, with a message
    if answer.status_code in (301, 302) and any(part in answer["Location"] for part in SIGN_IN):
        return "sign in"
    return known.get(answer.status_code, "open")


@contextmanager
def recorded() -> Iterator[list[str]]:
    """Yield a list that fills with the statements that write to the database, sessions aside."""
    writes: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith(WRITING) and NO_RECORD not in sql:
            writes.append(sql[:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield writes
