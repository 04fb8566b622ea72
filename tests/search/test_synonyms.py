"""Synonyms and terms: what they find, that they take nothing away, and that Wagtail adds them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from cms import setup
from search import lexicon, matching, searching, synonyms
from search.backends.base import NO_FILTERS, Backend
from search.models import SynonymGroup, Term
from search.questions import of_listing, of_search
from search.shaping import Text
from tests import factories

pytestmark = pytest.mark.django_db
ANYONE = AnonymousUser()
Work = Callable[..., int]


def found(typed: str) -> list[Any]:
    answer = searching.search(typed, filters=NO_FILTERS, viewer=ANYONE)
    return [] if answer.is_partial else [entry.listing for entry in answer.entries]


@pytest.fixture
def drones(work: Work) -> dict[str, Any]:
    titles = {
        "无人机": {"title_zh": "无人机巡检输电线路"},
        "无人驾驶飞机": {"title_zh": "无人驾驶飞机巡检输电线路"},
        "UAV": {"title_en": "UAV inspection of power lines"},
        "quadcopter": {"title_en": "Quadcopter for orchards"},
        "other": {"title_zh": "无人值守的机床"},
    }
    made = {
        name: factories.make_result(summary_en="", live=True, **title)
        for name, title in titles.items()
    }
    work()
    return made


@pytest.mark.usefixtures("each_engine")
def test_a_word_of_a_group_finds_the_others(drones: dict[str, Any]) -> None:
    assert found("无人驾驶飞机") == [drones["无人驾驶飞机"]]
    SynonymGroup.objects.create(words="无人机, 无人驾驶飞机, UAV, quadcopter")
    group = {drones[name] for name in ("无人机", "无人驾驶飞机", "UAV", "quadcopter")}
    for typed in ("无人机", "无人驾驶飞机", "無人機", "uav", "Quadcopters"):
        assert set(found(typed)) == group, typed
    assert set(found("无人机 巡检")) >= {drones["无人机"], drones["无人驾驶飞机"]}


@pytest.mark.usefixtures("each_engine")
def test_a_need_finds_results_with_the_other_word(drones: dict[str, Any], work: Work) -> None:
    need = factories.make_need(title_zh="四旋翼", summary_en="", live=True)
    work()
    assert not matching.best_results(need, viewer=ANYONE)
    SynonymGroup.objects.create(words="四旋翼, quadcopter")
    [match] = matching.best_results(need, viewer=ANYONE)
    assert match.listing == drones["quadcopter"]


@pytest.mark.usefixtures("each_engine")
def test_synonyms_take_nothing_away_and_scores_stay_in_bounds(
    drones: dict[str, Any], engine: Backend
) -> None:
    texts = [Text("无人机巡检输电线路", "UAV"), Text("Inspection of power lines by UAV", "")]
    asked = [Text("无人机巡检"), *texts]

    def scores() -> list[dict[str, float]]:
        known = lexicon.current()
        queries = [
            *(of_listing([text], lexicon=known, count=engine.statistics) for text in asked),
            *(of_search(t.title, lexicon=known, count=engine.statistics) for t in asked),
        ]
        hits = [engine.retrieve(query, filters=NO_FILTERS, limit=10).hits for query in queries]
        return [dict(one) for one in hits]

    before = scores()
    SynonymGroup.objects.create(words="无人机, 无人驾驶飞机, UAV, quadcopter, 输电线路")
    after = scores()
    for one, other in zip(before, after, strict=True):
        assert one
        assert all(other[key] >= score - 1e-6 for key, score in one.items())
        assert all(0 <= score <= 1 for score in other.values())
    assert any(len(other) > len(one) for one, other in zip(before, after, strict=True))


@pytest.mark.parametrize(
    "words",
    [
        "无人机",
        "无人机, 无人機",
        "机, 器",
        "无人机, uav 无人机",
        "drone, 100%, …",
        "the, of",
        "one two three four five, drone",
        "无人驾驶固定翼飞机, 无人机",
        ", ".join(f"word{n}" for n in range(13)),
        "",
        ",,,",
        "drone, 🔋",
    ],
)
def test_a_group_that_cannot_work_is_refused_at_its_field(words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        SynonymGroup(words=words).full_clean()
    assert set(refused.value.message_dict) == {"words"}


def test_a_word_stands_in_one_group_only() -> None:
    group = SynonymGroup.objects.create(words="无人机, drone")
    with pytest.raises(ValidationError, match="stands in another group"):
        SynonymGroup(words="UAV, 無人機").full_clean()
    group.words = "无人机，drone、 Drones； UAV"
    group.full_clean()
    assert group.words == "无人机, Drones, UAV"


def test_particles_do_not_tell_a_phrase() -> None:
    assert synonyms.phrase_of("internet of things") == synonyms.phrase_of("internet things")
    assert not synonyms.is_word("of the")


@pytest.fixture
def administrator(client: Client) -> Client:
    setup.ensure_groups()
    client.force_login(factories.make_administrator())
    return client


@pytest.mark.usefixtures("each_engine")
def test_a_group_added_in_wagtail_works_at_the_next_search(
    administrator: Client, drones: dict[str, Any]
) -> None:
    assert drones["quadcopter"] not in found("无人机")
    add = reverse(SynonymGroup.snippet_viewset.get_url_name("add"))  # type: ignore[attr-defined]
    assert administrator.get(add).status_code == 200
    refused = administrator.post(add, {"words": "无人机"})
    assert refused.status_code == 200
    assert "Write two to twelve different words" in refused.content.decode()
    assert not SynonymGroup.objects.exists()
    administrator.post(add, {"words": "无人机, quadcopter"})
    assert drones["quadcopter"] in found("无人机")
    group = SynonymGroup.objects.get()
    delete = reverse(SynonymGroup.snippet_viewset.get_url_name("delete"), args=[group.pk])  # type: ignore[attr-defined]
    administrator.post(delete)
    assert drones["quadcopter"] not in found("无人机")


@pytest.mark.usefixtures("each_engine")
def test_a_term_added_in_wagtail_works_at_the_next_search(
    administrator: Client, drones: dict[str, Any]
) -> None:
    assert not found("四旋翼")
    add = reverse(Term.snippet_viewset.get_url_name("add"))  # type: ignore[attr-defined]
    administrator.post(add, {"zh": "四旋翼", "en": "quadcopter"})
    assert found("四旋翼") == [drones["quadcopter"]]


@pytest.mark.parametrize("model", [SynonymGroup, Term])
def test_nobody_else_adds_words(client: Client, model: Any) -> None:
    setup.ensure_groups()
    fields = {"words": "无人机, drone", "zh": "无人机", "en": "drone"}
    for person in (factories.make_user(), factories.make_moderator()):
        client.force_login(person)
        response = client.post(reverse(model.snippet_viewset.get_url_name("add")), fields)
        assert response.status_code in (302, 403)
        assert not model.objects.exists()
