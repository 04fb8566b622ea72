"""`manage.py search_bench FOLDER`: how fast the search engine is on so many documents."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search import backends
from search.backends.base import Unavailable
from search.evaluation import bench, judged


class Command(BaseCommand):
    help = "Measures indexing, matching and memory on documents recombined from a judged set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--documents", type=int, default=10_000)
        parser.add_argument("--backend", choices=backends.NAMES)

    def handle(self, *, folder: Path, documents: int, backend: str | None, **_options: Any) -> None:
        if documents < 1:
            raise CommandError("--documents must be above 0")
        try:
            engine = backend or backends.chosen()
            found = bench.run(judged.read(folder), engine, documents=documents)
        except (judged.BadSetError, Unavailable) as error:
            raise CommandError(str(error)) from error
        for name, value in found.items():
            self.stdout.write(f"{name:<50}{value:>12,.1f}")
