"""What each part of the shipping text signal gives: `python -m tests.bench.ablation FOLDER…`.

Ranks judged sets with the whole engine, then with one part at a time switched off, and prints
nDCG@10, and for each part what it gives: the mean difference over the queries, with twice its
standard error. Nothing is fitted here, so there is nothing to fit to a set.
"""

import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import fmean, stdev
from typing import Any
from unittest.mock import patch

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
django.setup()

from search import (  # noqa: E402
    backends,
    dictionary,
    documents,
    questions,
    shaping,
    tokens,
    translation,
)
from search.demand import Demand  # noqa: E402
from search.evaluation import judged, measures, runs  # noqa: E402
from search.query import Asked, Asking, Reading, compose  # noqa: E402

Off = Callable[[], Sequence[Any]]


def _set(place: object, name: str, value: object) -> Off:
    return lambda: [patch.object(place, name, value)]


def _shape(language: shaping.Language, **changed: float) -> Off:
    shape = shaping.SHAPES[language]._replace(**changed)
    return lambda: [patch.dict(shaping.SHAPES, {language: shape})]


def _chinese(kept: int) -> Off:
    """Leave of Chinese only terms of so many characters."""
    whole = tokens.Run.terms

    def terms(run: tokens.Run) -> list[str]:
        return [t for t in whole(run) if not run.han or len(t) == kept or len(run.units) == 1]

    return lambda: [patch.object(tokens.Run, "terms", terms)]


def _as_spelled() -> Sequence[Any]:
    return [
        patch.object(tokens, "stem", lambda word: tokens._stemmer().stemWord(word) or word),
        patch.object(runs, "cedict", lambda: dictionary.build(dictionary._entries())),
    ]


def _untranslated(*_asked: Any) -> Asking[Asked]:
    return Asked((), (yield ()))


def _all_terms() -> Sequence[Any]:
    def uncut(*asked: Any) -> Reading:
        return compose(*asked, most=10_000)

    return [patch.object(questions, "compose", uncut)]


PARTS: Mapping[str, Off] = {
    "weight of the need's title": _set(shaping, "TITLE_WEIGHT", 1.0),
    "push-down of what every need says": _set(Demand, "telling", lambda *_: 1.0),
    "decay along a Chinese text": _shape("zh", reach=math.inf),
    "cut at 128 terms": _all_terms,
    "single Chinese characters": _chinese(2),
    "pairs of Chinese characters": _chinese(1),
    "pairs of English stems": _shape("en", pair=0.0),
    "pairs across particles, none of particles": _set(tokens, "particle_stems", frozenset),
    "leaving out particles": _set(questions, "PARTICLES", frozenset()),
    "American spelling": _as_spelled,
    "document's title counts twice": _set(documents, "TITLE_COUNTS", 1),
    "translation": _set(questions, "_translated", _untranslated),
    "pairs where translations meet": _set(translation, "JOINT", 0.0),
    "more weight to more translations": _set(translation, "PLENTY", 0.0),
    "less weight to later senses": _set(translation, "RANK_DAMPING", 0.0),
    "Chinese words that documents use": _set(translation, "_commonness", lambda *_: 1.0),
    "half weight of single characters": _set(translation, "SINGLE_CHARACTER", 1.0),
}


def gains(found: judged.JudgedSet) -> list[float]:
    """Return the nDCG@10 of each answerable query."""
    ranked = runs.rankings(found, backends.EMBEDDED, documents.document_terms, runs.shipping(found))
    return [
        measures.of_ranking(
            [hit.key for hit in hits], found.gains[query], relevant_from=found.relevant_from
        )["ndcg@10"]
        for query, hits in ranked.items()
    ]


def main(folders: Sequence[str]) -> None:
    sets = {Path(folder).name: judged.read(Path(folder)) for folder in folders}
    whole = {name: gains(found) for name, found in sets.items()}
    _print("part", sets)
    _print("---", ["---"] * len(sets))
    _print("all, nDCG@10", [f"{fmean(values):.4f}" for values in whole.values()])
    for part, off in PARTS.items():
        with ExitStack() as stack:
            for patched in off():
                stack.enter_context(patched)
            _print(part, [_given(whole[name], gains(found)) for name, found in sets.items()])


def _given(whole: Sequence[float], without: Sequence[float]) -> str:
    """Return the mean difference and twice its standard error, "" where no query changes."""
    differences = [a - b for a, b in zip(whole, without, strict=True)]
    if not any(differences):
        return ""
    error = 2 * stdev(differences) / math.sqrt(len(differences))
    return f"{fmean(differences):+.4f} ± {error:.4f}"


def _print(*cells: Any) -> None:
    first, rest = cells
    print("|", " | ".join([first, *rest]), "|", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
