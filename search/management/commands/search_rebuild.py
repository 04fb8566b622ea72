"""`manage.py search_rebuild`: build the search index anew while searches go on."""

import sys
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from tqdm import tqdm

from marketplace.listings.models import Listing
from search import dictionary, eligibility, indexing


class Command(BaseCommand):
    help = (
        "Builds the search index and the tables beside it from everything published, and puts them in "
        "use at once. Searches during the build are answered from the index before."
    )

    def handle(self, *, verbosity: int, **_options: Any) -> None:
        dictionary.cedict()
        indexing.fit_demand()
        total = eligibility.count_eligible()

        def progress(listings: Iterable[Listing]) -> Iterable[Listing]:
            return tqdm(
                listings, total=total, desc=_("Indexing"), file=sys.stderr, disable=not verbosity
            )

        indexing.rebuild(progress)
        if verbosity:
            self.stdout.write(_("%(number)d listings are in the index.") % {"number": total})
