"""Creating and editing through the forms: what is typed becomes a draft, and no more than that."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from wagtail.models import Revision

from marketplace.listings.models import ResearchResult, TechnologyNeed
from marketplace.money import Money
from tests import factories
from tests.listings.test_live_page import live_result
from tests.listings.writing import NEW_NEED, NEW_RESULT, blank, edit_path, newest
from tests.pages import errors_at

pytestmark = pytest.mark.django_db


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
