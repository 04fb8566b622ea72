"""How likely an open deal is to be completed, by its stage, as data with an effective date."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from brokers.deals.stages import OPEN


@dataclass(frozen=True)
class Probabilities:
    """Percent by stage since `effective_from`, because `source` says so."""

    effective_from: date
    source: str
    percent: dict[str, int]

    def of(self, stage: str) -> int:
        """Return the percentage for `stage`; a deal that has ended brings nothing more."""
        return self.percent[stage] if stage in OPEN else 0


@cache
def _every() -> tuple[Probabilities, ...]:
    path = Path(__file__).parent.parent / "data" / "probabilities.json"
    return tuple(
        Probabilities(
            date.fromisoformat(row["effective_from"]), row["source"], dict(row["percent"])
        )
        for row in json.loads(path.read_text(encoding="utf-8"))
    )


def in_force(*, on: date) -> Probabilities:
    """Return the probabilities in force `on`. Raises `ValueError` before the first effective date."""
    begun = [row for row in _every() if row.effective_from <= on]
    return max(begun, key=lambda row: row.effective_from)
