"""How much the text must weigh: `python -m tests.bench.chance FOLDER…`.

No judged set states facts. Here each pair gets facts at random, so that they say nothing about the
match: the worst case. Prints nDCG@10 by the points of the text, the other weights in proportion,
as the mean of five drawings.
"""

import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
django.setup()

from marketplace.money import Money  # noqa: E402
from search import backends, documents, matching, ranking  # noqa: E402
from search.backends.base import Hit  # noqa: E402
from search.criteria import Facts  # noqa: E402
from search.evaluation import judged, measures, runs  # noqa: E402
from search.functions import Function  # noqa: E402
from search.ranking import DEFAULTS, WHOLE, Scale, Scales  # noqa: E402

SEEDS = range(5)
POINTS = (100, 95, 90, 85, 80, 70, 60, 50)
INDUSTRIES = ("C3841", "C3842", "C3620", "C2651", "C3511", "I6510", "A0111", "D4415", "N7722")
REGIONS = ("330106", "3301", "3302", "3101", "1101", "4403", "32", "3205")
MODES = ("licence", "assignment", "development", "equity", "service")


class Place(NamedTuple):
    code: str
    name: str


def main(folders: list[str]) -> None:
    print(f"{'':<14}" + "".join(f"{points:>8}" for points in POINTS))
    for folder in map(Path, folders):
        row = _ndcg(judged.read(folder))
        print(f"{folder.name:<14}" + "".join(f"{value:>8.4f}" for value in row), flush=True)


def _ndcg(found: judged.JudgedSet) -> list[float]:
    ranked = runs.rankings(found, backends.EMBEDDED, documents.document_terms, runs.shipping(found))
    return [
        fmean(gain for seed in SEEDS for gain in _gains(found, ranked, _scales(points * 10), seed))
        for points in POINTS
    ]


def _gains(
    found: judged.JudgedSet, ranked: dict[str, list[Hit]], scales: Scales, seed: int
) -> list[float]:
    chosen = random.Random(seed)  # noqa: S311
    theirs: dict[str, Facts] = {}
    gained = []
    for query, hits in ranked.items():
        asked = _facts(chosen)

        def place(hit: Hit, asked: Facts = asked) -> tuple[float, float]:
            if hit.key not in theirs:
                theirs[hit.key] = _facts(chosen)
            judgements = matching._judgements(asked, theirs[hit.key], (hit.score, None), (), scales)
            return -ranking.score(ranking.reasons(judgements, scales)), -hit.score

        order = [hit.key for hit in sorted(hits, key=place)]
        gains = measures.of_ranking(order, found.gains[query], relevant_from=found.relevant_from)
        gained.append(gains["ndcg@10"])
    return gained


def _scales(text: int) -> Scales:
    share = (WHOLE - text) / (WHOLE - DEFAULTS["text"].weight)
    return {
        name: Scale(text if name == "text" else round(scale.weight * share), scale.prior)
        for name, scale in DEFAULTS.items()
    }


def _facts(chosen: random.Random) -> Facts:
    """Facts as platforms state them: most have an industry and a region, half the rest."""

    def stated(share: float) -> bool:
        return chosen.random() < share

    return Facts(
        industry=_place(chosen, INDUSTRIES) if stated(0.7) else None,
        region=_place(chosen, REGIONS) if stated(0.8) else None,
        functions=frozenset(chosen.sample(list(Function), 1)) if stated(0.6) else frozenset(),
        trl=chosen.randint(3, 9) if stated(0.5) else None,
        modes=frozenset(chosen.sample(MODES, chosen.randint(1, 3))) if stated(0.6) else frozenset(),
        lowest=Money(int(10 ** chosen.uniform(6, 9)), "CNY") if stated(0.4) else None,
        confirmed_days=chosen.randint(0, 180),
    )


def _place(chosen: random.Random, codes: Sequence[str]) -> Place:
    code = chosen.choice(codes)
    return Place(code, code)


if __name__ == "__main__":
    main(sys.argv[1:])
