import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from marketplace.listings import lifecycle
from tests import factories
from tests.pages import soup

pytestmark = pytest.mark.django_db
Work = Callable[..., int]


def render(listing: Any, language: str = "en") -> str:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    template = Template("{% load matches %}{% best_matches listing %}")
    with translation.override(language):
        return template.render(Context({"request": request, "listing": listing}))


@pytest.fixture
def pair(work: Work) -> Any:
    need = factories.make_need(summary_en="", title_zh="废旧锂电池回收", min_trl=5, live=True)
    result = factories.make_result(
        summary_en="", title_zh="锂电池<b>回收</b>方法", summary_zh="回收锂电池。", trl=6, live=True
    )
    factories.make_need(
        summary_en="", title_en="Hidden owner", title_zh="锂电池回收", anonymous=True, live=True
    )
    work()
    return need, result


def test_a_need_shows_its_results_with_bars_points_and_facts(pair: Any) -> None:
    need, result = pair
    page = BeautifulSoup(render(need), "html.parser")
    [match] = page.select(".match")
    assert match.select(".listing__title a")[0]["href"] == result.get_absolute_url()
    rows = match.select(".reasons tbody tr")
    assert len(rows) == 8
    assert all(row.select_one("svg.bar") and row.select_one(".number") for row in rows)
    points = [re.match(r"\s*([\d.]+) of", row.select(".number")[0].text) for row in rows]
    total = re.match(r"\s*([\d.]+) of", match.select(".reasons tfoot .number")[0].text)
    assert total
    assert sum(round(float(p[1]) * 10) for p in points if p) == round(float(total[1]) * 10)
    assert "TRL 6 ≥ required 5" in match.text
    assert "Not stated" in match.text


def test_words_that_met_are_marked_and_markup_is_not_believed(pair: Any) -> None:
    need, _result = pair
    html = render(need)
    assert "<mark>锂电池</mark>&lt;b&gt;<mark>回收</mark>" in html
    assert "<b>回收" not in html


def test_a_result_shows_its_needs_without_an_anonymous_owner(pair: Any) -> None:
    _need, result = pair
    page = BeautifulSoup(render(result, "zh-hans"), "html.parser")
    titles = [title.text.strip() for title in page.select(".listing__title")]
    assert set(titles) == {"废旧锂电池回收", "锂电池回收"}
    hidden = next(m for m in page.select(".match") if "废旧" not in m.text)
    assert "Sample organisation" not in hidden.text


def test_no_inline_style_that_the_policy_would_block(pair: Any) -> None:
    assert "style=" not in render(pair[0])


def test_nothing_that_fits_is_said(work: Work) -> None:
    need = factories.make_need(summary_en="", title_zh="电池", live=True)
    assert "Nothing that is published so far" in render(need)


def test_few_are_shown_at_first_and_more_when_asked(pair: Any, work: Work) -> None:
    need, _result = pair
    for number in range(6):
        factories.make_result(summary_en="", title_zh=f"锂电池回收方法{number}", live=True)
    work()
    page = soup(Client().get(need.get_absolute_url()))
    link = page.select_one("#matches a[hx-get]")
    assert len(page.select("#matches .match")) == 5
    assert link.text == "Show more matches"
    whole = soup(Client().get(need.get_absolute_url() + link["href"].partition("#")[0]))
    assert len(whole.select("#matches .match")) == 7
    assert not whole.select("#matches a[hx-get]")
    odd = soup(Client().get(need.get_absolute_url(), {"best": "10000"}))
    assert len(odd.select("#matches .match")) == 5


def similar(listing: Any) -> Any:
    with translation.override("en"):
        address = reverse("search:similar", args=[listing.kind, listing.pk])
    return soup(Client().get(address))


def test_similar_listings_are_of_the_same_kind_close_and_still_published(
    pair: Any, work: Work, django_assert_max_num_queries: Any
) -> None:
    _need, result = pair
    twins = [
        factories.make_result(summary_en="", title_zh=f"锂电池回收方法{n}", live=True)
        for n in range(4)
    ]
    factories.make_result(summary_en="", title_zh="果园采摘机器人的方法", live=True)
    work()
    lifecycle.withdraw(twins[0], author=twins[0].author)
    with django_assert_max_num_queries(9):
        page = similar(result)
    shown = {link["href"] for link in page.select(".listing__title a")}
    assert shown == {twin.get_absolute_url() for twin in twins[1:]}
    assert "Similar results" in page.select_one("#similar h2").text


def test_similar_needs_keep_an_anonymous_owner_hidden(pair: Any) -> None:
    need, _result = pair
    text = similar(need).select_one("#similar").text
    assert "Similar needs" in text
    assert "Anonymous organisation" in text
    assert "Sample organisation" not in text


def test_nothing_similar_leaves_no_section(work: Work) -> None:
    need = factories.make_need(summary_en="", title_zh="电池", live=True)
    work()
    page = similar(need)
    assert not page.select("#similar")
    assert "Nothing that is published so far is like it" in page.text


def test_only_a_published_listing_has_similar_ones() -> None:
    draft = factories.make_need(title_en="Sealed bearings")
    page = similar(draft)
    assert "Sealed bearings" not in page.text
    assert not page.select("#similar")


def test_the_page_of_a_listing_leads_to_similar_ones(pair: Any) -> None:
    need, _result = pair
    section = soup(Client().get(need.get_absolute_url())).select_one("#similar")
    address = reverse("search:similar", args=["need", need.pk])
    assert section["hx-get"] == section.select_one("a")["href"] == address
