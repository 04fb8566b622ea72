"""The best results for some real needs, to be read by eye: `python -m tests.bench.reading [BEST]`.

Texts of the platform data are ranked by the shipping engine, and beside it by BM25 on pairs of
characters, as Elasticsearch ships it. Nobody judged them: only a reader can say what is sensible.
"""

import os
import random
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
django.setup()

from search import backends  # noqa: E402
from search.evaluation import judged, runs  # noqa: E402
from search.evaluation.judged import JudgedSet  # noqa: E402
from tests.bench.data import DATA  # noqa: E402

NEEDS = 30
SEED = 2026


def main(best: int) -> None:
    found = _chosen()
    engine = runs.rankings(found, backends.EMBEDDED, runs.document_terms, runs.shipping(found))
    pairs = runs.rankings(
        found, backends.EMBEDDED, runs.plain(runs.pairs), runs.keywords(runs.pairs)
    )
    for number, (query, hits) in enumerate(engine.items(), 1):
        need = found.queries[query]
        print(f"\n{number}. {need.title}: {' '.join(need.body.split())[:160]}")
        for name, ranked in (("engine", hits), ("pairs", pairs[query])):
            for hit in ranked[:best]:
                print(f"   {name:<7}{hit.score:.2f}  {found.documents[hit.key].title}")


def _chosen() -> JudgedSet:
    """Return the results, and the needs that were drawn, each taken for answerable."""
    documents = judged.texts(DATA / "platform" / "results.jsonl")
    needs = judged.texts(DATA / "platform" / "needs.jsonl")
    drawn = random.Random(SEED).sample(sorted(needs), NEEDS)  # noqa: S311
    asked = {query: needs[query] for query in drawn}
    gains = {query: {"": 1} for query in drawn}
    return JudgedSet(documents, asked, gains, relevant_from=1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
