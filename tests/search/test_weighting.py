"""Administrators set the weights: they see the effect first, and every version stays on record."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms import setup
from marketplace.audit import trail
from search import decisions, matching
from search.models import Weighting
from search.ranking import DEFAULTS, Scale, Scales
from search.weighting import effect, versions
from tests import factories
from tests.cms.clients import parsed, signed_in

pytestmark = pytest.mark.django_db
MEET = "锂电池正极材料回收"
LIGHTER: Scales = {**DEFAULTS, "text": Scale(920, 0), "industry": Scale(10, 20)}
INDUSTRIAL: Scales = {**DEFAULTS, "text": Scale(500, 0), "industry": Scale(430, 30)}


@pytest.fixture
def page() -> str:
    return reverse("matching_weights")


@pytest.fixture
def administrator() -> Any:
    setup.ensure_groups()
    return factories.make_administrator()


@pytest.fixture
def client(administrator: Any) -> Client:
    return signed_in(administrator)


@pytest.fixture
def need(work: Callable[[], int]) -> Any:
    """A need, a result of its very words, and one of its industry that has some of them."""
    need = factories.make_need(title_zh=MEET, industry=factories.make_industry("C4210"), live=True)
    factories.make_result(title_zh=MEET, industry=factories.make_industry("A0111"), live=True)
    factories.make_result(
        title_zh="锂电池回收装置", industry=factories.make_industry("C4210"), live=True
    )
    work()
    return need


def typed(scales: Scales = LIGHTER, **fields: Any) -> dict[str, Any]:
    points = {f"{name}_weight": f"{scale.points:.1f}" for name, scale in scales.items()}
    priors = {f"{name}_prior": str(scale.prior) for name, scale in scales.items() if name != "text"}
    return {**points, **priors, "after": "0", "needs": "", "note": "", **fields}


def stamp(answer: Any) -> str:
    return parsed(answer).find("input", {"name": "seen"})["value"]


def adopted(scales: Scales = LIGHTER, *, after: int = 0, by: Any = None) -> Weighting:
    by = by or factories.make_administrator()
    return versions.adopt(scales=scales, note="Tried on our needs.", by=by, after=after)


def test_from_a_proposal_to_the_page_of_a_need(
    client: Client, administrator: Any, page: str, need: Any
) -> None:
    assert "nobody has changed them" in client.get(page).content.decode()
    effect = client.post(page, typed(show="1"))
    assert "Nothing is saved yet" in effect.content.decode()
    assert not Weighting.objects.exists()

    answer = client.post(page, typed(save="1", note="Less industry.", seen=stamp(effect)))
    assert (answer.status_code, answer["Location"]) == (302, page)
    version = Weighting.objects.get()
    assert (version.number, version.note) == (1, "Less industry.")
    assert (version.set_by, version.scales) == (administrator, LIGHTER)
    assert versions.current() == LIGHTER
    logged = trail.history(version).get()
    assert (logged.action, logged.user, logged.data) == (
        "weights.set",
        administrator,
        {"number": 1},
    )

    shown = Client().get(need.get_absolute_url().replace("/zh-hans/", "/en/")).content.decode()
    assert "of 92" in shown
    assert "of 90" not in shown


def test_the_effect_stands_beside_today(client: Client, page: str, need: Any) -> None:
    answer = client.post(page, typed(INDUSTRIAL, show="1"))
    (comparison,) = answer.context["comparisons"]
    assert comparison.has_other_first
    assert [row.result for row in comparison.proposed] == [
        row.result for row in reversed(comparison.today)
    ]
    assert [row.rise for row in comparison.proposed] == [1, -1]
    today = matching.best_results(need, viewer=factories.make_user())
    assert [(row.result, row.score) for row in comparison.today] == [
        (match.listing, match.score) for match in today
    ]
    adopted(INDUSTRIAL)
    then = matching.best_results(need, viewer=factories.make_user())
    assert [(row.result, row.score) for row in comparison.proposed] == [
        (match.listing, match.score) for match in then
    ]
    text = answer.content.decode()
    assert "1 need gets another first result" in text
    assert "fewer than 80 points for the text" in text


def test_results_that_come_and_go_are_said(
    client: Client, page: str, need: Any, work: Callable[[], int]
) -> None:
    for _number in range(effect.BEST):
        factories.make_result(title_zh=MEET, industry=factories.make_industry("A0111"), live=True)
    work()
    answer = client.post(page, typed(INDUSTRIAL, show="1"))
    words = {tag.get_text(strip=True) for tag in parsed(answer).select(".weighting__move")}
    assert {"enters", "leaves", "↓ down 1"} <= words


def test_more_results_cost_no_more_queries(
    client: Client, page: str, need: Any, work: Callable[[], int]
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.post(page, typed(INDUSTRIAL, show="1"))
        return len(queries)

    count()  # what is read once by each process
    before = count()
    for _number in range(8):
        factories.make_result(title_zh=MEET, live=True)
    work()
    assert count() == before


@pytest.mark.parametrize("side", ["weight", "prior"])
@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "-1",
        "−1",
        "+1",
        "1e2",
        "1_0",
        "NaN",
        "Infinity",
        "９９",
        "١٢",
        "1,5",
        "1.55",
        "101",
        "9" * 99,
    ],
)
def test_what_is_no_amount_is_refused_at_its_field(
    client: Client, page: str, side: str, wrong: str
) -> None:
    field = f"region_{side}"
    answer = client.post(page, typed(save="1", note="Why not", **{field: wrong}))
    form = answer.context["form"]
    assert (answer.status_code, set(form.errors)) == (200, {field})
    soup = parsed(answer)
    assert soup.find("input", {"name": field}).get("value", "") == wrong
    assert soup.find("input", {"name": "text_weight"})["value"] == "92.0"
    assert soup.find(attrs={"name": "note"})["value"] == "Why not"
    assert not Weighting.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"industry_weight": "1.1"}, "__all__", "100.1 points"),
        ({"industry_weight": "0"}, "__all__", "99 points"),
        ({"text_weight": "49.9", "industry_weight": "43.1"}, "text_weight", "50 points or more"),
        ({"industry_prior": "41"}, "industry_prior", "same section"),
        ({"region_prior": "61"}, "region_prior", "same province"),
        ({"freshness_prior": "51"}, "freshness_prior", "as long ago"),
        ({"needs": "0"}, "needs", "No published need"),
        ({"needs": "１"}, "needs", "no number"),
        ({"needs": "1;drop"}, "needs", "no number"),
        ({"needs": " ".join(map(str, range(1, 12)))}, "needs", "at most ten"),
        ({"note": "x" * 501}, "note", "500"),
        ({"note": "   "}, "note", "Say why"),
    ],
)
def test_what_cannot_hold_is_refused_with_the_reason(
    client: Client, page: str, changed: dict[str, str], field: str, message: str
) -> None:
    answer = client.post(page, typed(save="1", **{"note": "Why not", **changed}))
    form = answer.context["form"]
    assert set(form.errors) == {field}
    assert message in str(form.errors[field])
    assert message in answer.content.decode()
    assert not Weighting.objects.exists()


def test_a_service_refuses_what_the_page_refuses(administrator: Any) -> None:
    for scales in (
        {**LIGHTER, "price": Scale(-10, 50), "region": Scale(30, 30)},
        {**LIGHTER, "text": Scale(920, 1)},
        {**LIGHTER, "text": Scale(919, 0)},
    ):
        with pytest.raises(ValidationError):
            adopted(scales)
    with pytest.raises(ValidationError):
        versions.adopt(scales=LIGHTER, note="", by=administrator, after=0)
    assert not Weighting.objects.exists()


def test_nobody_else_sees_or_sets_them(page: str, need: Any) -> None:
    setup.ensure_groups()
    organisation = factories.make_organisation()
    for person in (
        factories.make_moderator(),
        factories.make_user(),
        factories.owner_of(organisation),
        None,
    ):
        client = signed_in(person) if person else Client()
        for answer in (
            client.get(page),
            client.post(page, typed(show="1")),
            client.post(page, typed(save="1", note="Mine")),
        ):
            assert answer.status_code in {302, 403}
            assert b"industry_weight" not in answer.content
    assert not Weighting.objects.exists()
    home = reverse("wagtailadmin_home")
    assert page not in signed_in(factories.make_moderator()).get(home).content.decode()
    assert page in signed_in(factories.make_administrator()).get(home).content.decode()


def test_the_second_of_two_is_told_and_loses_nothing(
    client: Client, administrator: Any, page: str
) -> None:
    seen = stamp(client.post(page, typed(show="1")))
    other = adopted(INDUSTRIAL)
    answer = client.post(page, typed(save="1", note="Mine", seen=seen))
    text = answer.content.decode()
    assert f"{other.set_by} set other weights" in text
    assert "Tried on our needs." in text
    assert versions.newest() == other

    soup = parsed(answer)
    assert soup.find("textarea", {"name": "note"}).text.strip() == "Mine"
    assert soup.find("input", {"name": "text_weight"})["value"] == "92.0"
    again = typed(save="1", note="Mine", seen=stamp(answer))
    again["after"] = soup.find("input", {"name": "after"})["value"]
    assert client.post(page, again).status_code == 302
    assert [v.number for v in Weighting.objects.all()] == [2, 1]
    assert versions.current() == LIGHTER


def test_of_two_at_the_same_moment_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read that nothing is in force yet."""
    first = adopted()
    monkeypatch.setattr(versions, "newest", lambda: None)
    with pytest.raises(versions.Overtaken):
        adopted(INDUSTRIAL)
    assert list(Weighting.objects.all()) == [first]


@pytest.mark.parametrize("after", ["", "1", "x", "-1", "9" * 50])
def test_a_made_up_beginning_is_not_saved(client: Client, page: str, after: str) -> None:
    seen = stamp(client.post(page, typed(show="1")))
    answer = client.post(page, typed(save="1", note="Mine", seen=seen, after=after))
    assert answer.status_code == 200
    assert answer.context["warning"]
    assert not Weighting.objects.exists()


def test_what_was_not_shown_is_not_saved(client: Client, page: str) -> None:
    seen = stamp(client.post(page, typed(show="1")))
    answer = client.post(page, typed(INDUSTRIAL, save="1", note="Mine", seen=seen))
    assert "changed after their effect was shown" in answer.content.decode()
    assert stamp(answer) != seen
    assert not Weighting.objects.exists()


def test_an_earlier_version_is_used_again_under_a_new_number(client: Client, page: str) -> None:
    adopted(LIGHTER)
    adopted(INDUSTRIAL, after=1)
    history = client.get(page).content.decode()
    assert "Text" in history
    assert "90.0 → 92.0 points" in history
    assert "usual share 30 → 20 %" in history
    assert "92.0 → 50.0 points" in history
    again = parsed(client.get(page, {"version": "1"}))
    assert again.find("input", {"name": "text_weight"})["value"] == "92.0"
    assert again.find("input", {"name": "industry_prior"})["value"] == "20"
    for odd in ("0", "3", "x", "１", "9" * 50):
        shown = parsed(client.get(page, {"version": odd}))
        assert shown.find("input", {"name": "text_weight"})["value"] == "50.0"


def test_the_needs_are_chosen_by_decisions_then_by_date_or_named(
    client: Client, page: str, need: Any
) -> None:
    newer = factories.make_need(title_zh="风机叶片降噪", live=True)
    draft = factories.make_need(title_zh="未发布的需求")
    assert effect.usual_needs() == [newer, need]
    match = matching.best_results(need, viewer=need.author)[0]
    decisions.record(
        need=need,
        result=match.listing,
        verdict="accepted",
        decided_by=need.author,
        match=match.frozen(),
    )
    assert effect.usual_needs() == [need, newer]
    answer = client.post(page, typed(show="1", needs=f"{newer.pk}，{need.pk} {newer.pk}"))
    assert [c.need for c in answer.context["comparisons"]] == [newer, need]
    refused = client.post(page, typed(show="1", needs=str(draft.pk)))
    assert set(refused.context["form"].errors) == {"needs"}
    assert "未发布" not in refused.content.decode()


def test_a_decision_keeps_the_weights_that_it_was_shown_with(need: Any) -> None:
    match = matching.best_results(need, viewer=need.author)[0]
    decision = decisions.record(
        need=need,
        result=match.listing,
        verdict="accepted",
        decided_by=need.author,
        match=match.frozen(),
    )
    adopted()
    decision.refresh_from_db()
    kept = {reason["criterion"]: reason["maximum"] for reason in decision.match["reasons"]}
    assert (kept["text"], kept["industry"]) == (90.0, 3.0)
    now = matching.best_results(need, viewer=need.author)[0]
    assert {r.criterion: r.most for r in now.reasons}["text"] == 920


def test_a_version_never_changes() -> None:
    version = adopted()
    version.note = "Another reason"
    with pytest.raises(IntegrityError):
        version.save()


def test_a_version_is_never_deleted() -> None:
    version = adopted()
    with pytest.raises(TypeError):
        version.delete()
    assert Weighting.objects.get() == version
