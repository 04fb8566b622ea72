"""Who opens what of the editors' site: every name of Wagtail's admin × who asks, with GET and POST.

Whoever is refused is sent to sign in, told so (403, or back to the start), or told of nothing (404), and
has written nothing.
"""

from collections import defaultdict
from typing import Any

import pytest
from django.template import Template
from django.utils.safestring import SafeString

from cms.models import HomePage
from tests.access import names
from tests.access.asking import ask
from tests.access.cast import browser
from tests.access.rows import ALL
from tests.access.scene import Scene
from tests.access.table_editors import (
    BOTH,
    FAILS_WITHOUT_FIELDS,
    HARMLESS,
    NAMESPACES,
    OPEN,
    WITHOUT_NAMESPACE,
    who,
)
from tests.access.test_matrix import TABLE

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("scene")]

NAMES = [one for one in names.every() if one.is_editors and one.name not in TABLE]
ASKED = [
    one for one in NAMES if one.has_name and one.name != "wagtailadmin_pages:revisions_compare"
]
PAGE = ("page_id", "parent_page_id", "page_to_move_id", "destination_id")
FILES = {"images": ("version", "image_id"), "doc": ("page file", "document_id")}
"""What the scene has for the namespaces that hold these words."""


@pytest.fixture(autouse=True)
def nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Template, "_render", lambda *_arguments: SafeString())


@pytest.fixture
def values(scene: Scene) -> dict[str, Any]:
    home = HomePage.objects.first()
    assert home is not None
    named = dict.fromkeys(PAGE, home.pk)
    for place, parameter in FILES.values():
        named[parameter] = scene.places[place][parameter]
    return defaultdict(lambda: 1, scene.places["live"] | named)


def test_every_name_has_a_row_and_every_row_a_name() -> None:
    named = {one.name for one in NAMES if not one.namespace}
    assert {one.namespace for one in NAMES if one.namespace} == NAMESPACES.keys()
    assert named == WITHOUT_NAMESPACE.keys() | OPEN.keys()
    assert HARMLESS.keys() <= {one.name for one in NAMES}


def test_two_roles_enter(scene: Scene) -> None:
    entering = {
        name
        for name, person in scene.people.items()
        if person.is_active and person.has_perm("wagtailadmin.access_admin")
    }
    assert scene.people.keys() == set(ALL.split())
    assert entering == set(BOTH.split())


@pytest.mark.parametrize("person", ["anonymous", "inactive", "director", "broker", "finance"])
def test_nobody_else_reaches_anything(scene: Scene, values: Any, person: str) -> None:
    assert _wrong(scene, values, person, {one.name for one in NAMES} - OPEN.keys()) == []


def test_moderators_reach_what_they_review(scene: Scene, values: Any) -> None:
    closed = {one.name for one in NAMES if "moderator" not in (who(one.namespace, one.name) or "")}
    wrong = _wrong(scene, values, "moderator", closed - OPEN.keys() - HARMLESS.keys())
    assert not wrong, "\n".join(wrong)


def test_administrators_reach_nothing_of_the_superusers(scene: Scene, values: Any) -> None:
    closed = {one.name for one in NAMES if who(one.namespace, one.name) == ""}
    assert _wrong(scene, values, "administrator", closed - OPEN.keys() - HARMLESS.keys()) == []


@pytest.mark.parametrize("person", BOTH.split())
def test_each_gets_in_where_the_table_says(scene: Scene, values: Any, person: str) -> None:
    client = browser(scene.people[person])
    opened = set()
    for one in ASKED:
        if one.namespace not in opened and one.name not in FAILS_WITHOUT_FIELDS:
            answer = ask(client, "GET", _address(one, values))
            opened |= {one.namespace} if answer.status == 200 else set()
    mine = {name for name, people in NAMESPACES.items() if person in people.split()}
    unseen = {"wagtailadmin_editing_sessions", "wagtailsettings", "wagtailsnippets"}
    assert mine - unseen <= opened


def _wrong(scene: Scene, values: Any, person: str, closed: set[str]) -> list[str]:
    """Return which of the names `closed` are open to `person`, or wrote something."""
    client = browser(scene.people[person])
    return [
        f"{method} {one.name}: {answer.status} {answer.writes}"
        for one in ASKED
        if one.name in closed
        for method in ("GET", "POST")
        if (answer := ask(client, method, _address(one, values))).outcome == "open" or answer.writes
    ]


def _address(one: names.Name, values: dict[str, Any]) -> str:
    own = [parameter for word, (_place, parameter) in FILES.items() if word in one.namespace]
    return one.address(values | {"pk": values[own[0]]} if own else values)
