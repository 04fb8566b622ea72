"""Periods that the law sets, as data with an effective date and a source."""

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


def in_force(name: str, *, on: date) -> Period:
    """Return the period of `data/periods.json` called `name` that is in force `on` a day."""
    started = [p for p in _periods(name) if p.effective_from <= on]
    return max(started, key=lambda p: p.effective_from)


def public_notice(*, on: date) -> Period:
    """Return how long name and price of a result must be on public notice (公示), in force `on`."""
    return in_force("public_notice", on=on)
