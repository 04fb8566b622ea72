"""The audit log: all apps in one list, for administrators; no cell of its export is a formula."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from marketplace.accounts import organisations
from marketplace.accounts.models import Organisation
from marketplace.audit import trail
from tests.deals.factories import World
from tests.factories import make_organisation, make_user, owner_of
from tests.pages import text_of

LOG = "/wagtail/audit-log/"


@pytest.fixture
def organisation() -> Organisation:
    made = make_organisation('=HYPERLINK("http://evil")')
    fields = {"organisation": made, "fields": ["website"], "actor": owner_of(made)}
    organisations.edit(**fields)
    return made


def rows(client: Client, **query: str) -> list[list[str]]:
    answer: Any = client.get(LOG, {"export": "csv", **query})
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))[1:]


def test_all_apps_stand_in_it(administrator_client: Client, organisation: Organisation) -> None:
    world = World()
    deal = world.introduced()
    trail.record(actor=world.dean, action="deal.download", target=deal, file="seven")
    page = text_of(administrator_client.get(LOG))
    assert world.dean.name in page
    assert "Download a file of a deal" in page
    assert "file: seven" in page
    assert "Edit an organisation" in page
    assert "website" in page


def test_what_changed_stands_beside_what_it_was(
    administrator_client: Client, organisation: Organisation
) -> None:
    renamed = {"title": {"old": "Heat", "new": "Cold"}, "keep_live": False}
    trail.record(
        actor=owner_of(organisation), action="wagtail.edit", target=organisation, **renamed
    )
    assert "title: Heat → Cold; keep_live: false" in text_of(administrator_client.get(LOG))


def test_it_is_filtered(administrator_client: Client, organisation: Organisation) -> None:
    actor = owner_of(organisation)
    other = make_user()
    trail.record(actor=other, action="organisation.verify", target=make_organisation("Other"))
    by_actor = rows(administrator_client, user=str(other.pk))
    assert [row[3] for row in by_actor] == ["Verify an organisation"]
    by_action = rows(administrator_client, action="organisation.edit")
    assert [row[4] for row in by_action] == [str(actor)]
    assert {row[1] for row in rows(administrator_client, label="Other")} == {"Other"}
    ModelLogEntry.objects.filter(user=other).update(timestamp=timezone.now() - timedelta(days=9))
    week_ago = (timezone.localdate() - timedelta(days=7)).isoformat()
    assert str(other) not in {row[4] for row in rows(administrator_client, timestamp_from=week_ago)}
    assert str(other) in {row[4] for row in rows(administrator_client, timestamp_to=week_ago)}


@pytest.mark.parametrize("address", [LOG, "/wagtail/reports/site-history/"])
def test_no_cell_is_a_formula(
    administrator_client: Client, organisation: Organisation, address: str
) -> None:
    answer: Any = administrator_client.get(address, {"export": "csv"})
    cells = [
        c for row in csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))) for c in row
    ]
    assert "'" + organisation.name_en in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_moderators_do_not_read_it(moderator_client: Client, organisation: Organisation) -> None:
    for address in (LOG, reverse("audit_log_results"), f"{LOG}?export=csv"):
        answer = moderator_client.get(address, follow=True)
        assert organisation.name_en not in answer.content.decode()
    assert LOG not in moderator_client.get("/wagtail/").content.decode()


def test_it_is_in_the_menu(administrator_client: Client) -> None:
    assert LOG in administrator_client.get("/wagtail/").content.decode()
