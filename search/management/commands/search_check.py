"""`manage.py search_check`: compare the search indices with the database.

Exit status: 0 they agree or the difference is being mended, 1 they differ or one cannot be asked.
"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from search import backends, indexing
from search.backends.base import Unavailable
from search.embeddings import endpoint, vectors
from search.indexing import Drift


class Command(BaseCommand):
    help = "Reports where the search indices differ from what is published."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--mend", action="store_true", help="hand what differs to the worker, which writes it"
        )

    def handle(self, *, mend: bool, **_options: Any) -> None:
        is_well = True
        for engine, backend in backends.written().items():
            self.stdout.write(engine)
            try:
                drift = indexing.drift_of(backend)
            except Unavailable as error:
                self.stdout.write(f"  {error}")
                is_well = False
                continue
            self._report(drift)
            if mend:
                indexing.mend(engine, drift)
                self.stdout.write(f"  {_('handed to the worker')}: {len(drift.keys)}")
            elif drift.keys:
                is_well = False
        if endpoint.is_on():
            self._check_vectors(mend=mend)
        if not is_well:
            sys.exit(1)

    def _check_vectors(self, *, mend: bool) -> None:
        """Say how many vectors lack, which is no failure: the words are compared all the same."""
        self.stdout.write(_("vectors of meaning"))
        self.stdout.write(f"  {_('missing')}: {sum(1 for _key in vectors.missing())}")
        if mend:
            self.stdout.write(f"  {_('handed to the worker')}: {vectors.enqueue_missing()}")

    def _report(self, drift: Drift) -> None:
        for label, keys in (
            (_("missing"), drift.missing),
            (_("out of date"), drift.stale),
            (_("not published any more"), drift.surplus),
        ):
            self.stdout.write(f"  {label}: {len(keys)}")
            for key in keys:
                self.stdout.write(f"    {key}")
