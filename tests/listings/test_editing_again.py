"""Second clicks, colleagues, locks and other people's numbers: nothing is overwritten or doubled."""

from typing import Any

import pytest
from django.test import Client
from wagtail.models import WorkflowState

from marketplace.listings import lifecycle
from marketplace.listings.models import ResearchResult
from marketplace.listings.views import editing
from tests import factories
from tests.listings.writing import NEW_RESULT, blank, edit_path, newest
from tests.pages import form_data, soup, text_of

pytestmark = pytest.mark.django_db


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
    assert f"{colleague} has saved another version" in text_of(answer)
    assert newest(listing).title_en == "Theirs"
    again = form_data(answer, containing="title_en")
    assert again["title_en"] == ["Mine"], "nothing typed is lost"
    assert client.post(edit_path(listing), again).status_code == 409, "nor by a second click"
    over = soup(answer).find("button", attrs={"name": "over"})["value"]
    theirs.title_en = "Theirs, later"
    lifecycle.save_draft(theirs, author=colleague)
    assert client.post(edit_path(listing), again | {"over": over}).status_code == 409
    again["over"] = lifecycle.version(type(listing).objects.get())
    assert client.post(edit_path(listing), again).status_code == 302
    assert newest(listing).title_en == "Mine"


def test_what_a_colleague_made_of_a_new_listing_is_not_overwritten_by_going_back(
    client: Client, author: Any
) -> None:
    data = blank(client, NEW_RESULT) | {"title_en": "First"}
    client.post(NEW_RESULT, data)
    theirs = newest(ResearchResult.objects.get())
    theirs.title_en = "Theirs"
    colleague = factories.add_member(author.organisations.get())
    lifecycle.save_draft(theirs, author=colleague)
    answer = client.post(NEW_RESULT, data | {"title_en": "Again"})
    assert answer.status_code == 409
    assert newest(ResearchResult.objects.get()).title_en == "Theirs"


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
