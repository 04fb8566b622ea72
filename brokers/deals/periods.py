"""Periods that the law or the platform sets, as data with an effective date and a source."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Period:
    """`days` that something has to last since `effective_from`, because `source` says so."""

    days: int
    effective_from: date
    source: str


@cache
def _periods(name: str) -> tuple[Period, ...]:
    rows = json.loads((Path(__file__).parent / "data" / "periods.json").read_text())[name]
    return tuple(
        Period(row["days"], date.fromisoformat(row["effective_from"]), row["source"])
        for row in rows
    )


def public_notice(*, on: date) -> Period:
    """Return how long name and price of a result must be on public notice (公示), in force `on`."""
    return in_force("public_notice", on=on)


def in_force(name: str, *, on: date) -> Period:
    """Return the period `name` of `data/periods.json` that is in force `on`.

    Raises `KeyError` for a name that is not there, `ValueError` before its first effective date.
    """
    begun = [period for period in _periods(name) if period.effective_from <= on]
    return max(begun, key=lambda period: period.effective_from)
