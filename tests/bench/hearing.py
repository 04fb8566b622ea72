"""From which score an alert is worth a mail: `python -m tests.bench.hearing FOLDER…`.

For each threshold, of how many documents a need of a judged set would hear, and of how many of its
right ones, as means over the queries; no facts are stated.
"""

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
django.setup()

from search import backends, documents, matching, ranking  # noqa: E402
from search.criteria import Facts  # noqa: E402
from search.evaluation import judged, runs  # noqa: E402
from search.ranking import DEFAULTS  # noqa: E402

THRESHOLDS = (30, 35, 40)
SILENT = Facts()


def main(folders: list[str]) -> None:
    for folder in map(Path, folders):
        found = judged.read(folder)
        ranked = runs.rankings(
            found, backends.EMBEDDED, documents.document_terms, runs.shipping(found)
        )
        scored = {
            query: [(hit.key, _score(hit.score)) for hit in hits] for query, hits in ranked.items()
        }
        right = {
            query: {key for key, gain in found.gains[query].items() if gain >= found.relevant_from}
            for query in ranked
        }
        print(f"{folder.name}: {sum(map(len, right.values())) / len(right):.2f} right ones a need")
        for threshold in THRESHOLDS:
            heard = {q: {key for key, score in s if score >= threshold} for q, s in scored.items()}
            hits = sum(len(keys & right[query]) for query, keys in heard.items())
            total = sum(map(len, heard.values()))
            print(f"  {threshold}: {total / len(heard):.2f}, {hits / len(heard):.2f} of them right")


def _score(text: float) -> float:
    judgements = matching._judgements(SILENT, SILENT, (text, None), (), DEFAULTS)
    return float(ranking.score(ranking.reasons(judgements, DEFAULTS)))


if __name__ == "__main__":
    main(sys.argv[1:])
