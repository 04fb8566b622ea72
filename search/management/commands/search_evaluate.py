"""`manage.py search_evaluate FOLDER`: how well the engine ranks on a judged set, beside keyword
search.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from search import backends
from search.backends.base import Unavailable
from search.embeddings import endpoint
from search.embeddings.endpoint import Unanswered
from search.evaluation import judged, meaning, measures, runs


class Command(BaseCommand):
    help = (
        "Ranks the documents of a judged set (docs.jsonl, queries.jsonl, qrels.tsv) in a "
        "temporary index with the shipping engine and with BM25 on words and on character pairs; "
        "where EMBEDDINGS_URL is set, with vectors of meaning as well."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--backend", choices=backends.NAMES, help="default: the engine that the site searches"
        )
        parser.add_argument(
            "--relevant-from",
            type=int,
            metavar="GAIN",
            help="least gain that is relevant; default: 2 for gains graded from 0 to 3, else 1",
        )
        parser.add_argument("--json", action="store_true", help="print the measures as JSON")

    def handle(
        self,
        *,
        folder: Path,
        backend: str | None,
        relevant_from: int | None,
        json: bool,
        **_options: Any,
    ) -> None:
        try:
            judged_set = judged.read(folder, relevant_from=relevant_from)
            engine = backend or backends.chosen()
            found = runs.evaluate(judged_set, engine, _progress)
            if endpoint.is_on():
                found |= meaning.evaluate(judged_set, engine, _progress)
        except (judged.BadSetError, Unavailable, Unanswered) as error:
            raise CommandError(str(error)) from error
        number = len(judged_set.answerable())
        self.stdout.write(_json(number, found) if json else _table(number, found))


def _progress(queries: list[str]) -> Iterable[str]:
    return tqdm(queries, desc="Queries", file=sys.stderr, disable=not sys.stderr.isatty())


def _json(number: int, found: Mapping[str, Mapping[str, float]]) -> str:
    rounded = {run: {m: round(v, 4) for m, v in values.items()} for run, values in found.items()}
    return json.dumps({"queries": number, "runs": rounded})


def _table(number: int, found: Mapping[str, Mapping[str, float]]) -> str:
    lines = [f"{number} queries".ljust(16) + "".join(name.rjust(12) for name in measures.NAMES)]
    lines += [
        run.ljust(16) + "".join(f"{values[name]:12.4f}" for name in measures.NAMES)
        for run, values in found.items()
    ]
    return "\n".join(lines)
