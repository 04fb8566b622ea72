"""The workbench shows the newest version of each own listing, its state, and the next step."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.listings import lifecycle
from marketplace.listings.drafts import newest_versions, same_content
from marketplace.listings.models import IpRight, ResearchResult, ResultAttachment
from marketplace.listings.workbench import NEXT_STEPS, entries
from tests import factories
from tests.listings.test_live_page import live_need, live_result
from tests.listings.viewers import in_every_state
from tests.pages import soup

pytestmark = pytest.mark.django_db


def rows(**filters: Any) -> list[Any]:
    found = ResearchResult.objects.filter(**filters).order_by("pk")
    return list(found.select_related("organisation", "latest_revision"))


def test_every_state_is_shown_with_its_next_step(client: Client, workflow: Any) -> None:
    own = factories.make_organisation()
    states = in_every_state(factories.make_result, organisation=own)
    by_pk = {listing.pk: state for state, listing in states.items()}
    for entry in entries(rows()):
        assert entry.status == by_pk[entry.listing.pk]
        assert bool(entry.remarks) == ("returned" in entry.status)
        assert entry.is_waiting == entry.status.endswith("in_review")
        assert entry.may_be_submitted == (entry.status != "live" and not entry.is_waiting)
    client.force_login(factories.add_member(own))
    page = client.get("/en/listings/mine/").content.decode()
    for step in NEXT_STEPS.values():
        assert str(step) in page
    assert page.count("Please say more.") == 2


def test_only_one_s_own_organisations_are_shown(client: Client) -> None:
    factories.make_result(title_en="Theirs", live=True)
    own = factories.make_result(title_en="Mine")
    client.force_login(own.author)
    page = client.get("/en/listings/mine/").content.decode()
    assert "Mine" in page
    assert "Theirs" not in page


@pytest.mark.parametrize("query", ["kind=need", "kind=x", "kind=", "page=1000000000", "page=x"])
def test_nonsense_in_the_address_gives_a_page(client: Client, query: str) -> None:
    client.force_login(factories.make_result().author)
    assert client.get(f"/en/listings/mine/?{query}").status_code == 200


def test_it_opens_with_the_kind_that_one_has(client: Client) -> None:
    need = factories.make_need(title_en="A need")
    client.force_login(need.author)
    assert "A need" in client.get("/en/listings/mine/").content.decode()
    client.force_login(factories.make_user())
    assert "No result yet" in client.get("/en/listings/mine/").content.decode()


def test_the_newest_version_is_shown(client: Client) -> None:
    listing = factories.make_result(title_en="Old", live=True)
    draft = lifecycle.working_copy(listing)
    draft.title_en = "New"
    draft.ip_rights.add(IpRight(type="design"))
    lifecycle.save_draft(draft, author=listing.author)
    [entry] = entries(rows())
    assert entry.listing.title == "New"
    assert [right.type for right in entry.listing.ip_rights.all()] == ["design"]
    client.force_login(listing.author)
    headings = [h.get_text(strip=True) for h in soup(client.get("/en/listings/mine/")).select("h2")]
    assert headings == ["New"]


def test_newest_versions_are_the_working_copies(workflow: Any) -> None:
    listing = live_result()
    draft = lifecycle.working_copy(listing)
    draft.ipc = [factories.make_ipc("C07")]
    draft.problem_en = "changed"
    lifecycle.save_draft(draft, author=listing.author)
    factories.make_result(ip_rights=[IpRight(type="design")], ipc=[factories.make_ipc("H01")])
    found = newest_versions(rows())
    for version, row in zip(found, rows(), strict=True):
        expected = lifecycle.working_copy(row)
        assert version.serializable_data() == expected.serializable_data()
        assert lifecycle.status(version) == lifecycle.status(row)
        assert version.organisation == row.organisation


def test_the_number_of_queries_does_not_grow(client: Client, workflow: Any) -> None:
    own = factories.make_organisation()
    client.force_login(factories.owner_of(own))
    counts = []
    for _size in range(2):
        file = factories.make_file()
        in_every_state(
            factories.make_result,
            organisation=own,
            ip_rights=[IpRight(type="design")],
            ipc=[factories.make_ipc("H01")],
            attachments=[ResultAttachment(file=file, title="f", tier=0)],
        )
        client.get("/en/listings/mine/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/en/listings/mine/")
        counts.append(len(queries))
    assert counts[0] == counts[1], counts


@pytest.mark.parametrize("make", [live_result, live_need])
def test_a_version_says_the_same_as_itself_whatever_its_state(workflow: Any, make: Any) -> None:
    listing = make()
    assert same_content(lifecycle.working_copy(listing), listing.latest_revision)
    lifecycle.withdraw(listing, author=listing.author)
    listing.refresh_from_db()
    assert same_content(lifecycle.working_copy(listing), listing.latest_revision)
    changed = lifecycle.working_copy(listing)
    changed.keywords_en = "other"
    assert not same_content(changed, listing.latest_revision)
