"""What an import did, in numbers and in sentences."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.listings.importing.mapping import Entry
from marketplace.listings.importing.writer import Outcome, Stored
from marketplace.listings.models import Listing

_FACTS = ("industry_id", "trl", "min_trl", "cooperation_modes")

LONGEST_WORD = 60
MOST_WORDS = 30


@dataclass
class Report:
    """What an import did, in numbers of rows. `stated` counts rows by the model field they fill."""

    rows: int = 0
    bad: int = 0
    published: int = 0
    held_back: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    stated: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, entry: Entry, stored: Stored) -> None:
        """Add a good row."""
        self.outcomes[stored.outcome] += 1
        self.published += stored.published
        self.held_back += not entry.publishable
        self.stated.update(name for name, value in entry.values.items() if _says_something(value))
        self.unmapped.update((column, word[:LONGEST_WORD]) for column, word in entry.unmapped)


def _says_something(value: Any) -> bool:
    return value not in (None, "", [])


def lines(report: Report, model: type[Listing]) -> Iterator[str]:
    """Yield what was done, how many rows state each fact that matching uses, what was not mapped."""
    yield _("%(rows)d rows: %(new)d new, %(changed)d changed, %(same)d unchanged, %(bad)d bad") % {
        "rows": report.rows,
        "new": report.outcomes[Outcome.NEW],
        "changed": report.outcomes[Outcome.CHANGED],
        "same": report.outcomes[Outcome.UNCHANGED],
        "bad": report.bad,
    }
    if report.published:
        yield _("published: %d") % report.published
    if report.held_back:
        yield (
            ngettext(
                "%d row says nothing but its id and stays a draft",
                "%d rows say nothing but their id and stay drafts",
                report.held_back,
            )
            % report.held_back
        )
    good = report.rows - report.bad
    for name in _FACTS:
        if report.stated[name]:
            field = model._meta.get_field(name.removesuffix("_id"))
            yield _("%(fact)s: stated in %(count)d of %(rows)d rows") % {
                "fact": field.verbose_name,
                "count": report.stated[name],
                "rows": good,
            }
    yield from _unmapped(report)


def _unmapped(report: Report) -> Iterator[str]:
    for (column, word), count in report.unmapped.most_common(MOST_WORDS):
        yield _("%(column)s: “%(word)s” has no counterpart here (%(count)d rows)") % {
            "column": column,
            "word": word,
            "count": count,
        }
    if (more := len(report.unmapped) - MOST_WORDS) > 0:
        yield _("and %d more words without a counterpart") % more
