"""The forms in steps: one is on the screen, the others travel along; nothing is lost on the way."""

from typing import Any

import pytest
from django.test import Client

from marketplace.listings.forms import FORMS
from marketplace.listings.models import ResearchResult
from tests import factories
from tests.listings.writing import NEW_RESULT, blank, edit_path, newest
from tests.pages import errors_at, form_data, soup, text_of

pytestmark = pytest.mark.django_db


def shown(response: Any) -> str:
    """Return the name of the step that is on the screen."""
    page = soup(response)
    [step] = [div for div in page.select("#listing-form > div:not(.actions, .save-state)")
              if not div.has_attr("hidden")]  # fmt: skip
    [current] = page.select("#form-steps [aria-current=step] button")
    name = current["value"].removeprefix("part:")
    assert step.select_one(f"#part-{name}")
    return str(name)


def notes(response: Any) -> list[str]:
    return [note.get_text(" ", strip=True) for note in soup(response).select(".stages__note")]


@pytest.mark.parametrize("kind", FORMS)
def test_the_steps_have_every_field_once(kind: str) -> None:
    form = FORMS[kind]
    fields = [field for part in form.layout for field in part.fields]
    assert len(fields) == len(set(fields))
    assert set(fields) == set(form.base_fields)
    assert {part.rows for part in form.layout} - {""} == set(form.Meta.formsets)


def test_save_and_go_on_leads_through_all_steps(client: Client, author: Any) -> None:
    answer = client.post(NEW_RESULT, blank(client, NEW_RESULT) | {"title_en": "A", "do": "next"})
    path, walked = answer.headers["Location"], ["what"]
    while b'value="next"' in (page := client.get(path)).content:
        walked.append(shown(page))
        data = form_data(page, containing="title_en") | {"do": "next"}
        path = client.post(path, data).headers["Location"]
    assert [*walked, shown(page)] == [step.name for step in FORMS["result"].steps]
    assert b'value="submit"' in page.content
    assert ResearchResult.objects.get().revisions.count() == 1


def test_each_step_says_how_far_it_is(client: Client, author: Any) -> None:
    listing = factories.make_result(
        author.organisations.get(), summary_en="S", cooperation_modes=["licence"], price_min=5
    )
    assert notes(client.get(edit_path(listing))) == [
        "4 things to add", "6 things to add", "1 thing to add", "complete", "1 thing to add",
    ]  # fmt: skip


def test_a_step_of_which_readers_ask_nothing_is_never_complete(client: Client, author: Any) -> None:
    listing = factories.make_need(author.organisations.get())
    assert notes(client.get(edit_path(listing)))[-1] == "optional"


@pytest.mark.parametrize("part", ["price", "cooperation"])
def test_an_address_opens_the_step_that_has_the_part(
    client: Client, author: Any, part: str
) -> None:
    listing = factories.make_result(author.organisations.get())
    assert shown(client.get(f"{edit_path(listing)}?part={part}")) == "cooperation"
    assert shown(client.get(f"{edit_path(listing)}?part=nothing")) == "what"
    data = blank(client, edit_path(listing)) | {"do": f"part:{part}", "title_en": "Kept"}
    address = client.post(edit_path(listing), data).headers["Location"]
    anchor = "#part-price" if part == "price" else ""
    assert address == f"{edit_path(listing)}?part=cooperation{anchor}"
    assert newest(listing).title_en == "Kept"


def test_who_goes_on_stays_where_something_is_wrong(client: Client, author: Any) -> None:
    listing = factories.make_result(author.organisations.get())
    path = f"{edit_path(listing)}?part=cooperation"
    answer = client.post(path, blank(client, path) | {"price_min": "x", "do": "next"})
    assert answer.status_code == 422
    assert shown(answer) == "cooperation"
    assert errors_at(answer, "price_min")
    assert notes(answer)[3] == "to mend"


def test_the_fault_on_the_screen_comes_before_earlier_ones(client: Client, author: Any) -> None:
    listing = factories.make_result(author.organisations.get())
    path = f"{edit_path(listing)}?part=cooperation"
    wrong = {"title_en": "T" * 201, "price_min": "x", "do": "save"}
    answer = client.post(path, blank(client, path) | wrong)
    assert errors_at(answer, "title_en")
    assert shown(answer) == "cooperation"


def test_faults_of_other_steps_travel_along(client: Client, author: Any) -> None:
    listing = factories.make_result(author.organisations.get())
    data = blank(client, edit_path(listing)) | {"price_min": "x", "do": "part:team"}
    answer = client.post(edit_path(listing), data)
    assert shown(answer) == "ip_rights"
    assert "Price from: Write a plain number" in text_of(answer)
    assert not soup(answer).select(".error-summary a"), "what is not on the screen is no target"
    again = form_data(answer, containing="title_en")
    assert again["price_min"] == ["x"]
    saved = client.post(edit_path(listing), again | {"do": "save"})
    assert shown(saved) == "cooperation", "to save, it has to be mended"


def test_what_is_missing_for_review_is_shown_in_its_step(
    client: Client, author: Any, workflow: Any
) -> None:
    listing = factories.make_result(author.organisations.get(), title_en="T", summary_en="")
    path = f"{edit_path(listing)}?part=files"
    answer = client.post(path, blank(client, path) | {"do": "submit"})
    assert answer.status_code == 422
    assert shown(answer) == "what"
    assert "two or three sentences" in errors_at(answer, "summary_en")
    assert not newest(listing).workflow_in_progress


def test_another_row_stays_in_its_step(client: Client, author: Any) -> None:
    listing = factories.make_result(author.organisations.get())
    path = f"{edit_path(listing)}?part=ip_rights"
    answer = client.post(path, blank(client, path) | {"do": "add:ip_rights"})
    assert shown(answer) == "ip_rights"
