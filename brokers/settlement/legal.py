"""The least share of net income that the law leaves to those who made and transferred a result.

Invariant: a floor is data with an effective date and a source (`data/legal_floors.json`), never a
constant in code; the one in force on the day of signing binds the plan.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "legal_floors.json"


@dataclass(frozen=True, slots=True)
class Floor:
    """The team gets at least `basis_points` of the whole net income, because `source` says so."""

    basis_points: int
    effective_from: date
    source: str


def floor_in_force(*, contract_type: str, state_established: bool, on: date) -> Floor | None:
    """Return the floor for a contract of this type that is signed on this day, if there is one.

    Only institutions that the state established cannot agree on less.
    """
    if not state_established:
        return None
    in_force = [
        floor for types, floor in _floors() if contract_type in types and floor.effective_from <= on
    ]
    return max(in_force, key=lambda floor: floor.effective_from, default=None)


@cache
def _floors() -> tuple[tuple[frozenset[str], Floor], ...]:
    rows = json.loads(_DATA.read_text(encoding="utf-8"))
    return tuple(
        (
            frozenset(row["contract_types"]),
            Floor(row["basis_points"], date.fromisoformat(row["effective_from"]), row["source"]),
        )
        for row in rows
    )
