"""The shipping engine with vectors of meaning, on a judged set: its hits, ordered by words and meaning
together as matching does.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from itertools import islice

from search import criteria, ranking
from search.backends.base import Hit
from search.documents import document_terms
from search.embeddings import vectors
from search.embeddings.endpoint import Vector
from search.evaluation import runs
from search.evaluation.judged import JudgedSet
from search.evaluation.runs import Progress, Rankings
from search.matching import CANDIDATES
from search.ranking import DEFAULTS, MEANING

Cosines = Mapping[str, Mapping[str, float]]
"""For each query the cosine with each of its hits."""
Fetch = Callable[[Mapping[str, str]], Mapping[str, Vector]]


def evaluate(
    judged: JudgedSet, engine: str, progress: Progress = iter
) -> dict[str, dict[str, float]]:
    """Return the measures of the engine with vectors, as `runs.evaluate` does.

    Raises `Unavailable` of `backends.base` and `Unanswered` of `embeddings.endpoint`.
    """
    found = candidates(judged, engine, progress)
    ordered = reordered(found, cosines(judged, found, fetch))
    return {"engine_meaning": runs.measured(judged, ordered)}


def candidates(judged: JudgedSet, engine: str, progress: Progress = iter) -> Rankings:
    """Return as many hits for each query as matching ranks."""
    ask = runs.shipping(judged)
    depth = CANDIDATES["result"]
    return runs.rankings(judged, engine, document_terms, ask, progress, depth=depth)


def fetch(texts: Mapping[str, str]) -> dict[str, Vector]:
    """Ask the endpoint for the vectors of `texts`, a batch at a time."""
    rest = iter(texts.items())
    batches: Iterable[dict[str, str]] = iter(lambda: dict(islice(rest, vectors.BATCH)), {})
    return {key: vector for batch in batches for key, vector in vectors.fetch(batch).items()}


def cosines(judged: JudgedSet, found: Rankings, fetch: Fetch) -> Cosines:
    """Return how close each query is to its hits, by the vectors that `fetch` gives."""
    asked = fetch({key: vectors.written([judged.queries[key]]) for key in found})
    keys = dict.fromkeys(hit.key for hits in found.values() for hit in hits)
    offered = fetch({key: vectors.written([judged.documents[key]]) for key in keys})
    return {
        query: {
            hit.key: vectors.cosine(asked[query], offered[hit.key])
            for hit in hits
            if query in asked and hit.key in offered
        }
        for query, hits in found.items()
    }


def reordered(found: Rankings, cosines: Cosines, *, part: float = MEANING) -> Rankings:
    """Return the hits in the order of the points that words and meaning give them; the meaning has
    the `part` of them.
    """
    scales = ranking.with_meaning({"text": DEFAULTS["text"]}, part)

    def order(query: str, hit: Hit) -> tuple[Decimal, float, str]:
        judgements = {
            "text": criteria.text(hit.score),
            "meaning": criteria.meaning(cosines[query].get(hit.key)),
        }
        return -ranking.score(ranking.reasons(judgements, scales)), -hit.score, hit.key

    return {query: sorted(hits, key=partial(order, query)) for query, hits in found.items()}
