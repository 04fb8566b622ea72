"""Who writes a listing is told of those that say nearly the same, as far as they may be read."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.listings.models import ResearchResult, TechnologyNeed
from search import duplicates
from tests import factories
from tests.pages import form_data, soup, text_of

pytestmark = pytest.mark.django_db
Work = Callable[..., int]

TITLE = "Self-heating cells for lithium batteries at low temperature"


@pytest.fixture
def author() -> Any:
    return factories.owner_of(factories.make_organisation())


def draft(author: Any, model: Any = ResearchResult, **fields: str) -> Any:
    return model(author=author, organisation=author.organisations.get(), **fields)


@pytest.mark.parametrize(
    ("fields", "is_alike"),
    [
        ({"title_en": TITLE}, True),
        ({"title_en": "Self heating CELLS for Lithium battery at low temperatures"}, True),
        ({"title_en": "Fast charging of lithium batteries at low temperature"}, False),
        ({"title_en": "Another title", "summary_en": "Heats the cells in 90 seconds."}, True),
        ({"title_zh": "锂电池低温自加热方法"}, True),
        ({"title_zh": "锂电池回收方法"}, False),
        ({"title_zh": "无关"}, False),
        ({}, False),
    ],
)
def test_what_says_nearly_the_same_is_found(
    work: Work, author: Any, fields: dict[str, str], is_alike: bool
) -> None:
    published = factories.make_result(
        title_en=TITLE,
        title_zh="锂电池低温自加热技术方法",
        summary_en="Heats cells in 90 seconds.",
        live=True,
    )
    work()
    found = duplicates.of(draft(author, **fields), viewer=author)
    assert found == ([published] if is_alike else [])


def test_only_the_own_organisation_s_drafts_and_what_is_published(work: Work, author: Any) -> None:
    own = author.organisations.get()
    mine = factories.make_result(own, title_en=TITLE)
    public = factories.make_result(title_en=TITLE, live=True)
    factories.make_result(title_en=TITLE)
    factories.make_need(title_en=TITLE, live=True)
    work()
    assert set(duplicates.of(draft(author, title_en=TITLE), viewer=author)) == {mine, public}
    assert set(duplicates.of(mine, viewer=author)) == {public}


def test_drafts_of_an_organisation_are_for_its_own_people(work: Work, author: Any) -> None:
    other = factories.make_organisation()
    theirs = factories.make_result(other, title_en=TITLE)
    work()
    asked = ResearchResult(organisation=other, title_en=TITLE)
    assert duplicates.of(asked, viewer=author) == []
    assert duplicates.of(asked, viewer=factories.owner_of(other)) == [theirs]


def test_an_index_that_is_behind_shows_nothing_that_was_withdrawn(work: Work, author: Any) -> None:
    gone = factories.make_result(title_en=TITLE, live=True)
    work()
    ResearchResult.objects.filter(pk=gone.pk).update(live=False)
    for viewer in (author, factories.make_administrator()):
        assert duplicates.of(draft(author, title_en=TITLE), viewer=viewer) == []


def test_the_number_of_queries_does_not_grow(work: Work, author: Any) -> None:
    counts = []
    for _size in range(2):
        for _listing in range(3):
            factories.make_result(author.organisations.get(), title_en=TITLE)
            factories.make_result(title_en=TITLE, live=True)
        work()
        duplicates.of(draft(author, title_en=TITLE), viewer=author)
        with CaptureQueriesContext(connection) as queries:
            assert len(duplicates.of(draft(author, title_en=TITLE), viewer=author)) == 3
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 5


def test_the_form_says_so_and_gives_no_anonymous_name_away(
    client: Client, work: Work, author: Any
) -> None:
    hidden = factories.make_organisation(name_en="Hidden owner")
    need = factories.make_need(hidden, title_en=TITLE, anonymous=True, live=True)
    work()
    client.force_login(author)
    path = "/en/listings/need/new/"
    data = form_data(client.get(path), containing="title_en") | {"title_en": f"{TITLE}?"}
    answer = client.post(path, data | {"do": "autosave"})
    [hint] = soup(answer).select("[hx-swap-oob='innerHTML:#duplicates']")
    assert "Somebody may have posted this already" in hint.get_text()
    assert hint.a["href"] == need.get_absolute_url()
    page = client.get(answer.headers["HX-Replace-Url"])
    assert TITLE in soup(page).select_one("#duplicates").get_text()
    assert "Hidden owner" not in text_of(page)
    own = TechnologyNeed.objects.get(author=author)
    data = form_data(page, containing="title_en") | {"problem_en": "P", "do": "autosave"}
    later = client.post(f"/en/listings/need/{own.pk}/edit/", data)
    assert not soup(later).select("[hx-swap-oob='innerHTML:#duplicates']"), "only for new titles"
