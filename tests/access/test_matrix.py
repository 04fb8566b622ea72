"""Who opens what: every name of the resolver × who asks × the state of the object, with GET and POST.

The tables are written by hand. A name without a row fails; whoever is refused has written nothing.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.template import Template
from django.utils.safestring import SafeString

from tests.access import names, table_deals, table_site
from tests.access.asking import Answer, ask
from tests.access.cast import browser
from tests.access.rows import ALL, Row
from tests.access.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("scene")]

TABLE = {**table_site.TABLE, **table_deals.TABLE}
NAMES = {one.name: one for one in names.every() if not one.is_editors or one.name in TABLE}


def test_every_name_has_a_row_and_every_row_a_name() -> None:
    assert NAMES.keys() - TABLE.keys() == set()
    assert TABLE.keys() - NAMES.keys() == set()


def test_the_cast_of_the_table_is_there(scene: Scene) -> None:
    assert scene.people.keys() == set(ALL.split())


@pytest.mark.parametrize("person", ALL.split())
def test_each_gets_what_the_table_says(scene: Scene, person: str) -> None:
    client = browser(scene.people[person])
    wrong = []
    for name, place, row in _cells():
        address = NAMES[name].address(scene.places[place])
        for method in ("GET", "POST"):
            answer = ask(client, method, address)
            if complaint := _complaint(row, method, person, answer):
                wrong.append(f"{method} {name} ({place}): {complaint}")
    assert not wrong, "\n".join(wrong)


@pytest.fixture(autouse=True)
def nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may is decided before a page is drawn; what stands on pages is `test_leaks`'s matter."""
    monkeypatch.setattr(Template, "_render", lambda *_arguments: SafeString())


def _cells() -> Iterator[tuple[str, str, Row]]:
    for name, row_of in TABLE.items():
        for place, row in row_of.items():
            yield name, place, row


def _complaint(row: Row, method: str, person: str, answer: Answer) -> str:
    """Return what is wrong with `answer`, "" for nothing."""
    allowed = row.allowed(method)
    if answer.status >= 500:
        return f"fails with {answer.status}"
    if allowed is not None and person in allowed:
        if answer.outcome != "open":
            return f"{answer.outcome}, but may"
        idle = method == "POST" and person in row.idle.split()
        return f"changes {answer.writes}" if idle and answer.writes else ""
    if answer.writes and person not in (row.allowed("GET") or ()):
        return f"refused, and yet {answer.writes}"
    expected: Any = {row.refusal(person)} if allowed is not None else {"no method"}
    if allowed is None and person not in f"{row.get} {row.post}".split():
        expected.add(row.refusal(person))
    if answer.outcome in expected:
        return ""
    return f"{answer.outcome} ({answer.status}), not {sorted(expected)}"
