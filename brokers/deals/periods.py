"""Periods that the law or the platform sets, as data with an effective date and a source."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from django.utils import timezone


@dataclass(frozen=True)
class Period:
    """`years` and `days` that something has to last since `effective_from`, as `source` says."""

    effective_from: date
    source: str
    years: int = 0
    days: int = 0

    def end(self, first: date) -> date:
        """Return the last day of as many years from `first` on."""
        is_leap_day = (first.month, first.day) == (2, 29)
        return first.replace(year=first.year + self.years, day=28 if is_leap_day else first.day)


@cache
def _periods(name: str) -> tuple[Period, ...]:
    rows = json.loads((Path(__file__).parent / "data" / "periods.json").read_text())[name]
    return tuple(
        Period(**{**row, "effective_from": date.fromisoformat(row["effective_from"])})
        for row in rows
    )


def in_force(name: str, *, on: date) -> Period:
    """Return the period of `data/periods.json` called `name` that is in force `on` a day."""
    periods = _periods(name)
    started = [p for p in periods if p.effective_from <= on]
    return max(started or periods, key=lambda p: p.effective_from)


def ends(name: str) -> date:
    """Return the day when the period called `name` ends that begins today."""
    today = timezone.localdate()
    return today + timedelta(days=in_force(name, on=today).days)


def public_notice(*, on: date) -> Period:
    """Return how long name and price of a result must be on public notice (公示), in force `on`."""
    return in_force("public_notice", on=on)


def right_of_use(*, on: date) -> Period:
    """Return how long a long-term right of use of the team lasts at least, in force `on`.

    A right that began before the rule is measured by the rule all the same.
    """
    return in_force("right_of_use", on=on)
