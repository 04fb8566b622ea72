"""The public lists: filters, pages, and a number of queries that does not grow with the rows."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.listings import lifecycle
from marketplace.listings.models import IpRight, NeedMetric
from tests import factories
from tests.pages import soup

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


def titles(response: Any) -> list[str]:
    assert response.status_code == 200
    return [a.get_text(strip=True) for a in soup(response).select(".listing__title a")]


def test_only_what_is_live_is_listed_the_latest_first(client: Client, workflow: Any) -> None:
    first = factories.make_result(title_en="First", live=True)
    factories.make_result(title_en="Second", live=True)
    draft = factories.make_result(title_en="Draft")
    gone = factories.make_result(title_en="Gone", live=True)
    lifecycle.withdraw(gone, author=gone.author)
    assert titles(client.get("/en/results/")) == ["Second", "First"]
    for own in (draft.author, first.author, factories.make_administrator()):
        client.force_login(own)
        assert titles(client.get("/en/results/")) == ["Second", "First"]


RESULT_FILTERS = {
    "industry=C": {"C38", "C3841", "C27"},
    "industry=C38": {"C38", "C3841"},
    "region=42": {"province", "city"},
    "region=4201": {"city"},
    "trl=6": {"TRL 6", "TRL 9"},
    "mode=licence": {"licence", "both modes"},
    "mode=equity": {"both modes"},
    "organisation_kind=institute": {"of an institute"},
    "organisation=institute-one": {"of an institute"},
    "language=zh": {"中文"},
    "industry=C38&trl=6": set(),
}


def test_filters_of_results(client: Client) -> None:
    institute = factories.make_organisation(kind="institute", slug="institute-one")
    for code in ("C38", "C3841", "C27"):
        factories.make_result(title_en=code, industry=factories.make_industry(code), live=True)
    factories.make_result(title_en="province", region=factories.make_region("42"), live=True)
    factories.make_result(title_en="city", region=factories.make_region("4201"), live=True)
    for level in (5, 6, 9):
        factories.make_result(title_en=f"TRL {level}", trl=level, live=True)
    factories.make_result(title_en="licence", cooperation_modes=["licence"], live=True)
    factories.make_result(title_en="both modes", cooperation_modes=["licence", "equity"], live=True)
    factories.make_result(institute, title_en="of an institute", live=True)
    factories.make_result(title_zh="中文", live=True)
    for query, found in RESULT_FILTERS.items():
        assert set(titles(client.get(f"/en/results/?{query}"))) == found, query


def test_filters_of_needs(client: Client) -> None:
    soon, past = TODAY + timedelta(days=9), TODAY - timedelta(days=9)
    factories.make_need(title_en="challenge", reward=5, deadline=soon, live=True)
    factories.make_need(title_en="over", reward=5, deadline=past, live=True)
    factories.make_need(title_en="no reward", deadline=soon, min_trl=7, live=True)
    assert titles(client.get("/en/needs/?challenge=on")) == ["challenge"]
    assert set(titles(client.get("/en/needs/?trl=6"))) == {"challenge", "over"}
    assert len(titles(client.get("/en/needs/?trl=7"))) == 3


def test_filters_in_use_are_named_and_can_be_taken_away(client: Client) -> None:
    factories.make_industry("C38")
    page = client.get("/en/results/?industry=C38&trl=6&page=3")
    removers = {a.get_text(" ", strip=True): a["href"] for a in soup(page).select(".tag__remove")}
    assert list(removers.values()) == ["?trl=6", "?industry=C38"]
    assert any("category C38" in label for label in removers)
    assert "Nothing fits all of these filters" in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "page=1000000000", "page=-1", "page=0", "page=x", "page=", "page=1e9", "page=9" + "9" * 50,
        "page=%00", "page=²", "industry=%00", "industry=nothing", "industry=C38&industry=C27",
        "region='--", "trl=99", "trl=x", "mode=gift", "organisation=%00", "organisation=" + "x" * 999,
        "language=fr", "organisation_kind=%F0%9F%98%80", "challenge=maybe", "q=%FF", "&&&===",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["results", "needs"])
def test_nonsense_in_the_address_gives_a_page(client: Client, kind: str, query: str) -> None:
    assert client.get(f"/en/{kind}/?{query}").status_code == 200


def test_pages_hold_twenty_and_the_last_answers_for_all_beyond(client: Client) -> None:
    own = factories.make_organisation()
    for number in range(21):
        factories.make_need(own, title_en=f"Need {number}", live=True)
    assert titles(client.get("/en/needs/"))[0] == "Need 20"
    assert len(titles(client.get("/en/needs/"))) == 20
    for page in ("2", "3", "1000000000"):
        assert titles(client.get(f"/en/needs/?page={page}")) == ["Need 0"]
    links = [a["href"] for a in soup(client.get("/en/needs/?language=en")).select(".pagination a")]
    assert "?language=en&page=2" in links


def _rich_result(own: Any, number: int) -> None:
    factories.make_result(
        own,
        title_en=f"Result {number}",
        industry=factories.make_industry("C3841"),
        region=factories.make_region("4201"),
        ipc=[factories.make_ipc("H01")],
        ip_rights=[IpRight(type="design")],
        price_min=5,
        cooperation_modes=["licence"],
        live=True,
    )


def _rich_need(own: Any, number: int) -> None:
    factories.make_need(
        own,
        title_en=f"Need {number}",
        anonymous=bool(number % 2),
        metrics=[NeedMetric(name_en="m", value="v")],
        budget_max=5,
        live=True,
    )


@pytest.mark.parametrize(("path", "make"), [("results", _rich_result), ("needs", _rich_need)])
@pytest.mark.parametrize("reader", ["anonymous", "stranger", "owner", "administrator"])
def test_the_number_of_queries_does_not_grow(path: str, make: Any, reader: str) -> None:
    own = factories.make_organisation()
    make_person: dict[str, Any] = {
        "anonymous": AnonymousUser,
        "stranger": factories.make_user,
        "owner": lambda: factories.owner_of(own),
        "administrator": factories.make_administrator,
    }
    person = make_person[reader]()
    counts = []
    for size in (1, 12):
        for number in range(size):
            make(own, number)
        browser = Client()
        if person.is_authenticated:
            browser.force_login(person)
        browser.get(f"/en/{path}/")
        with CaptureQueriesContext(connection) as queries:
            assert titles(browser.get(f"/en/{path}/"))
        counts.append(len(queries))
    assert counts[0] == counts[1], counts
    assert counts[0] <= 20


def test_the_search_box_of_a_list_knows_its_kind(client: Client) -> None:
    box = soup(client.get("/en/needs/")).find(id="list-search")
    if box is not None:
        form = box.find_parent("form")
        assert form.find(attrs={"name": "kind"})["value"] == "need"


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    assert "Be the first" in client.get("/en/needs/").content.decode()
