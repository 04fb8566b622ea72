"""Drafts that save themselves: what is valid is kept, what is not is said; nobody's work goes unseen."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from wagtail.models import ModelLogEntry

from marketplace.files.models import StoredFile
from marketplace.listings import lifecycle
from marketplace.listings.models import IpRight, ResearchResult
from marketplace.listings.views import saving
from tests import factories
from tests.listings.writing import NEW_NEED, NEW_RESULT, blank, edit_path, newest
from tests.pages import soup, text_of

pytestmark = pytest.mark.django_db


class Desk:
    """A page of the form that stays open: it takes up what each answer brings, as the script does."""

    def __init__(self, client: Client, path: str) -> None:
        self.client, self.path, self.data = client, path, blank(client, path)

    def type(self, **fields: Any) -> Any:
        """Type, pause, and return the answer; `__` stands for `-`."""
        self.data |= {name.replace("__", "-"): value for name, value in fields.items()}
        answer = self.client.post(self.path, self.data | {"do": "autosave"})
        for control in soup(answer).select("#save-state input"):
            self.data[control["name"]] = control["value"]
        self.path = answer.headers.get("HX-Replace-Url", self.path)
        return answer


def wrong(answer: Any) -> set[str]:
    return {ul["id"] for ul in soup(answer).select("[data-errors] > .errorlist")}


def test_a_draft_begins_with_its_title(client: Client, author: Any) -> None:
    desk = Desk(client, NEW_RESULT)
    answer = desk.type(summary_en="S")
    assert answer.status_code == 422
    assert "It needs a title" in text_of(answer)
    assert ResearchResult.objects.count() == 0
    assert "Saved" in text_of(desk.type(title_en="T"))
    listing = ResearchResult.objects.get()
    assert desk.path == edit_path(listing)
    desk.type(title_en="Title")
    assert (newest(listing).title_en, newest(listing).summary_en) == ("Title", "S")
    assert listing.revisions.count() == 1
    assert ModelLogEntry.objects.for_instance(listing).count() == 1


def test_it_says_when_by_the_clock_of_its_author(client: Client, author: Any) -> None:
    author.time_zone = "America/New_York"
    author.save()
    desk = Desk(client, NEW_RESULT)
    assert "Saved" in text_of(answer := desk.type(title_en="T"))
    saved = ResearchResult.objects.get().latest_revision.created_at
    assert f"{saved.astimezone(author.own_time_zone):%H:%M}" in text_of(answer)


def test_it_keeps_what_is_valid_and_says_what_is_not(client: Client, author: Any) -> None:
    listing = factories.make_result(author.organisations.get(), price_min=500)
    desk = Desk(client, edit_path(listing))
    answer = desk.type(problem_en="P", price_min="x", price_max="7", ip_rights__0__number="1")
    assert answer.status_code == 200
    assert "all but what is marked" in text_of(answer)
    assert wrong(answer) == {"id_price_min_error", "id_ip_rights-0-type_error"}
    version = newest(listing)
    assert (version.problem_en, version.price_min, version.price_max) == ("P", 500, None)
    assert not version.ip_rights.exists()
    assert wrong(desk.type(price_min="6", ip_rights__0__type="design")) == set()
    version = newest(listing)
    assert (version.price_min, version.price_max) == (600, 700)
    assert [right.number for right in version.ip_rights.all()] == ["1"]


def test_a_wrong_amount_keeps_its_currency(client: Client, author: Any) -> None:
    listing = factories.make_result(author.organisations.get(), price_min=500)
    desk = Desk(client, edit_path(listing))
    desk.type(currency="JPY", price_min="0.5", title_en="New")
    version = newest(listing)
    assert (version.currency, version.price_min, version.title_en) == ("CNY", 500, "New")


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"ownership": "shared", "team_share": ""}, ("ownership", "")),
        ({"price_min": "9", "price_max": "8"}, ("price_min", None)),
        ({"title_en": "", "title_zh": ""}, ("title_en", "Before")),
        ({"title_en": "", "title_zh": "长" * 121}, ("title_en", "Before")),
        ({"tier_price": "7"}, ("tiers", {"price": 2})),
        ({"industry": "C27", "industry_code": "C3841"}, ("industry_id", "C27")),
    ],
)
def test_contradictions_stay_out_of_the_draft(
    client: Client, author: Any, fields: dict[str, str], kept: tuple[str, Any]
) -> None:
    factories.make_industry("C3841")
    factories.make_industry("C27")
    listing = factories.make_result(
        author.organisations.get(), title_en="Before", title_zh="", tiers={"price": 2}
    )
    answer = Desk(client, edit_path(listing)).type(keywords_en="kept", **fields)
    assert answer.status_code == 200
    assert wrong(answer)
    version = newest(listing)
    assert version.keywords_en == "kept"
    value = getattr(version, kept[0])
    assert (value if kept[0] != "tiers" else {"price": value["price"]}) == kept[1]


def test_a_need_without_deadline_keeps_no_reward(client: Client, author: Any) -> None:
    desk = Desk(client, NEW_NEED)
    answer = desk.type(title_en="N", reward="5", budget_max="8")
    assert wrong(answer) == {"id_deadline_error"}
    need = author.organisations.get().technologyneeds.get()
    assert (newest(need).reward, newest(need).budget_max) == (None, 800)


@pytest.mark.parametrize("live", [False, True])
def test_rows_are_neither_doubled_nor_lost(client: Client, author: Any, live: bool) -> None:
    rights = [IpRight(type="design", number="old")]
    listing = factories.make_result(author.organisations.get(), ip_rights=rights, live=live)
    desk = Desk(client, edit_path(listing))
    desk.type(ip_rights__1__type="design", ip_rights__1__number="new")
    desk.type(ip_rights__1__number="newer")
    desk.type(ip_rights__0__type="", ip_rights__0__number="half")
    found = [right.number for right in newest(listing).ip_rights.all()]
    assert found == ["old", "newer"], "a row that is wrong stays as it was"
    desk.type(ip_rights__0__type="design", ip_rights__0__DELETE="on")
    assert [right.number for right in newest(listing).ip_rights.all()] == ["newer"]


def test_files_come_along(client: Client, author: Any) -> None:
    listing = factories.make_result(author.organisations.get())
    desk = Desk(client, edit_path(listing))
    answer = desk.type(attachments__0__upload=SimpleUploadedFile("a.txt", b"text"))
    slot = soup(answer).select_one("#attachments-0-file")
    assert "a.txt" in slot.get_text()
    del desk.data["attachments-0-upload"]
    desk.type(attachments__0__kept=slot.select_one("input")["value"])
    assert [str(file) for file in newest(listing).attachments.all()] == ["a.txt"]
    bad = SimpleUploadedFile("a.pdf", b"no pdf")
    answer = desk.type(attachments__1__upload=bad)
    assert "not what its name says" in soup(answer).select_one("#attachments-1-file").get_text()
    assert StoredFile.objects.count() == 1


def test_what_is_live_stays_as_it_is(client: Client, author: Any, workflow: Any) -> None:
    listing = factories.make_result(author.organisations.get(), title_en="Live", live=True)
    desk = Desk(client, edit_path(listing))
    for title in ("N", "Ne", "New"):
        desk.type(title_en=title)
    row = ResearchResult.objects.get()
    assert (row.title_en, row.live_revision_id) == ("Live", listing.live_revision_id)
    assert row.live_revision.content["title_en"] == "Live"
    assert not row.workflow_in_progress
    assert newest(row).title_en == "New"
    assert row.revisions.count() == 2


def test_what_a_moderator_has_read_is_not_rewritten(
    client: Client, author: Any, workflow: Any
) -> None:
    listing = factories.make_result(author.organisations.get(), summary_en="S")
    desk = Desk(client, edit_path(listing))
    desk.type(title_en="Submitted")
    lifecycle.submit(listing, author=author)
    answer = desk.type(title_en="Later")
    assert answer.status_code == 422
    assert "in review" in text_of(answer)
    lifecycle.recall(listing, author=author)
    desk.type(title_en="Later")
    titles = listing.revisions.order_by("pk").values_list("content__title_en", flat=True)
    assert list(titles)[-2:] == ["Submitted", "Later"]


@pytest.mark.parametrize("other", ["colleague", "author"])
def test_another_version_is_never_overwritten(client: Client, author: Any, other: str) -> None:
    listing = factories.make_result(author.organisations.get())
    mine, there = Desk(client, edit_path(listing)), Client()
    person = author if other == "author" else factories.add_member(author.organisations.get())
    there.force_login(person)
    theirs = Desk(there, edit_path(listing))
    theirs.type(title_en="Theirs")
    for _pause in range(2):
        answer = mine.type(title_en="Mine")
        assert answer.status_code == 409
        who = "you have" if other == "author" else f"{person} has"
        assert f"Not saved: {who} saved another version" in text_of(answer)
    theirs.type(title_en="Theirs still")
    over = soup(answer).find("button", attrs={"name": "over"})["value"]
    stale = mine.client.post(mine.path, mine.data | {"over": over})
    assert stale.status_code == 409, "the other one has gone on since"
    assert newest(listing).title_en == "Theirs still"
    over = soup(stale).find("button", attrs={"name": "over"})["value"]
    assert mine.client.post(mine.path, mine.data | {"over": over}).status_code == 302
    assert newest(listing).title_en == "Mine"
    assert theirs.type(title_en="Again").status_code == 409


def test_what_was_saved_on_purpose_is_not_rewritten(client: Client, author: Any) -> None:
    listing = factories.make_result(author.organisations.get())
    saved = blank(client, edit_path(listing)) | {"title_en": "Saved", "do": "save"}
    client.post(edit_path(listing), saved)
    desk = Desk(client, edit_path(listing))
    desk.type()
    desk.type(title_en="Typed")
    titles = listing.revisions.order_by("pk").values_list("content__title_en", flat=True)
    assert list(titles)[-2:] == ["Saved", "Typed"]


def test_nobody_rewrites_what_somebody_else_has_saved(client: Client, author: Any) -> None:
    listing = factories.make_result(author.organisations.get())
    colleague = factories.add_member(author.organisations.get())
    draft = newest(listing)
    draft.title_en = "Theirs"
    theirs = lifecycle.save_draft(draft, author=colleague)
    desk = Desk(client, edit_path(listing))
    desk.data["autosaved"] = str(theirs.pk)
    desk.type(title_en="Mine")
    theirs.refresh_from_db()
    assert (theirs.content["title_en"], theirs.user) == ("Theirs", colleague)
    assert newest(listing).title_en == "Mine"


@pytest.mark.parametrize("number", ["9" * 5_000, "٣", "-1", "1e2"])
def test_an_odd_number_of_a_revision_rewrites_nothing(
    client: Client, author: Any, number: str
) -> None:
    listing = factories.make_result(author.organisations.get(), title_en="Saved")
    desk = Desk(client, edit_path(listing))
    desk.data["autosaved"] = number
    assert desk.type(title_en="Typed").status_code == 200
    assert listing.revisions.count() == 2


def test_nobody_begins_a_listing_for_others(rf: RequestFactory, author: Any) -> None:
    request = rf.post(NEW_RESULT)
    request.user = author
    draft = ResearchResult(organisation=factories.make_organisation(), author=author, title_en="T")
    with pytest.raises(PermissionDenied):
        saving.keep(request, draft)
    assert ResearchResult.objects.count() == 0


def test_a_stranger_saves_nothing(client: Client, author: Any) -> None:
    listing = factories.make_result()
    path = edit_path(listing)
    data = blank(client, NEW_RESULT) | {"title_en": "Mine", "do": "autosave"}
    assert client.post(path, data).status_code == 404
    client.logout()
    assert client.post(path, data).status_code == 302
    assert newest(listing).title_en != "Mine"


def test_the_meter_and_the_steps_follow(client: Client, author: Any) -> None:
    listing = factories.make_result(author.organisations.get())
    answer = Desk(client, edit_path(listing)).type(summary_en="S", problem_en="P")
    assert "24 % complete" in text_of(answer)
    best = soup(answer).select_one("#next-best")
    assert (best.get_text(), best["value"]) == ("Advantage over today's practice", "part:advantage")
    assert len(soup(answer).select("#form-steps[hx-swap-oob] li")) == 5
