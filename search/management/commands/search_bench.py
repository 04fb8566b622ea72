"""`manage.py search_bench FOLDER`: how fast the search engine is on so many documents."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from search.evaluation import bench, judged


class Command(BaseCommand):
    help = "Measures indexing, matching and memory on documents recombined from a judged set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--documents", type=int, default=10_000)
        parser.add_argument("--backend", default=settings.SEARCH_BACKEND)

    def handle(self, *, folder: Path, documents: int, backend: str, **_options: Any) -> None:
        if documents < 1:
            raise CommandError("--documents must be above 0")
        try:
            opened, judged_set = import_string(backend), judged.read(folder)
        except (ImportError, judged.BadSetError) as error:
            raise CommandError(str(error)) from error
        for name, value in bench.run(judged_set, opened, documents=documents).items():
            self.stdout.write(f"{name:<50}{value:>12,.1f}")
