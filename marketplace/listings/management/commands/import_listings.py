"""`manage.py import_listings`: research results or technology needs from a file.

Exit status: 0 all rows are good, 1 some rows were left out, 2 nothing of the file could be used.
"""

import csv
import logging
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import translation
from django.utils.translation import gettext as _
from tqdm import tqdm

from marketplace.listings.importing import people
from marketplace.listings.importing.faults import Fault, ImportRefusedError
from marketplace.listings.importing.mapping import MODELS
from marketplace.listings.importing.report import Report, lines
from marketplace.listings.importing.run import MAPPINGS, choose_mapping, import_table
from marketplace.listings.importing.tables import open_table
from marketplace.listings.importing.template import TemplateMapping
from marketplace.listings.importing.writer import Writer

SOME_ROWS_BAD, UNUSABLE = 1, 2


class Command(BaseCommand):
    help = (
        "Imports research results or technology needs from a CSV, XLSX or JSONL file; see "
        "docs/import.md. Running it again changes only what changed in the file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="a .csv, .xlsx or .jsonl file")
        parser.add_argument("--kind", choices=list(MODELS))
        parser.add_argument("--organisation", metavar="SLUG", help="whose listings they are")
        parser.add_argument("--dry-run", action="store_true", help="check only, change nothing")
        parser.add_argument("--publish", action="store_true", help="publish without review")
        parser.add_argument(
            "--mapping", choices=list(MAPPINGS), default="", help="default: by the column names"
        )
        parser.add_argument(
            "--source", default="", help="where the ids are from; default: the mapping's name"
        )
        parser.add_argument(
            "--author", metavar="EMAIL", default="", help="default: the organisation's owner"
        )
        parser.add_argument(
            "--moderator", metavar="EMAIL", default="", help="who publishes; default: the first"
        )
        parser.add_argument(
            "--template", choices=list(MODELS), help="print an empty CSV file to fill in"
        )

    def handle(self, **options: Any) -> None:
        with translation.override(_language_of_terminal()):
            if options["template"]:
                self._print_template(options["template"])
                return
            try:
                report = self._import(**options)
            except ImportRefusedError as error:
                raise CommandError(str(error), returncode=UNUSABLE) from error
            except OperationalError as error:
                message = _("The database did not answer (%s). Run the import again.") % error
                raise CommandError(message, returncode=UNUSABLE) from error
            self._finish(report, **options)

    def _print_template(self, kind: str) -> None:
        self.stdout.write("\N{BYTE ORDER MARK}", ending="")
        csv.writer(self.stdout, lineterminator="\n").writerow(TemplateMapping(kind).columns)

    def _import(self, *, file: Path | None, kind: str | None, **options: Any) -> Report:
        if file is None or kind is None or not options["organisation"]:
            raise ImportRefusedError(_("Give a FILE, --kind and --organisation."))
        organisation = people.organisation(options["organisation"])
        author = people.author(organisation, options["author"])
        moderator = people.moderator(options["moderator"]) if options["publish"] else None
        table = open_table(file)
        mapping = choose_mapping(table, kind=kind, name=options["mapping"])
        writer = Writer(
            model=MODELS[kind],
            organisation=organisation,
            author=author,
            source=options["source"] or mapping.name,
            moderator=moderator,
            dry_run=options["dry_run"],
        )
        bar = tqdm(total=table.size, unit=_("rows"), disable=None)
        with bar, _quiet(logging.getLogger("wagtail")):
            return import_table(
                table, mapping=mapping, writer=writer, on_fault=self._tell, on_rows=bar.update
            )

    def _tell(self, fault: Fault) -> None:
        place = _("row %d") % fault.row + (f", {fault.column}" if fault.column else "")
        with tqdm.external_write_mode(file=sys.stderr):
            self.stderr.write(f"{place}: {fault.reason}")

    def _finish(self, report: Report, *, kind: str, dry_run: bool, **_options: Any) -> None:
        for line in lines(report, MODELS[kind]):
            self.stdout.write(line)
        if dry_run:
            self.stdout.write(_("This was a check only; nothing was changed."))
        if report.bad:
            message = _("%(bad)d of %(rows)d rows were left out.")
            counts = {"bad": report.bad, "rows": report.rows}
            raise CommandError(message % counts, returncode=SOME_ROWS_BAD)


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Keep `logger` from writing a line per row between the progress bar and the faults."""
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _language_of_terminal() -> str:
    """Return the language that the terminal's locale asks for, English where it asks for none.

    These variables are the terminal's, not settings of the site.
    """
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh-hans" if next(filter(None, names), "").startswith("zh") else "en"
