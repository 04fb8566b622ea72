"""Creating and editing through the forms: drafts, second clicks, colleagues, other people's numbers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from wagtail.models import Revision, WorkflowState

from marketplace.files.models import StoredFile
from marketplace.listings import lifecycle
from marketplace.listings.models import IpRight, ResearchResult, TechnologyNeed
from marketplace.listings.views import editing
from marketplace.money import Money
from tests import factories
from tests.listings.test_live_page import live_result
from tests.pages import errors_at, form_data, soup

pytestmark = pytest.mark.django_db

NEW_RESULT = "/en/listings/result/new/"
NEW_NEED = "/en/listings/need/new/"


@pytest.fixture
def author(client: Client) -> Any:
    author = factories.owner_of(factories.make_organisation())
    client.force_login(author)
    return author


def blank(client: Client, path: str) -> dict[str, Any]:
    return form_data(client.get(path), containing="title_en")


def edit_path(listing: Any) -> str:
    return f"/en/listings/{listing.kind}/{listing.pk}/edit/"


def newest(listing: Any) -> Any:
    return lifecycle.working_copy(type(listing).objects.get(pk=listing.pk))


def test_a_result_with_everything_becomes_a_draft(client: Client, author: Any) -> None:
    factories.make_industry("C3841")
    factories.make_region("4201")
    for code in ("H01", "C07"):
        factories.make_ipc(code)
    data = blank(client, NEW_RESULT) | {
        "title_zh": "低温自加热",
        "title_en": "Self-heating",
        "summary_en": "Heats cells.\r\nQuickly.",
        "trl": "7",
        "industry": "C38",
        "industry_code": "3841",
        "region": "4201",
        "ipc": "h01m 10/0525；C07",
        "cooperation_modes": ["licence", "equity"],
        "currency": "JPY",
        "price_min": "1000",
        "price_max": "2000",
        "tier_price": "2",
        "ownership": "shared",
        "team_share": "70.5",
        "figures-0-name_en": "yield",
        "figures-0-today": "85 %",
        "figures-0-reached": "93 %",
        "ip_rights-0-type": "invention_patent",
        "ip_rights-0-number": "ZL 1",
        "ip_rights-0-checked_on": "2026-01-02",
        "ip_rights-1-type": "software_copyright",
        "attachments-1-upload": SimpleUploadedFile("报告.txt", b"text"),
        "attachments-1-tier": "2",
        "do": "save",
    }
    response = client.post(NEW_RESULT, data)
    result = ResearchResult.objects.get()
    assert response.headers["Location"] == edit_path(result)
    assert (result.author, result.organisation) == (author, author.organisations.get())
    assert not result.live
    assert (result.trl, result.industry_id, result.region_id) == (7, "C3841", "4201")
    assert [ipc.pk for ipc in result.ipc.all()] == ["C07", "H01"]
    assert result.cooperation_modes == ["licence", "equity"]
    assert (result.currency, result.price_min, result.price_max) == ("JPY", 1000, 2000)
    assert str(result.team_share) == "70.50"
    assert result.summary_en == "Heats cells.\nQuickly."
    assert (result.tiers["price"], result.tiers["problem"]) == (2, 0)
    assert list(map(str, result.figures.all())) == ["yield: 85 % → 93 %"]
    right, copyright_ = result.ip_rights.all()
    assert copyright_.type == "software_copyright"
    assert (right.number, str(right.checked_on)) == ("ZL 1", "2026-01-02")
    [file] = result.attachments.all()
    assert (file.title, file.tier, file.file.uploaded_by) == ("报告.txt", 2, author)
    assert not file.file.provisional


def test_a_need_with_everything_becomes_a_draft(client: Client, author: Any) -> None:
    deadline = timezone.localdate() + timedelta(days=90)
    data = blank(client, NEW_NEED) | {
        "title_en": "Fast heating",
        "budget_min": "1000.50",
        "budget_max": "2000",
        "deadline": deadline.isoformat(),
        "reward": "300",
        "anonymous": "on",
        "min_trl": "6",
        "metrics-0-name_en": "rise",
        "metrics-0-value": "≤ 120 s",
        "do": "save",
    }
    assert client.post(NEW_NEED, data).status_code == 302
    need = TechnologyNeed.objects.get()
    assert (need.budget_min, need.budget_max, need.reward) == (100050, 200000, 30000)
    assert (need.deadline, need.anonymous, need.min_trl) == (deadline, True, 6)
    assert [(m.name, m.value) for m in need.metrics.all()] == [("rise", "≤ 120 s")]


@pytest.mark.parametrize("make", [factories.make_result, factories.make_need])
def test_a_form_sent_back_unchanged_changes_nothing(client: Client, author: Any, make: Any) -> None:
    listing = make(author.organisations.get(), live=True)
    client.post(edit_path(listing), blank(client, edit_path(listing)))
    revisions = Revision.objects.count()
    data = blank(client, edit_path(listing))
    for _click in range(2):
        assert client.post(edit_path(listing), data).status_code == 302
    assert Revision.objects.count() == revisions


def test_only_what_a_person_changed_is_changed(client: Client, author: Any) -> None:
    listing = live_result()
    client.force_login(listing.author)
    before = listing.serializable_data()
    data = blank(client, edit_path(listing)) | {"trl": "9"}
    assert client.post(edit_path(listing), data).status_code == 302
    after = newest(listing).serializable_data()
    row_state = {"has_unpublished_changes", "latest_revision"}
    changed = {name for name in before if before[name] != after[name]} - row_state
    assert changed == {"trl", "figures", "ip_rights", "attachments"}
    for rows in ("figures", "ip_rights", "attachments"):
        stripped = [
            [{k: v for k, v in row.items() if k != "sort_order"} for row in version[rows]]
            for version in (before, after)
        ]
        assert stripped[0] == stripped[1], "rows keep what they say and their number"


def test_a_second_click_on_new_makes_no_second_listing(
    client: Client, author: Any, workflow: Any
) -> None:
    data = blank(client, NEW_RESULT) | {
        "title_en": "Once",
        "summary_en": "One only.",
        "ip_rights-0-type": "design",
        "do": "submit",
    }
    for _click in range(2):
        assert client.post(NEW_RESULT, data).status_code == 302
    result = ResearchResult.objects.get()
    assert newest(result).ip_rights.count() == 1
    assert result.revisions.count() == 1
    assert WorkflowState.objects.count() == 1


def test_going_back_and_sending_again_edits_what_was_made(client: Client, author: Any) -> None:
    data = blank(client, NEW_RESULT) | {"title_en": "First", "ip_rights-0-type": "design"}
    client.post(NEW_RESULT, data)
    client.post(NEW_RESULT, data | {"title_en": "Second", "ip_rights-0-number": "D1"})
    [right] = newest(ResearchResult.objects.get()).ip_rights.all()
    assert newest(ResearchResult.objects.get()).title_en == "Second"
    assert right.number == "D1"


@pytest.mark.parametrize("commits", ["before the check", "after the check"])
def test_a_click_that_overtakes_another_finds_its_listing(
    client: Client, author: Any, monkeypatch: Any, commits: str
) -> None:
    data = blank(client, NEW_RESULT) | {"title_en": "Once"}
    client.post(NEW_RESULT, data)
    made = ResearchResult.objects.get()
    answers = iter([None, made])
    monkeypatch.setattr(editing, "find_made", lambda *_args: next(answers))
    if commits == "after the check":
        monkeypatch.setattr(ResearchResult, "validate_unique", lambda *_args, **_kwargs: None)
    response = client.post(NEW_RESULT, data)
    assert response.headers["Location"] == edit_path(made)
    assert ResearchResult.objects.count() == 1


def test_a_number_of_someone_else_s_form_starts_a_new_listing(client: Client, author: Any) -> None:
    other = factories.make_result()
    ResearchResult.objects.filter(pk=other.pk).update(
        submission="11111111-1111-4111-8111-111111111111"
    )
    data = blank(client, NEW_RESULT) | {
        "title_en": "Mine",
        "submission": "11111111-1111-4111-8111-111111111111",
    }
    assert client.post(NEW_RESULT, data).status_code == 302
    other.refresh_from_db()
    assert other.title_en != "Mine"
    assert other.revisions.count() == 1
    assert ResearchResult.objects.get(author=author).title_en == "Mine"


def test_who_has_left_the_organisation_no_longer_edits_what_they_made(
    client: Client, author: Any
) -> None:
    factories.add_member(author.organisations.get(), role="owner")
    form = blank(client, NEW_RESULT) | {"title_en": "Made while a member"}
    client.post(NEW_RESULT, form)
    made = ResearchResult.objects.get()
    author.memberships.all().delete()
    factories.make_organisation(owner=author)
    answer = client.post(NEW_RESULT, form | {"title_en": "Changed from outside"})
    assert newest(made).title_en == "Made while a member"
    assert made.revisions.count() == 1
    assert "Made while a member" not in answer.content.decode()


def test_a_colleague_s_version_is_not_overwritten_unseen(client: Client, author: Any) -> None:
    listing = factories.make_result(author.organisations.get())
    mine = blank(client, edit_path(listing)) | {"title_en": "Mine"}
    colleague = factories.add_member(author.organisations.get())
    theirs = newest(listing)
    theirs.title_en = "Theirs"
    lifecycle.save_draft(theirs, author=colleague)

    answer = client.post(edit_path(listing), mine)
    assert answer.status_code == 409
    assert "Somebody else has saved" in answer.content.decode()
    assert newest(listing).title_en == "Theirs"
    again = form_data(answer, containing="title_en")
    assert again["title_en"] == ["Mine"], "nothing typed is lost"
    assert client.post(edit_path(listing), again).status_code == 302
    assert newest(listing).title_en == "Mine"


def test_what_is_in_review_is_taken_back_before_it_changes(
    client: Client, author: Any, workflow: Any
) -> None:
    listing = factories.make_result(author.organisations.get())
    data = blank(client, edit_path(listing)) | {"title_en": "Later"}
    lifecycle.submit(listing, author=author)
    page = client.get(edit_path(listing))
    assert "Take back from review" in page.content.decode()
    assert soup(page).find(attrs={"name": "title_en"}) is None
    answer = client.post(edit_path(listing), data)
    assert answer.status_code == 422
    assert "in review" in answer.content.decode()
    assert form_data(answer, containing="title_en")["title_en"] == ["Later"]
    assert newest(listing).title_en != "Later"

    recall = f"/en/listings/result/{listing.pk}/recall/"
    assert client.post(recall).headers["Location"] == edit_path(listing)
    assert client.post(recall).status_code == 302
    assert client.post(edit_path(listing), data).status_code == 302
    assert newest(listing).title_en == "Later"


def test_what_an_administrator_has_locked_stays_as_it_is(client: Client, author: Any) -> None:
    listing = factories.make_result(author.organisations.get())
    data = blank(client, edit_path(listing)) | {"title_en": "Later"}
    listing.locked, listing.locked_by = True, factories.make_administrator()
    listing.save()
    answer = client.post(edit_path(listing), data)
    assert answer.status_code == 422
    assert "locked" in answer.content.decode()
    assert newest(listing).title_en != "Later"


@pytest.mark.parametrize("do", ["save", "preview", "submit"])
def test_each_button_leads_on(client: Client, author: Any, workflow: Any, do: str) -> None:
    data = blank(client, NEW_RESULT) | {"title_en": "A", "summary_en": "B", "do": do}
    response = client.post(NEW_RESULT, data, follow=True)
    assert response.status_code == 200
    result = ResearchResult.objects.get()
    assert (
        response.redirect_chain[0][0]
        == {
            "save": edit_path(result),
            "preview": f"/en/listings/result/{result.pk}/preview/",
            "submit": "/en/listings/mine/",
        }[do]
    )
    assert result.workflow_in_progress == (do == "submit")


def test_a_draft_may_be_unfinished_but_what_is_submitted_may_not(
    client: Client, author: Any, workflow: Any
) -> None:
    data = blank(client, NEW_RESULT) | {"title_zh": "只有标题"}
    answer = client.post(NEW_RESULT, data | {"do": "submit"})
    assert answer.status_code == 422
    assert "two or three sentences" in errors_at(answer, "summary_zh")
    assert ResearchResult.objects.count() == 0
    assert client.post(NEW_RESULT, data | {"do": "save"}).status_code == 302


def test_who_belongs_to_several_organisations_chooses(client: Client, author: Any) -> None:
    second = factories.make_organisation(owner=author)
    strange = factories.make_organisation()
    data = blank(client, NEW_RESULT) | {"title_en": "A"}
    assert "required" in errors_at(client.post(NEW_RESULT, data), "organisation")
    answer = client.post(NEW_RESULT, data | {"organisation": str(strange.pk)})
    assert answer.status_code == 422
    assert errors_at(answer, "organisation")
    assert ResearchResult.objects.count() == 0
    assert client.post(NEW_RESULT, data | {"organisation": str(second.pk)}).status_code == 302
    assert ResearchResult.objects.get().organisation == second


def test_an_edit_cannot_move_a_listing_to_another_organisation(client: Client, author: Any) -> None:
    listing = factories.make_result(author.organisations.get())
    strange = factories.make_organisation()
    data = blank(client, edit_path(listing)) | {"organisation": str(strange.pk), "title_en": "B"}
    assert client.post(edit_path(listing), data).status_code == 302
    assert newest(listing).organisation_id == listing.organisation_id
    assert newest(listing).title_en == "B"


def test_without_an_organisation_the_page_says_what_to_do(client: Client) -> None:
    client.force_login(factories.make_user())
    page = client.get(NEW_RESULT)
    assert page.status_code == 200
    assert "Create an organisation" in page.content.decode()
    assert client.post(NEW_RESULT, {"title_en": "A"}).status_code == 200
    assert ResearchResult.objects.count() == 0


ROW_ACTIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "forged": lambda data: data | {"ip_rights-0-id": "999999"},
    "text": lambda data: data | {"ip_rights-0-id": "abc"},
    "missing": lambda data: {k: v for k, v in data.items() if k != "ip_rights-0-id"},
}


@pytest.mark.parametrize("how", ROW_ACTIONS)
def test_a_row_with_a_strange_number_is_a_row_of_this_listing(
    client: Client, author: Any, how: str
) -> None:
    strange = factories.make_result(ip_rights=[IpRight(type="design", number="STRANGE")])
    listing = factories.make_result(
        author.organisations.get(), ip_rights=[IpRight(type="design", number="MINE")]
    )
    data = blank(client, edit_path(listing)) | {"ip_rights-0-number": "NEW"}
    data = ROW_ACTIONS[how](data)
    if how == "forged":
        data["ip_rights-0-id"] = str(strange.ip_rights.get().pk)
    client.post(edit_path(listing), data)
    assert "NEW" in [right.number for right in newest(listing).ip_rights.all()]
    assert [right.number for right in strange.ip_rights.all()] == ["STRANGE"]
    assert strange.revisions.count() == 1


def test_rows_are_removed_by_their_box(client: Client, author: Any) -> None:
    rights = [IpRight(type="design", number=str(n)) for n in range(3)]
    listing = factories.make_result(author.organisations.get(), ip_rights=rights)
    data = blank(client, edit_path(listing)) | {"ip_rights-1-DELETE": "on"}
    assert client.post(edit_path(listing), data).status_code == 302
    assert [right.number for right in newest(listing).ip_rights.all()] == ["0", "2"]


def test_another_row_keeps_what_was_typed_and_uploaded(client: Client, author: Any) -> None:
    data = blank(client, NEW_RESULT) | {
        "title_en": "Half",
        "price_min": "wrong",
        "ip_rights-0-number": "typed",
        "attachments-0-upload": SimpleUploadedFile("kept.txt", b"kept"),
        "do": "add:ip_rights",
    }
    answer = client.post(NEW_RESULT, data)
    assert answer.status_code == 200
    assert "There is a problem" not in answer.content.decode()
    again = form_data(answer, containing="title_en")
    assert int(again["ip_rights-TOTAL_FORMS"][0]) == int(data["ip_rights-TOTAL_FORMS"][0]) + 1
    assert again["ip_rights-0-number"] == ["typed"]
    assert again["price_min"] == ["wrong"]
    assert "kept.txt" in answer.content.decode()
    assert ResearchResult.objects.count() == 0

    again |= {
        "price_min": "5",
        "ip_rights-0-type": "design",
        "ip_rights-2-type": "software_copyright",
    }
    assert client.post(NEW_RESULT, again).status_code == 302
    result = ResearchResult.objects.get()
    assert [right.type for right in result.ip_rights.all()] == ["design", "software_copyright"]
    assert result.attachments.get().file.name == "kept.txt"


def test_another_row_says_at_once_when_a_file_is_refused(client: Client, author: Any) -> None:
    data = blank(client, NEW_RESULT) | {
        "attachments-0-upload": SimpleUploadedFile("evil.pdf", b"no pdf"),
        "do": "add:attachments",
    }
    answer = client.post(NEW_RESULT, data)
    assert "not what its name says" in errors_at(answer, "attachments-0-upload")
    assert StoredFile.objects.count() == 0


def test_an_administrator_may_mend_a_listing(client: Client) -> None:
    listing = factories.make_result()
    client.force_login(factories.make_administrator())
    data = blank(client, edit_path(listing)) | {"title_en": "Mended"}
    assert client.post(edit_path(listing), data).status_code == 302
    assert newest(listing).title_en == "Mended"
    assert newest(listing).author == listing.author


def test_amounts_come_back_as_they_were_typed(client: Client, author: Any) -> None:
    listing = factories.make_result(author.organisations.get(), currency="KWD", price_min=1_234_567)
    shown = blank(client, edit_path(listing))
    assert shown["price_min"] == [Money(1_234_567, "KWD").digits] == ["1234.567"]
    assert shown["currency"] == ["KWD"]
