"""`manage.py outbox_check`: says what stands still of the work behind the site.

Exit status: 0 nothing does, 1 something does.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from marketplace.outbox import standstill


class Command(BaseCommand):
    help = (
        "Report work that was given up or comes late, jobs that fail, and a worker that is silent."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = list(standstill.sentences())
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write(_("Nothing stands still."))
