"""`manage.py load_taxonomy`: bring industries, regions and IPC classes to the shipped edition."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from marketplace.taxonomy.loading import load_taxonomy


class Command(BaseCommand):
    help = "Loads the reference data: industries, regions and patent classes. Safe to run again."

    def handle(self, *_args: Any, verbosity: int = 1, **_options: Any) -> None:
        tables = load_taxonomy()
        if not verbosity:
            return
        for table in tables:
            self.stdout.write(
                _("%(name)s: %(added)d added, %(corrected)d corrected, %(unchanged)d unchanged")
                % {
                    "name": table.model._meta.verbose_name_plural,
                    "added": table.added,
                    "corrected": table.corrected,
                    "unchanged": table.unchanged,
                }
            )
        if not any(table.added or table.corrected for table in tables):
            self.stdout.write(_("Nothing to change."))
