"""nDCG@10, recall@50 and MRR@10 of one ranking. Pure; a document that nobody judged gains nothing."""

import math
from collections.abc import Iterable, Mapping, Sequence

NAMES = ("ndcg@10", "recall@50", "mrr@10")


def of_ranking(
    ranking: Sequence[str], gains: Mapping[str, int], *, relevant_from: int
) -> dict[str, float]:
    """Return the measures, each in [0, 1], of a `ranking` with the best first.

    nDCG takes the gains as given. At least one of `gains` must reach `relevant_from`.
    """
    relevant = {document for document, gain in gains.items() if gain >= relevant_from}
    found = [rank for rank, document in enumerate(ranking[:10], 1) if document in relevant]
    return {
        "ndcg@10": _dcg(gains.get(document, 0) for document in ranking[:10])
        / _dcg(sorted(gains.values(), reverse=True)[:10]),
        "recall@50": len(relevant.intersection(ranking[:50])) / len(relevant),
        "mrr@10": 1 / found[0] if found else 0.0,
    }


def mean(measured: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of each measure over all queries, 0 without queries."""
    number = max(len(measured), 1)
    return {name: sum(one[name] for one in measured) / number for name in NAMES}


def _dcg(gains: Iterable[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))
