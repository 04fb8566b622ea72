"""How far two engines agree on a judged set: the same hits, the same scores, the same quality."""

from collections.abc import Sequence

from search.backends.base import Hit
from search.documents import document_terms
from search.evaluation import runs
from search.evaluation.judged import JudgedSet

TOP = 10


def measure(judged: JudgedSet, engines: tuple[str, str]) -> dict[str, float]:
    """Return the nDCG@10 of each of the `engines`, the mean share of the best ten hits that both
    found, and the largest difference between their scores of one pair.

    Raises `Unavailable` of `backends.base`.
    """
    ask = runs.shipping(judged)
    found = [runs.rankings(judged, engine, document_terms, ask) for engine in engines]
    pairs = [(found[0][query], found[1][query]) for query in found[0]]
    return {
        **{
            f"ndcg@10 {engine}": runs.measured(judged, rankings)["ndcg@10"]
            for engine, rankings in zip(engines, found, strict=True)
        },
        "overlap@10": sum(map(overlap, *zip(*pairs, strict=True))) / len(pairs) if pairs else 1.0,
        "largest difference": max((difference(*pair) for pair in pairs), default=0.0),
    }


def overlap(some: Sequence[Hit], others: Sequence[Hit]) -> float:
    """Return the share of the best hits that are in both; 1 where neither has any."""
    ours, theirs = ({hit.key for hit in hits[:TOP]} for hits in (some, others))
    most = max(len(ours), len(theirs))
    return len(ours & theirs) / most if most else 1.0


def difference(some: Sequence[Hit], others: Sequence[Hit]) -> float:
    """Return by how much the scores of one document differ at most."""
    scores = {hit.key: hit.score for hit in others}
    return max((abs(h.score - scores[h.key]) for h in some if h.key in scores), default=0.0)
