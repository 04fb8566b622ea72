"""`manage.py search_rebuild`: build the search indices anew while searches go on."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from marketplace.listings.models import Listing
from search import backends, dictionary, eligibility, indexing
from search.backends.base import Unavailable


class Command(BaseCommand):
    help = (
        "Builds the search indices and the tables beside them from everything published, and puts them "
        "in use at once. Searches during the build are answered from the index before."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--backend", choices=backends.NAMES, help="default: every engine that the site writes"
        )

    def handle(self, *, backend: str | None, verbosity: int, **_options: Any) -> None:
        dictionary.cedict()
        indexing.fit_demand()
        indexing.fit_vocabulary()
        total = eligibility.count_eligible()

        def progress(listings: Iterable[Listing]) -> Iterable[Listing]:
            return tqdm(
                listings,
                total=total,
                desc=_("Indexing"),
                file=sys.stderr,
                disable=None if verbosity else True,
            )

        try:
            indexing.rebuild(progress, only=backend)
        except Unavailable as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(_("%(number)d listings are in the index.") % {"number": total})
