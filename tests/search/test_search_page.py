"""The search page over HTTP, without JavaScript: filters, counts, links, bad input."""

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import translation

from marketplace.listings.models import IpRight
from search import indexing
from tests import factories
from tests.search import hostile

pytestmark = pytest.mark.django_db
Work = Callable[..., int]


@pytest.fixture
def listings(work: Work) -> dict[str, Any]:
    made = {
        "battery": factories.make_result(
            title_zh="锂电池正极材料回收方法",
            industry=factories.make_industry("C4210"),
            region=factories.make_region("3301"),
            cooperation_modes=["licence"],
            ip_rights=[IpRight(type=IpRight.Type.INVENTION)],
            trl=6,
            live=True,
        ),
        "plant": factories.make_result(
            title_zh="锂电池回收装置", industry=factories.make_industry("C3841"), trl=4, live=True
        ),
        "need": factories.make_need(title_zh="废旧锂电池回收", live=True),
        "draft": factories.make_result(title_zh="锂电池草稿"),
    }
    work()
    return made


def get(client: Client, **parameters: Any) -> Any:
    with translation.override("en"):
        return client.get(reverse("search:results"), parameters)


def page(client: Client, **parameters: Any) -> BeautifulSoup:
    response = get(client, **parameters)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def followed(client: Client, link: Any) -> BeautifulSoup:
    with translation.override("en"):
        response = client.get(reverse("search:results") + link["href"])
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def test_a_snippet_says_its_own_language(client: Client, work: Work) -> None:
    texts = {
        "title_en": "Membrane for flow cells",
        "summary_en": "",
        "summary_zh": "低成本锂电池隔膜。",
    }
    factories.make_result(**texts, live=True)
    work()
    card = page(client, q="电池").select_one(".listing")
    assert card.select_one(".listing__title")["lang"] == "en"
    assert card.select_one(".listing__summary")["lang"] == "zh-Hans"


def shown(html: BeautifulSoup) -> set[str]:
    return {link["href"] for link in html.select(".listing__title a")}


def urls(listings: dict[str, Any], *names: str) -> set[str]:
    return {listings[name].get_absolute_url() for name in names}


def facet(html: BeautifulSoup, name: str) -> dict[str, str]:
    """Return what can be chosen of a facet with the number of hits beside it."""
    rows = html.select(f"#id_{name} :is(label, li)")
    return {
        row.select_one(":is(label > span, a, strong)").text.strip(): row.select_one(
            ".facet__hits"
        ).text
        for row in rows
    }


@pytest.mark.parametrize("typed", [typed for typed in hostile.SEARCHES if typed != "\ud83d"])
def test_no_search_breaks_the_page(client: Client, listings: dict[str, Any], typed: str) -> None:
    get(client, q="电池")
    with hostile.soon():
        response = get(client, q=typed)
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


def test_the_page_shows_hits_marks_and_counts(client: Client, listings: dict[str, Any]) -> None:
    html = page(client, q="锂电池回收", kind="result", mode="licence")
    assert shown(html) == urls(listings, "battery")
    assert "<mark>锂电池</mark>" in str(html)
    assert html.select_one("#found-count[role=status]").text.strip() == "1 listing"
    assert facet(html, "kind") == {"Results and needs": "1", "Research results": "1"}
    assert facet(html, "mode") == {"licence": "1"}
    assert facet(html, "trl") == {"Any": "1", "TRL 6 and above": "1"}
    assert facet(html, "ip") == {"invention patent": "1"}


def test_what_would_find_nothing_is_left_out_unless_it_is_chosen(
    client: Client, listings: dict[str, Any]
) -> None:
    html = page(client, q="锂电池回收", kind="need", mode="equity")
    assert facet(html, "mode") == {"technology as equity": "0"}
    assert html.select_one("#id_mode_equity")["checked"] == ""
    assert not html.select("#id_ip")


def test_levels_count_what_is_at_them_or_above(client: Client, listings: dict[str, Any]) -> None:
    assert facet(page(client, trl="6"), "trl") == {
        "Any": "3", "TRL 4 and above": "2", "TRL 6 and above": "1",
    }  # fmt: skip


def test_a_chosen_level_at_which_nothing_is_counts_what_is_above(
    client: Client, listings: dict[str, Any]
) -> None:
    assert facet(page(client, trl="5"), "trl")["TRL 5 and above"] == "1"


def test_a_tree_is_walked_one_step_at_a_time_and_keeps_the_rest(
    client: Client, listings: dict[str, Any]
) -> None:
    top = page(client, q="锂电池", sort="newest", trl="4")
    assert facet(top, "industry") == {"All": "2", "C category C": "2"}
    section = followed(client, top.select_one("a#industry-C"))
    assert facet(section, "industry") == {
        "All": "2", "C category C": "2", "C38 category C38": "1", "C42 category C42": "1",
    }  # fmt: skip
    division = followed(client, section.select_one("a#industry-C42"))
    assert shown(division) == urls(listings, "battery")
    assert facet(division, "industry") == {
        "All": "2", "C category C": "2", "C42 category C42": "1", "C421 category C421": "1",
    }  # fmt: skip
    hidden = {field["name"]: field["value"] for field in division.select("input[type=hidden]")}
    assert hidden == {"q": "锂电池", "sort": "newest", "industry": "C42"}
    assert division.select_one("#id_trl_4")["checked"] == ""
    wider = followed(client, division.select_one("a#industry-all"))
    assert shown(wider) == urls(listings, "battery", "plant")
    assert wider.select_one("#id_trl_4")["checked"] == "", "only the industry was dropped"


def test_the_number_of_database_queries_is_the_same_with_all_filters(
    client: Client, listings: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    get(client, q="锂电池")
    chosen = {
        "industry": "C4210",
        "region": "3301",
        "mode": "licence",
        "trl": "2",
        "sort": "newest",
    }
    with django_assert_max_num_queries(14):
        assert shown(page(client, q="锂电池", **chosen)) == urls(listings, "battery")


def test_long_lists_are_folded_and_what_is_chosen_stays_in_sight(
    client: Client, work: Work
) -> None:
    for n in range(10, 21):
        factories.make_result(region=factories.make_region(str(n)), live=True)
    work()
    html = page(client)
    assert len(html.select("#id_region > .facet__below a")) == 8
    assert len(html.select("#id_region details a")) == 3
    assert "3 more" in html.select_one("#id_region summary").text


def test_the_order_is_chosen_by_links(client: Client, listings: dict[str, Any]) -> None:
    html = page(client, q="锂电池", mode="licence")
    orders = {link.text: link for link in html.select(".orders a")}
    assert list(orders) == ["Best match", "Latest", "Readiness"]
    assert orders["Best match"]["aria-current"] == "true"
    latest = followed(client, orders["Latest"])
    assert latest.select_one(".orders [aria-current]").text == "Latest"
    assert latest.select_one("#id_mode_licence")["checked"] == ""
    assert [link.text for link in page(client).select(".orders a")] == [
        "Latest", "Readiness", "Next deadline",
    ]  # fmt: skip


def test_nothing_found_says_which_filter_to_drop(client: Client, listings: dict[str, Any]) -> None:
    html = page(client, q="锂电池回收", kind="need", trl="5")
    assert not shown(html)
    hints = {link.text: link for link in html.select(".hints a")}
    assert list(hints) == [
        "Without “Show: Technology needs”",
        "Without “Readiness level: TRL 5 and above”",
        "Without any filter",
    ]
    found = [item.select_one(".muted").text.strip() for item in html.select(".hints li")]
    assert found == ["1 listing", "1 listing", "3 listings"]
    assert shown(followed(client, hints["Without any filter"])) == urls(
        listings, "battery", "plant", "need"
    )
    without_kind = followed(client, hints["Without “Show: Technology needs”"])
    assert shown(without_kind) == urls(listings, "battery")


def test_a_filter_that_hides_what_holds_all_of_it_is_told(
    client: Client, listings: dict[str, Any]
) -> None:
    html = page(client, q="装置 回收", kind="need")
    assert "No listing holds all of this" in html.select_one("#found-count").text
    [hint] = html.select(".hints a")
    assert shown(followed(client, hint)) == urls(listings, "plant")


def test_other_words_are_a_link_that_keeps_the_filters(
    client: Client, listings: dict[str, Any]
) -> None:
    indexing.fit_vocabulary()
    html = page(client, q="回受", kind="result")
    [link] = html.select(".hints a")
    assert link.text == "回收"
    assert shown(followed(client, link)) == urls(listings, "battery", "plant")


def test_a_long_search_says_that_it_was_cut(client: Client, listings: dict[str, Any]) -> None:
    html = get(client, q="电池" * 1_000).content.decode()
    assert "Only the first 1,000 characters" in html or "Only the first 1000 characters" in html


@pytest.mark.parametrize(
    "parameters",
    [
        {"kind": "person"},
        {"industry": "Z99"},
        {"industry": "C\x00"},
        {"region": "99"},
        {"trl": "10"},
        {"trl": "x"},
        {"mode": ["licence", "barter"]},
        {"organisation_kind": "club"},
        {"ip": ["x"] * 1_000},
        {"mode": ["result"]},
        {"kind": "licence"},
        {"industry": "33"},
        {"region": "C"},
        {"sort": "price"},
        {"trl": "9" * 5_000},
    ],
)
def test_a_filter_that_does_not_exist_is_refused_at_its_field(
    client: Client, listings: dict[str, Any], parameters: dict[str, Any]
) -> None:
    response = get(client, q="电池", **parameters)
    assert response.status_code == 400
    html = BeautifulSoup(response.content, "html.parser")
    [name] = parameters
    assert html.select_one(f".error-summary a[href='#id_{name}']"), "leads to the field"
    assert html.select_one(f"#id_{name} .errorlist li").text
    assert not shown(html)
    assert len(response.content) < 200_000


def test_unknown_parameters_are_ignored_and_not_repeated(
    client: Client, listings: dict[str, Any]
) -> None:
    strange = {f"filter{n}": "x" for n in range(1_000)}
    with hostile.soon():
        html = page(client, q="电池", **strange)
    assert shown(html)
    assert "filter999" not in str(html.select_one(".columns"))


@pytest.mark.parametrize("page", ["0", "-1", "x", "1000000000", "9" * 5_000, "\x00", "1.5"])
def test_any_page_number_answers(client: Client, listings: dict[str, Any], page: str) -> None:
    assert get(client, q="电池", page=page).status_code == 200


def test_finding_nothing_says_what_to_do(client: Client, listings: dict[str, Any]) -> None:
    html = get(client, q="xyzzy", kind="need").content.decode()
    assert "Nothing was found" in html
    assert "Remove a filter" in html


def test_an_organisation_is_found_by_its_name(client: Client, listings: dict[str, Any]) -> None:
    university = factories.make_organisation("Quillbrook University")
    hidden = factories.make_organisation("Quillbrook Works")
    factories.make_result(university, live=True)
    factories.make_need(hidden, anonymous=True, live=True)
    html = page(client, q="quillbrook")
    links = [link for link in html.select("#found a") if "/organisations/" in link["href"]]
    assert [link.text for link in links] == ["Quillbrook University"]
    assert not page(client, q="电池").select("#found a[href*='/organisations/']")


def test_the_page_only_reads(client: Client) -> None:
    assert client.post(reverse("search:results")).status_code == 405
