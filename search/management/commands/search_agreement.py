"""`manage.py search_agreement FOLDER…`: whether both engines answer alike, on judged sets."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search import backends
from search.backends.base import Unavailable
from search.evaluation import agreement, judged


class Command(BaseCommand):
    help = (
        "Ranks judged sets with the embedded engine and on the server that ELASTICSEARCH_URL names, "
        "each in a temporary index, and prints how far they agree."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folders", type=Path, nargs="+", metavar="folder")

    def handle(self, *, folders: list[Path], **_options: Any) -> None:
        for folder in folders:
            try:
                found = agreement.measure(judged.read(folder), (backends.EMBEDDED, backends.SERVER))
            except (judged.BadSetError, Unavailable) as error:
                raise CommandError(str(error)) from error
            figures = "  ".join(f"{name} {value:.4f}" for name, value in found.items())
            self.stdout.write(f"{folder.name}: {figures}")
