"""The best pair of each need that nobody has looked into."""

from typing import Any

import pytest

from marketplace.listings import lifecycle
from search import indexing, pairs
from search.decisions import recording
from search.models import BestPair
from tests import factories

pytestmark = pytest.mark.django_db


def published(kind: str, title: str, **fields: Any) -> Any:
    make = factories.make_need if kind == "need" else factories.make_result
    listing = make(title_en=title, summary_en=title, live=True, **fields)
    indexing.write("tantivy", {f"{kind}:{listing.pk}"})
    return listing


def proposed() -> list[tuple[Any, Any]]:
    pairs.refresh()
    return [(pair.need, pair.result) for pair in BestPair.objects.unexplored()]


def decide(need: Any, result: Any, verdict: str = "introduced") -> None:
    recording.record(
        need=need, result=result, verdict=verdict, decided_by=factories.make_user(), match={}
    )


def test_the_best_pair_of_each_need_comes_first() -> None:
    fits = published("result", "Graphene membrane for desalination of sea water")
    published("result", "Loom for carpets")
    asks = published("need", "Graphene membrane for desalination of sea water")
    vague = published("need", "Membrane for something in a very cold northern place with snow")
    assert proposed() == [(asks, fits), (vague, fits)]
    first, second = BestPair.objects.unexplored()
    assert first.score > second.score > 0


def test_a_pair_that_somebody_decided_about_gives_way_to_the_next_best() -> None:
    best = published("result", "Graphene membrane for desalination")
    next_best = published("result", "Membrane for desalination")
    need = published("need", "Graphene membrane for desalination")
    assert proposed() == [(need, best)]
    decide(need, best)
    assert not BestPair.objects.unexplored()
    assert proposed() == [(need, next_best)]


def test_only_what_everybody_may_see_is_proposed() -> None:
    result = published("result", "Graphene membrane")
    need = published("need", "Graphene membrane")
    published("need", "Nothing like it: carpets")
    assert proposed() == [(need, result)]
    lifecycle.withdraw(need, author=need.author)
    assert not BestPair.objects.unexplored()
    assert proposed() == []


def test_the_need_not_looked_at_for_longest_is_next() -> None:
    published("result", "Membrane")
    needs = [published("need", f"Membrane {word}") for word in ("one", "two", "three")]
    found = []
    for _round in range(4):
        assert pairs.refresh(most=1) == 1
        found.append(BestPair.objects.latest("found_at").need)
    assert found == [*needs, needs[0]]
