"""`manage.py search_check`: compare the search index with the database.

Exit status: 0 they agree or the difference is being mended, 1 they differ.
"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from search import indexing


class Command(BaseCommand):
    help = "Reports where the search index differs from what is published."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--mend", action="store_true", help="hand what differs to the worker, which writes it"
        )

    def handle(self, *, mend: bool, **_options: Any) -> None:
        drift = indexing.drift()
        for label, keys in (
            (_("missing"), drift.missing),
            (_("out of date"), drift.stale),
            (_("not published any more"), drift.surplus),
        ):
            self.stdout.write(f"{label}: {len(keys)}")
            for key in keys:
                self.stdout.write(f"  {key}")
        if mend:
            indexing.enqueue(drift.keys)
            self.stdout.write(_("%(number)d handed to the worker") % {"number": len(drift.keys)})
        elif drift.keys:
            sys.exit(1)
