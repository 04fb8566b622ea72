"""What readers see changes with an approval and with nothing before it, byte for byte."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from marketplace.listings import lifecycle
from marketplace.listings.models import (
    IpRight,
    NeedAttachment,
    NeedMetric,
    ResultAttachment,
    ResultFigure,
)
from marketplace.listings.tiers import Tier
from tests import factories
from tests.pages import form_data

pytestmark = pytest.mark.django_db

SOON = timezone.localdate() + timedelta(days=60)
TEXTS = ("title", "summary", "problem", "details", "keywords")
EVERYTHING_PUBLIC = {
    "result": dict.fromkeys(
        (
            "problem",
            "advantage",
            "application",
            "figures",
            "details",
            "ip_rights",
            "team",
            "price",
            "ownership",
        ),
        0,
    ),
    "need": dict.fromkeys(("problem", "metrics", "details", "budget"), 0),
}


def live_result() -> Any:
    texts = {
        f"{stem}_{suffix}": f"{stem} {suffix}"
        for stem in (*TEXTS, "advantage", "application", "team")
        for suffix in ("zh", "en")
    }
    return factories.make_result(
        **texts,
        tiers=EVERYTHING_PUBLIC["result"],
        trl=4,
        industry=factories.make_industry("C3841"),
        region=factories.make_region("4201"),
        ipc=[factories.make_ipc("H01")],
        cooperation_modes=["licence"],
        price_min=100_00,
        price_max=200_00,
        ownership="shared",
        team_share=70,
        figures=[ResultFigure(name_en="yield", today="85 %", reached="93 %")],
        ip_rights=[
            IpRight(type="design", number="D1", status="granted", checked_on=date(2026, 1, 2))
        ],
        attachments=[ResultAttachment(file=factories.make_file(), title="Report", tier=0)],
        live=True,
    )


def live_need() -> Any:
    texts = {f"{stem}_{suffix}": f"{stem} {suffix}" for stem in TEXTS for suffix in ("zh", "en")}
    return factories.make_need(
        **texts,
        tiers=EVERYTHING_PUBLIC["need"],
        min_trl=4,
        industry=factories.make_industry("C3841"),
        region=factories.make_region("4201"),
        cooperation_modes=["licence"],
        budget_min=100_00,
        budget_max=200_00,
        deadline=SOON,
        reward=300_00,
        metrics=[NeedMetric(name_en="density", value="180 Wh/kg")],
        attachments=[NeedAttachment(file=factories.make_file(), title="Report", tier=0)],
        live=True,
    )


def put(field: str, value: Any) -> Callable[[Any], None]:
    return lambda draft: setattr(draft, field, value() if callable(value) else value)


def change_row(relation: str, field: str, value: Any) -> Callable[[Any], None]:
    def change(draft: Any) -> None:
        manager = getattr(draft, relation)
        row = manager.all()[0]
        setattr(row, field, value() if callable(value) else value)
        manager.add(row)

    return change


def remove_rows(relation: str) -> Callable[[Any], None]:
    return lambda draft: getattr(draft, relation).set([])


def add_row(relation: str, make: Callable[[], Any]) -> Callable[[Any], None]:
    return lambda draft: getattr(draft, relation).add(make())


COMMON: dict[str, Callable[[Any], Any]] = {
    **{f"{stem}_{s}": put(f"{stem}_{s}", "CHANGED") for stem in TEXTS for s in ("zh", "en")},
    "industry": put("industry", lambda: factories.make_industry("C27")),
    "region": put("region", lambda: factories.make_region("3301")),
    "cooperation_modes": put("cooperation_modes", ["equity", "service"]),
    "currency": put("currency", "USD"),
}
LAST: dict[str, Callable[[Any], Any]] = {
    "a file's title": change_row("attachments", "title", "CHANGED"),
    "a file": change_row("attachments", "file", lambda: factories.make_file("other.csv", b"a,b")),
    "a file's tier": change_row("attachments", "tier", Tier.NDA),
    "tiers": put("tiers", {"problem": 2}),
}
RESULT = {
    **COMMON,
    **{
        f"{stem}_{s}": put(f"{stem}_{s}", "CHANGED")
        for stem in ("advantage", "application", "team")
        for s in ("zh", "en")
    },
    "trl": put("trl", 9),
    "ipc": put("ipc", lambda: [factories.make_ipc("C07")]),
    "price_min": put("price_min", 150_00),
    "price_max": put("price_max", 250_00),
    "team_share": put("team_share", 80),
    "ownership": lambda draft: [put("ownership", "team")(draft), put("team_share", None)(draft)],
    "a right's type": change_row("ip_rights", "type", "invention_patent"),
    "a right's number": change_row("ip_rights", "number", "CHANGED"),
    "a right's status": change_row("ip_rights", "status", "lapsed"),
    "a right's date": change_row("ip_rights", "checked_on", date(2026, 2, 3)),
    "another right": add_row("ip_rights", lambda: IpRight(type="design", number="D2")),
    "no right": remove_rows("ip_rights"),
    "a measured figure": change_row("figures", "reached", "CHANGED"),
    "another measured figure": add_row(
        "figures", lambda: ResultFigure(name_en="cost", today="9", reached="5")
    ),
    "no measured figure": remove_rows("figures"),
    "another file": add_row(
        "attachments", lambda: ResultAttachment(file=factories.make_file(), title="More", tier=0)
    ),
    "no file": remove_rows("attachments"),
    "a file again": add_row(
        "attachments", lambda: ResultAttachment(file=factories.make_file(), title="Again", tier=0)
    ),
    **LAST,
}
NEED = {
    **COMMON,
    "min_trl": put("min_trl", 9),
    "budget_min": put("budget_min", 150_00),
    "budget_max": put("budget_max", 250_00),
    "deadline": put("deadline", SOON + timedelta(days=1)),
    "anonymous": put("anonymous", True),
    "reward": put("reward", 301_00),
    "a figure's name": change_row("metrics", "name_en", "CHANGED"),
    "a figure's value": change_row("metrics", "value", "CHANGED"),
    "another figure": add_row("metrics", lambda: NeedMetric(name_en="cost", value="5")),
    "no figure": remove_rows("metrics"),
    "another file": add_row(
        "attachments", lambda: NeedAttachment(file=factories.make_file(), title="More", tier=0)
    ),
    "no file": remove_rows("attachments"),
    "a file again": add_row(
        "attachments", lambda: NeedAttachment(file=factories.make_file(), title="Again", tier=0)
    ),
    **LAST,
}
ROWS_OF_STATE = {
    "organisation", "author", "live", "verified_on", "expires_on", "asked_days_before", "source",
    "external_id", "import_digest", "submission", "created_at", "id", "latest_revision",
    "live_revision", "has_unpublished_changes", "first_published_at", "last_published_at",
    "go_live_at", "expire_at", "expired", "locked", "locked_at", "locked_by",
}  # fmt: skip


def what_readers_see(listing: Any) -> dict[str, bytes]:
    """The bytes of the listing's page, its files and the list, in both languages."""
    reader = Client()
    page = reader.get(f"/en/{listing.kind}s/{listing.pk}/").headers["Location"]
    files = listing.attachments.model.objects.filter(listing=listing.pk)
    paths = [
        *(page.replace("/en/", f"/{lang}/") for lang in ("zh-hans", "en")),
        *(f"/{lang}/{listing.kind}s/" for lang in ("zh-hans", "en")),
        *(f"/en/listings/{listing.kind}/{listing.pk}/files/{a.file_id}/" for a in files),
    ]
    return {path: reader.get(path).getvalue() for path in paths}


@pytest.fixture(autouse=True)
def taxonomy(db: Any) -> None:
    """All codes exist from the start: lists offer them as filters."""
    for code in ("C3841", "C27"):
        factories.make_industry(code)
    for code in ("4201", "3301"):
        factories.make_region(code)


@pytest.mark.parametrize(("make", "edits"), [(live_result, RESULT), (live_need, NEED)])
def test_every_edit_stays_hidden_until_it_is_approved(
    subtests: Any, workflow: Any, make: Callable[[], Any], edits: dict[str, Callable[[Any], Any]]
) -> None:
    listing, moderator = make(), factories.make_moderator()
    before = what_readers_see(listing)
    for name, change in edits.items():
        with subtests.test(name):
            listing = type(listing).objects.get(pk=listing.pk)
            draft = lifecycle.working_copy(listing)
            change(draft)
            revision = lifecycle.save_draft(draft, author=listing.author)
            lifecycle.submit(listing, author=listing.author)
            assert revision.pk != listing.latest_revision_id, "the change was not stored"
            assert what_readers_see(listing) == before
            factories.approve(listing, moderator=moderator)
            after = what_readers_see(listing)
            assert after != before, "the approved change is not to be seen"
            before = after


@pytest.mark.parametrize(("make", "edits"), [(live_result, RESULT), (live_need, NEED)])
def test_every_stage_of_the_review_shows_the_old_version(
    workflow: Any, make: Callable[[], Any], edits: dict[str, Callable[[Any], Any]]
) -> None:
    listing = make()
    before = what_readers_see(listing)
    draft = lifecycle.working_copy(listing)
    for change in edits.values():
        change(draft)
    lifecycle.save_draft(draft, author=listing.author)
    assert what_readers_see(listing) == before
    lifecycle.submit(listing, author=listing.author)
    factories.return_with(listing, "Once more, please.")
    assert what_readers_see(listing) == before
    lifecycle.submit(listing, author=listing.author)
    lifecycle.recall(listing, author=listing.author)
    assert what_readers_see(listing) == before
    lifecycle.submit(listing, author=listing.author)
    factories.approve(listing)
    assert what_readers_see(listing).keys() != before.keys()


def test_every_field_is_among_the_edits() -> None:
    for make, edits in ((live_result, RESULT), (live_need, NEED)):
        listing = make()
        fields = {f.name for f in listing._meta.get_fields() if f.concrete and not f.auto_created}
        assert fields - ROWS_OF_STATE == edits.keys() & fields


def test_an_edit_by_the_form_stays_hidden(client: Client, workflow: Any) -> None:
    listing = live_result()
    before = what_readers_see(listing)
    client.force_login(listing.author)
    path = f"/en/listings/result/{listing.pk}/edit/"
    data = form_data(client.get(path), containing="title_en")
    data |= {
        "title_en": "CHANGED",
        "ip_rights-0-number": "CHANGED",
        "ip_rights-1-type": "design",
        "attachments-1-upload": SimpleUploadedFile("new.txt", b"new"),
        "attachments-1-tier": "0",
        "attachments-0-DELETE": "on",
        "ipc": "C07",
        "do": "submit",
    }
    factories.make_ipc("C07")
    assert client.post(path, data).status_code == 302
    assert what_readers_see(listing) == before
    factories.approve(listing)

    page = Client().get(f"/en/results/{listing.pk}/", follow=True).content.decode()
    assert "CHANGED" in page
    assert "new.txt" in page
    assert "Report" not in page
    assert "C07" in page
    assert "H01" not in page
