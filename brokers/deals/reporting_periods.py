"""The periods for which a royalty is reported.

Invariant: they follow each other without gap from the royalty's first day to its last, each as many
months long as agreed, but for the last one, which ends with the royalty.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from brokers.deals.models import Royalty


@dataclass(frozen=True)
class Period:
    """From `first` to `last`, both included."""

    first: date
    last: date

    @property
    def is_over(self) -> bool:
        return self.last < timezone.localdate()


def periods(royalty: Royalty) -> Iterator[Period]:
    """Yield the periods of `royalty` in their order; the last one ends with it."""
    number, first = 1, royalty.first_day
    while first <= royalty.last_day:
        following = _months_after(royalty.first_day, number * royalty.months)
        yield Period(first, min(following - timedelta(days=1), royalty.last_day))
        number, first = number + 1, following


def next_period(royalty: Royalty) -> Period | None:
    """Return the first period that was not reported, from the reports read with `royalty`."""
    reported = {report.period_from for report in royalty.reports.all()}
    return next((p for p in periods(royalty) if p.first not in reported), None)


def _months_after(day: date, months: int) -> date:
    """Return the day `months` later, the last of its month where that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(
        date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1)
    )
