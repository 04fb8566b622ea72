"""What every need says: in how many needs each term occurs. The table pushes such terms down.

Fitted from the published needs, kept as an artefact; a table that is some days old does no harm,
and a few hundred needs are enough.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from search import artefacts, tokens

FORMAT = "2"
NAME = "demand"


@dataclass(frozen=True, slots=True)
class Demand:
    """`frequencies` leaves out the terms of one need only."""

    needs: int = 0
    frequencies: Mapping[str, int] = field(default_factory=dict)

    def telling(self, terms: Iterable[str], damping: float) -> float:
        """Return ln(1 + needs / (df + ½)) to the power of `damping`, for the rarest of `terms`.

        It is 1 for every term before there are needs.
        """
        if not self.needs:
            return 1.0
        rarest = min([self.frequencies.get(term, 1) for term in terms])
        return math.log1p(self.needs / (rarest + 0.5)) ** damping


def fit(needs: Iterable[str]) -> Demand:
    """Return the table of the texts of all `needs`."""
    counted: Counter[str] = Counter()
    number = 0
    for text in needs:
        number += 1
        counted.update(set(tokens.terms(text)))
    return Demand(number, {term: df for term, df in counted.items() if df > 1})


def save(demand: Demand) -> None:
    artefacts.save(
        NAME,
        version=FORMAT,
        content={"needs": demand.needs, "frequencies": dict(demand.frequencies)},
    )


def current() -> Demand:
    """Return the table that was saved last, an empty one before the first."""
    return _load(artefacts.state_of(NAME))


@lru_cache(maxsize=1)
def _load(_state: object) -> Demand:
    """Return the saved table; `_state` changes with its file."""
    content: dict[str, Any] | None = artefacts.load(NAME, version=FORMAT)
    return Demand(**content) if content else Demand()
