"""Vectors of meaning, from a real endpoint on loopback, well and badly behaved."""

import io
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.listings import lifecycle
from marketplace.listings.models import TechnologyNeed
from marketplace.outbox.models import Effect
from search import matching, ranking
from search.backends.base import Hit
from search.embeddings import endpoint, vectors
from search.evaluation import meaning as evaluation
from search.models import Embedding
from tests import embeddings, factories
from tests.embeddings import Endpoint
from tests.servers import free_port

CANARY = "canary of the private tier"


@pytest.fixture
def server(settings: LazySettings) -> Iterator[Endpoint]:
    with embeddings.running() as running:
        settings.EMBEDDINGS_URL = running.url
        settings.EMBEDDINGS_MODEL = "hashed"
        settings.EMBEDDINGS_TIMEOUT = 1.0
        yield running


def test_texts_become_vectors_of_length_1_in_their_order(server: Endpoint) -> None:
    found = endpoint.embed(["lithium battery", "battery lithium", "wheat"])
    assert [round(float(np.linalg.norm(vector)), 9) for vector in found] == [1, 1, 1]
    assert vectors.cosine(found[0], found[1]) == pytest.approx(1)
    assert vectors.cosine(found[0], found[2]) == pytest.approx(0)
    assert server.asked == [
        {
            "model": "hashed",
            "input": ["lithium battery", "battery lithium", "wheat"],
            "encoding_format": "float",
        }
    ]
    assert server.keys == [None]


def test_the_key_is_sent(server: Endpoint, settings: LazySettings) -> None:
    settings.EMBEDDINGS_API_KEY = "secret"
    endpoint.embed(["x"])
    assert server.keys == ["Bearer secret"]


def changed(**fields: Any) -> Callable[[Any], Any]:
    """Return what changes the first vector of an answer."""

    def change(answer: Any) -> Any:
        answer["data"][0] |= fields
        return answer

    return change


@pytest.mark.parametrize(
    "fault",
    [
        429,
        500,
        401,
        302,
        changed(embedding=[1.0]),
        changed(embedding=[]),
        changed(embedding=[0.0] * embeddings.DIMENSIONS),
        changed(embedding=[float("nan")] * embeddings.DIMENSIONS),
        changed(embedding=[float("inf")] * embeddings.DIMENSIONS),
        changed(embedding=[1e308] * embeddings.DIMENSIONS),
        changed(embedding=[10**400] * embeddings.DIMENSIONS),
        changed(embedding=["a"] * embeddings.DIMENSIONS),
        changed(embedding=[None] * embeddings.DIMENSIONS),
        changed(embedding=[[1.0]] * embeddings.DIMENSIONS),
        changed(embedding="AAAA"),
        changed(embedding=None),
        changed(index=7),
        changed(index=0),
        changed(index=None),
        lambda answer: {**answer, "data": answer["data"][:1]},
        lambda answer: {**answer, "data": answer["data"] * 2},
        lambda answer: {**answer, "data": []},
        lambda answer: {**answer, "data": {}},
        lambda answer: {**answer, "data": [1, 2]},
        lambda _answer: {"data": [{"index": n, "embedding": [1] * 5_000} for n in range(2)]},
        lambda _answer: b"",
        lambda _answer: b"<html>",
        lambda _answer: b"\xff\xfe",
        lambda _answer: b"[" * 100_000,
        lambda _answer: [],
        lambda _answer: None,
        embeddings.endlessly,
        embeddings.slowly,
    ],
)
def test_a_bad_answer_is_none_at_all(server: Endpoint, fault: Any) -> None:
    server.fault = fault
    began = time.monotonic()
    with pytest.raises(endpoint.Unanswered):
        endpoint.embed(["one", "two"])
    assert time.monotonic() - began < 4


def test_no_server_at_all(settings: LazySettings) -> None:
    settings.EMBEDDINGS_URL = f"http://127.0.0.1:{free_port()}/v1/embeddings"
    with pytest.raises(endpoint.Unanswered):
        endpoint.embed(["x"])


@pytest.fixture
def pair(server: Endpoint, db: Any, work: Callable[..., int]) -> dict[str, Any]:
    """A need, two results of words in common, and what the worker does with them."""
    need = factories.make_need(
        title_en="Recycling of lithium batteries",
        summary_en="Cobalt and nickel are lost today.",
        live=True,
    )
    near = factories.make_result(
        title_en="Recycling of lithium batteries from cars", summary_en="", live=True
    )
    far = factories.make_result(title_en="Lithium grease", summary_en="", live=True)
    work()
    return {"need": need, "near": near, "far": far}


def meaning(match: matching.Match) -> ranking.Reason:
    return next(reason for reason in match.reasons if reason.criterion == "meaning")


def test_the_meaning_takes_part_of_the_texts_points(pair: dict[str, Any], server: Endpoint) -> None:
    near, far = matching.best_results(pair["need"], viewer=pair["need"].author)
    assert (near.listing, far.listing) == (pair["near"], pair["far"])
    shares = {reason.criterion: reason.most for reason in near.reasons}
    assert shares["text"] + shares["meaning"] == 900
    assert shares["meaning"] == round(900 * ranking.MEANING)
    assert sum(shares.values()) == 1000
    assert meaning(near).is_stated
    assert meaning(near).tenths > meaning(far).tenths
    text = vectors.text_of(pair["need"]), vectors.text_of(pair["near"])
    cosine = vectors.cosine(*map(np.array, map(embeddings.vector_of, text)))
    assert meaning(near).tenths == round(shares["meaning"] * cosine)
    assert "alike" in meaning(near).contribution.detail


def test_a_pair_has_one_score_with_vectors_as_well(pair: dict[str, Any]) -> None:
    need, result, anyone = pair["need"], pair["near"], pair["need"].author
    forward = matching.best_results(need, viewer=anyone)[0]
    alone = matching.best_results(need, viewer=anyone, limit=1)[0]
    backward = matching.best_needs(result, viewer=anyone)[0]
    one = matching.pair(need=need, result=result, viewer=anyone)
    tenths = [[r.tenths for r in match.reasons] for match in (forward, alone, backward, one)]
    assert tenths == [tenths[0]] * 4


def test_reading_vectors_costs_one_query_and_asks_nobody(
    pair: dict[str, Any], server: Endpoint, settings: LazySettings
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            matching.best_results(TechnologyNeed.objects.get(), viewer=pair["need"].author)
        return len(queries)

    count()
    asked, with_vectors = len(server.asked), count()
    assert len(server.asked) == asked
    settings.EMBEDDINGS_URL = ""
    assert count() == with_vectors - 1


def test_without_an_endpoint_words_alone_count(
    pair: dict[str, Any], settings: LazySettings
) -> None:
    settings.EMBEDDINGS_URL = ""
    for match in matching.best_results(pair["need"], viewer=pair["need"].author):
        assert {reason.criterion: reason.most for reason in match.reasons} == {
            name: scale.weight for name, scale in ranking.DEFAULTS.items()
        }


@pytest.mark.parametrize("of", ["need", "near"])
def test_where_a_vector_lacks_the_meaning_is_not_stated(pair: dict[str, Any], of: str) -> None:
    Embedding.objects.filter(key=f"{pair[of].kind}:{pair[of].pk}").delete()
    for match in matching.best_results(pair["need"], viewer=pair["need"].author):
        if of == "need" or match.listing == pair["near"]:
            reason = meaning(match)
            assert not reason.is_stated
            assert reason.tenths == round(reason.most * ranking.UNKNOWN_MEANING / 100)


def test_vectors_of_other_dimensions_or_models_do_not_count(
    pair: dict[str, Any], settings: LazySettings
) -> None:
    Embedding.objects.filter(key=f"result:{pair['near'].pk}").update(vector=b"\0\x3c" * 3)
    matches = matching.best_results(pair["need"], viewer=pair["need"].author)
    stated = {match.listing: meaning(match).is_stated for match in matches}
    assert stated == {pair["near"]: False, pair["far"]: True}
    settings.EMBEDDINGS_MODEL = "another"
    matches = matching.best_results(pair["need"], viewer=pair["need"].author)
    assert not any(meaning(match).is_stated for match in matches)


def test_an_unchanged_text_is_sent_once(
    pair: dict[str, Any], server: Endpoint, work: Callable[..., int]
) -> None:
    assert len(server.texts) == len(set(server.texts)) == 3
    near = pair["near"]
    factories.publish(near)
    best = matching.best_results(pair["need"], viewer=near.author)[0]
    assert (best.listing, meaning(best).is_stated) == (near, False)
    work()
    assert len(server.texts) == 3
    assert Embedding.objects.get(key=f"result:{near.pk}").is_current

    near.title_en = "Another text"
    lifecycle.save_draft(near, author=near.author)
    factories.publish(near)
    work()
    assert server.texts[3:] == ["Another text\n"]


def test_a_withdrawn_listing_loses_its_vector(
    pair: dict[str, Any], work: Callable[..., int]
) -> None:
    lifecycle.withdraw(pair["near"], author=pair["near"].author)
    held = Embedding.objects.get(key=f"result:{pair['near'].pk}")
    assert not held.is_current
    work()
    assert not Embedding.objects.filter(pk=held.pk).exists()


def test_a_text_that_changes_while_the_endpoint_answers_does_not_count(
    pair: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    near = pair["near"]
    Embedding.objects.all().delete()
    fetch = endpoint.embed

    def overtaken(texts: Any) -> Any:
        found = fetch(texts)
        type(near).objects.filter(pk=near.pk).update(title_en="Another text")
        return found

    monkeypatch.setattr(endpoint, "embed", overtaken)
    vectors.refresh({f"result:{near.pk}"})
    assert not Embedding.objects.exists()


@pytest.mark.django_db
def test_only_public_text_is_sent(server: Endpoint, work: Callable[..., int]) -> None:
    result = factories.make_result(
        title_en="Open title", advantage_en=CANARY, tiers={"advantage": 3}, live=True
    )
    factories.make_need(title_en="A draft", problem_en=CANARY)
    work()
    assert any("Open title" in text for text in server.texts)
    assert CANARY not in json.dumps(server.asked)
    assert vectors.text_of(result).startswith("Open title\n")


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [500, 429, changed(embedding=[1.0])])
def test_what_fails_is_asked_again_and_breaks_nothing(
    server: Endpoint, work: Callable[..., int], fault: Any
) -> None:
    server.fault = fault
    need = factories.make_need(title_en="Recycling of lithium batteries", live=True)
    result = factories.make_result(title_en="Recycling of lithium batteries", live=True)
    work()
    waiting = Effect.objects.filter(kind=vectors.KIND, state=Effect.State.PENDING)
    assert waiting.count() == 2
    (match,) = matching.best_results(need, viewer=need.author)
    assert (match.listing, meaning(match).is_stated) == (result, False)

    server.fault = None
    work(now=timezone.now() + timedelta(minutes=1))
    assert not waiting.exists()
    (match,) = matching.best_results(need, viewer=need.author)
    assert meaning(match).is_stated


@pytest.mark.django_db
def test_one_text_that_is_refused_does_not_hold_up_the_others(
    server: Endpoint, work: Callable[..., int]
) -> None:
    server.fault = "too much"
    listings = [factories.make_result(title_en=f"Title {n}", live=True) for n in range(5)]
    odd = factories.make_result(title_en="Far too much", live=True)
    work()
    assert not Effect.objects.exclude(state=Effect.State.DONE).exists()
    assert set(Embedding.objects.values_list("key", flat=True)) == {
        f"result:{listing.pk}" for listing in listings
    }
    assert odd.pk


@pytest.mark.django_db
def test_what_lacks_is_fetched_by_the_sweep_once(
    server: Endpoint, settings: LazySettings, work: Callable[..., int]
) -> None:
    url, settings.EMBEDDINGS_URL = settings.EMBEDDINGS_URL, ""
    for number in range(3):
        factories.make_result(title_en=f"Title {number}", live=True)
    vectors.enqueue_missing()
    assert not Effect.objects.filter(kind=vectors.KIND).exists()
    work()

    settings.EMBEDDINGS_URL = url
    assert vectors.enqueue_missing() == 3
    assert vectors.enqueue_missing() == 0
    out = io.StringIO()
    call_command("search_check", stdout=out)
    assert "vectors of meaning\n  missing: 3" in out.getvalue()
    work()
    assert len(server.asked) == 1
    assert Embedding.objects.filter(is_current=True).count() == 3
    vectors.enqueue_missing()
    assert work() == 0


@pytest.mark.django_db
def test_a_rebuild_sends_nothing_again(pair: dict[str, Any], server: Endpoint) -> None:
    before = len(server.asked)
    call_command("search_rebuild")
    assert len(server.asked) == before
    assert meaning(matching.best_results(pair["need"], viewer=pair["need"].author)[0]).is_stated


@pytest.fixture
def judged_set(tmp_path: Path) -> Path:
    """Two documents that hold as much of the query's words; one of them says little else."""
    queries = [{"id": "q", "title": "battery recycling"}]
    documents = [
        {"id": "a", "text": "battery recycling wheat barley rice maize oats rye"},
        {"id": "b", "text": "battery recycling battery recycling battery recycling x y"},
    ]
    for name, lines in (("queries", queries), ("docs", documents)):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / f"{name}.jsonl").write_text(text)
    (tmp_path / "qrels.tsv").write_text("q\tb\t1\n")
    return tmp_path


def test_the_evaluation_shows_the_engine_without_and_with_vectors(
    server: Endpoint, judged_set: Path
) -> None:
    out = io.StringIO()
    call_command("search_evaluate", str(judged_set), "--json", stdout=out)
    found = json.loads(out.getvalue())["runs"]
    assert {"engine", "engine_meaning"} < found.keys()
    assert found["engine_meaning"]["ndcg@10"] == 1
    server.fault = 500
    with pytest.raises(CommandError, match="answers 500"):
        call_command("search_evaluate", str(judged_set))


def test_the_order_is_by_words_and_meaning_together() -> None:
    found = {"q": [Hit("words", 0.40), Hit("meaning", 0.35), Hit("neither", 0.10)]}
    cosines = {"q": {"words": 0.1, "meaning": 0.9, "neither": 0.9}}
    for part, first in ((0.0, "words"), (ranking.MEANING, "meaning")):
        order = [hit.key for hit in evaluation.reordered(found, cosines, part=part)["q"]]
        assert order[0] == first
        assert order[-1] == "neither"
