"""Every address of the table, drawn for each kind of reader: what tests of pages look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from marketplace import urls
from marketplace.accounts.models import User
from tests import papers
from tests.access import names
from tests.access.cast import browser
from tests.access.scene import Scene
from tests.access.test_matrix import NAMES, TABLE

READERS = (
    "anonymous",
    "stranger",
    "other_broker",
    "moderator",
    "finance",
    "director",
    "researcher",
    "buyer",
    "broker",
    "administrator",
)
EDITORS_SITE = (
    "site_history",
    "researchresult:list",
    "researchresult:edit",
    "researchresult:history",
    "wagtailadmin_home",
    "wagtailadmin_pages:edit",
    "wagtailadmin_pages:view_draft",
    "wagtailadmin_api:pages:listing",
    "wagtailadmin_api:images:listing",
    "wagtailadmin_api:documents:listing",
    "wagtailimages:index",
    "wagtailimages:edit",
    "wagtailimages_chooser:select_format",
    "audit_log",
    "background_work",
    "matching_weights",
)


@dataclass(frozen=True)
class Page:
    """What `person` got for `name` in the state `place`, and with how many `queries`."""

    person: str
    name: str
    place: str
    status: int
    headers: dict[str, str]
    content: bytes
    queries: int

    @cached_property
    def text(self) -> str:
        is_paper = self.headers.get("Content-Type") == "application/pdf"
        shown = papers.text_of(self.content) if is_paper else ""
        return self.content.decode(errors="replace") + shown + unquote(str(self.headers))

    @property
    def is_html(self) -> bool:
        return self.status == 200 and self.headers.get("Content-Type", "").startswith("text/html")

    def __str__(self) -> str:
        return f"{self.name} ({self.place}) as {self.person}"


def crawl(scene: Scene) -> list[Page]:
    """Return what each reader gets at each address that the table knows; nothing is changed by it."""
    urls.handler404 = _nothing  # type: ignore[attr-defined]
    try:
        for address in _first_of_all(scene):  # what a process reads once is not a page's matter
            browser(scene.people["administrator"]).get(address)
        return [page for person in READERS for page in _read(scene, person)]
    finally:
        del urls.handler404  # type: ignore[attr-defined]


def _first_of_all(scene: Scene) -> list[str]:
    listings = (NAMES[name] for name in ("listings:need", "listings:result"))
    articles = (scene.places[place]["address"] for place in ("cases", "case"))
    live = (one.address(scene.places["live"]) for one in listings)
    return ["/en/", "/zh-hans/", *live, *articles]


@contextmanager
def counted() -> Iterator[list[str]]:
    """Yield a list that fills with the statements that are sent to the database, savepoints aside."""
    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "SAVEPOINT" not in sql:
            statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def _nothing(_request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(status=404)


def _read(scene: Scene, person: str) -> Iterator[Page]:
    client = browser(_as_planted(scene.people[person]))
    for name, place, address in _addresses(scene, person):
        with transaction.atomic(), counted() as queries:
            answer: Any = client.get(address)
            content = answer.getvalue()
            transaction.set_rollback(True)
        headers = dict(answer.items())
        yield Page(person, name, place, answer.status_code, headers, content, len(queries))


def _as_planted(person: Any) -> Any:
    """Return `person` as the database has it now, a canary in the place of the password."""
    return User.objects.get(pk=person.pk) if person.is_authenticated else person


def _addresses(scene: Scene, person: str) -> Iterator[tuple[str, str, str]]:
    for name, row_of in TABLE.items():
        for place, row in row_of.items():
            if row.get is not None and not name.startswith("mfa_"):
                yield name, place, NAMES[name].address(scene.places[place])
    if person in ("moderator", "administrator"):
        for one in names.every():
            if one.is_editors and one.name.endswith(EDITORS_SITE):
                yield one.name, "editors", one.address(scene.places["editors"])
