"""Each section and file reaches the readers of its tier and nobody else: on pages, in lists, sent."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.audit import trail
from marketplace.listings import lifecycle
from marketplace.listings.disclosure import Disclosure
from marketplace.listings.models import (
    IpRight,
    NeedAttachment,
    NeedMetric,
    ResultAttachment,
    ResultFigure,
)
from marketplace.listings.tiers import Tier
from tests import factories
from tests.listings.viewers import grant

pytestmark = pytest.mark.django_db

CANARY = "canary-{}"
PRICE, BUDGET, SHARE = 7_654_321, 8_765_432, "73.21"


def confidential_result(organisation: Any, tier: Tier, **fields: Any) -> Any:
    sections = ("problem", "advantage", "application", "details", "team")
    return factories.make_result(
        organisation,
        **{f"{name}_en": CANARY.format(name) for name in sections},
        ip_rights=[IpRight(type="design", number=CANARY.format("right"))],
        figures=[
            ResultFigure(
                name_en=CANARY.format("figure"),
                today=CANARY.format("today"),
                reached=CANARY.format("reached"),
            )
        ],
        price_min=PRICE,
        ownership="shared",
        team_share=SHARE,
        tiers=dict.fromkeys((*sections, "figures", "ip_rights", "price", "ownership"), int(tier)),
        attachments=[attachment(ResultAttachment, tier)],
        **fields,
    )


def confidential_need(organisation: Any, tier: Tier, **fields: Any) -> Any:
    return factories.make_need(
        organisation,
        problem_en=CANARY.format("problem"),
        details_en=CANARY.format("details"),
        metrics=[NeedMetric(name_en=CANARY.format("metric"), value=CANARY.format("value"))],
        budget_max=BUDGET,
        tiers=dict.fromkeys(("problem", "details", "metrics", "budget"), int(tier)),
        attachments=[attachment(NeedAttachment, tier)],
        **fields,
    )


def attachment(model: type[Any], tier: Tier) -> Any:
    file = factories.make_file("canary-name.txt", b"canary-content")
    return model(file=file, title=CANARY.format("title"), tier=tier)


SECRETS = {
    "result": [
        *map(CANARY.format, ("problem", "advantage", "application", "details", "team", "right")),
        "canary-name", "canary-title", "76,543.21", SHARE,
    ],
    "need": [
        *map(CANARY.format, ("problem", "details", "metric", "value")),
        "canary-name", "canary-title", "87,654.32",
    ],
}  # fmt: skip


def clients(own: Any, partner: Any) -> dict[Tier, Client]:
    """Return a browser for a reader of each tier."""
    people = {
        Tier.MEMBERS: factories.make_user(),
        Tier.NDA: factories.owner_of(partner),
        Tier.PRIVATE: factories.add_member(own),
    }
    browsers = {tier: Client() for tier in Tier}
    for tier, person in people.items():
        browsers[tier].force_login(person)
    return browsers


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("make", [confidential_result, confidential_need])
def test_a_page_shows_what_its_reader_may_read(make: Any, tier: Tier) -> None:
    own, partner = factories.make_organisation(), factories.make_organisation()
    listing = make(own, tier, live=True)
    grant(listing, partner)
    for reader, browser in clients(own, partner).items():
        page = browser.get(f"/en/{listing.kind}s/{listing.pk}/", follow=True).content.decode()
        for secret in SECRETS[listing.kind]:
            assert (secret in page) == (tier <= reader), (secret, reader)
        assert "canary-content" not in page


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("make", [confidential_result, confidential_need])
def test_a_list_shows_amounts_to_who_may_read_them_and_no_other_section(
    make: Any, tier: Tier
) -> None:
    own, partner = factories.make_organisation(), factories.make_organisation()
    listing = make(own, tier, live=True)
    grant(listing, partner)
    amount = {"result": "76,543.21", "need": "87,654.32"}[listing.kind]
    for reader, browser in clients(own, partner).items():
        page = browser.get(f"/en/{listing.kind}s/").content.decode()
        assert listing.title in page
        assert (amount in page) == (tier <= reader), reader
        assert "canary" not in page


@pytest.mark.parametrize("tier", Tier)
def test_a_download_asks_the_tier_anew_and_is_logged(tier: Tier) -> None:
    own, partner = factories.make_organisation(), factories.make_organisation()
    listing = confidential_result(own, tier, live=True)
    given = grant(listing, partner)
    path = download(listing)
    for reader, browser in clients(own, partner).items():
        response = browser.get(path)
        assert response.status_code == (200 if tier <= reader else 404), reader
        if tier <= reader:
            assert response.getvalue() == b"canary-content"
    downloads = [entry for entry in trail.history(listing) if entry.action == "listing.download"]
    assert len(downloads) == sum(tier <= reader for reader in Tier)
    given.delete()
    browser = clients(own, partner)[Tier.NDA]
    response = browser.get(path)
    assert response.status_code == (200 if tier <= Tier.MEMBERS else 404)
    response.getvalue()


def download(listing: Any) -> str:
    file = listing.attachments.all()[0].file_id
    return f"/en/listings/{listing.kind}/{listing.pk}/files/{file}/"


def test_a_download_is_never_shown_by_the_browser_itself(client: Client) -> None:
    listing = confidential_result(factories.make_organisation(), Tier.PUBLIC, live=True)
    response = client.get(download(listing))
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "private, no-store"
    response.getvalue()


@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_file_of_what_is_not_live_is_for_its_own_people(client: Client, withdrawn: bool) -> None:
    own = factories.make_organisation()
    listing = confidential_result(own, Tier.PUBLIC, live=withdrawn)
    if withdrawn:
        lifecycle.withdraw(listing, author=listing.author)
    assert client.get(download(listing)).status_code == 404
    client.force_login(factories.make_user())
    assert client.get(download(listing)).status_code == 404
    client.force_login(factories.add_member(own))
    assert client.get(download(listing)).getvalue() == b"canary-content"


def test_a_file_of_a_draft_of_a_live_listing_is_for_its_people_and_moderators(
    client: Client, workflow: Any
) -> None:
    listing = confidential_result(factories.make_organisation(), Tier.PUBLIC, live=True)
    draft = lifecycle.working_copy(listing)
    added = [attachment(ResultAttachment, tier) for tier in (Tier.PUBLIC, Tier.PRIVATE)]
    draft.attachments.add(*added)
    lifecycle.save_draft(draft, author=listing.author)
    paths = [f"/en/listings/result/{listing.pk}/files/{row.file_id}/" for row in added]
    wanted = {
        "anonymous": (404, 404),
        "reader": (404, 404),
        "moderator": (200, 404),
        "author": (200, 200),
        "administrator": (200, 200),
    }
    people = {
        "reader": factories.make_user(),
        "moderator": factories.make_moderator(),
        "author": listing.author,
        "administrator": factories.make_administrator(),
    }
    for name, statuses in wanted.items():
        browser = Client()
        if name in people:
            browser.force_login(people[name])
        responses = [browser.get(path) for path in paths]
        assert tuple(response.status_code for response in responses) == statuses, name
        for response in responses:
            response.getvalue()


def test_another_listing_s_file_is_not_found_under_this_one(client: Client) -> None:
    secret = confidential_result(factories.make_organisation(), Tier.PRIVATE, live=True)
    own = factories.make_organisation()
    listing = factories.make_result(own, live=True)
    client.force_login(factories.owner_of(own))
    file = secret.attachments.all()[0].file_id
    assert client.get(f"/en/listings/result/{listing.pk}/files/{file}/").status_code == 404


def test_a_lost_file_is_not_found(client: Client, caplog: Any) -> None:
    listing = confidential_result(factories.make_organisation(), Tier.PUBLIC, live=True)
    stored = listing.attachments.all()[0].file
    stored.file.storage.delete(stored.file.name)
    assert client.get(download(listing)).status_code == 404
    assert "are lost" in caplog.text


def test_closed_parts_are_announced_with_what_opens_them(client: Client) -> None:
    listing = confidential_result(factories.make_organisation(), Tier.NDA, live=True)
    page = client.get(f"/en/results/{listing.pk}/", follow=True).content.decode()
    assert 'id="closed-1"' in page
    assert "Details" in page
    assert "confidentiality agreement" in page
    assert "Files (1)" in page
    private = confidential_result(factories.make_organisation(), Tier.PRIVATE, live=True)
    page = client.get(f"/en/results/{private.pk}/", follow=True).content.decode()
    assert 'id="closed-1"' not in page, "what is private is not even announced"


def test_a_disclosure_holds_no_closed_value() -> None:
    for tier in Tier:
        listing = confidential_result(factories.make_organisation(), tier)
        for reader in Tier:
            disclosure = Disclosure(listing, reader)
            is_open = tier <= reader
            assert disclosure.text("details") == ("canary-details" if is_open else "")
            assert (disclosure.money("price_min") is not None) == is_open
            assert len(disclosure.attachments) == is_open
            assert bool(disclosure.open_sections) == is_open
            assert bool(disclosure.closed_sections) == (reader < tier < Tier.PRIVATE)


def test_a_page_with_many_files_and_rights_asks_no_more(client: Client) -> None:
    counts = []
    for size in (1, 9):
        listing = factories.make_result(
            ip_rights=[IpRight(type="design") for _number in range(size)],
            attachments=[attachment(ResultAttachment, Tier.PUBLIC) for _number in range(size)],
            ipc=[factories.make_ipc(code) for code in ("H01", "C07")[:size]],
            live=True,
        )
        path = f"/en/results/{listing.pk}-{listing.slug}/"
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).content.count(b"canary-title") == size
        counts.append(len(queries))
    assert counts[0] == counts[1], counts
