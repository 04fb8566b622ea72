"""Reads the data files of this app into its tables.

A load adds and corrects rows and never deletes one, since listings and organisations refer to them;
a load of unchanged files writes nothing.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from marketplace.taxonomy.models import Coded, CodedTree, Industry, IpcClass, IpcSection, Region

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Loaded:
    """How many rows of one table a load added, corrected and found as they should be."""

    model: type[Coded]
    added: int
    corrected: int
    unchanged: int


def load_taxonomy() -> list[Loaded]:
    """Load every table in one transaction and say what changed in each."""
    ipc = _rows("ipc.tsv")
    with transaction.atomic():
        return [
            _load(Industry, [_in_tree(Industry, row) for row in _rows("industries.tsv")]),
            _load(Region, [_in_tree(Region, row) for row in _rows("regions.tsv")]),
            _load(IpcSection, [row for row in ipc if len(row["code"]) == 1]),
            _load(
                IpcClass,
                [{**row, "section_id": row["code"][0]} for row in ipc if len(row["code"]) > 1],
            ),
        ]


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _in_tree(model: type[CodedTree], row: dict[str, str]) -> dict[str, Any]:
    code = row["code"]
    return {**row, "level": model.scheme.level(code), "parent_id": model.scheme.parent(code)}


def _load(model: type[Coded], rows: list[dict[str, Any]]) -> Loaded:
    fields = list(rows[0])
    stored = {row["code"]: row for row in model.objects.values(*fields)}
    new = [row for row in rows if row["code"] not in stored]
    wrong = [row for row in rows if stored.get(row["code"], row) != row]
    model.objects.bulk_create(
        [model(**row) for row in (*new, *wrong)],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[field.removesuffix("_id") for field in fields if field != "code"],
    )
    return Loaded(model, len(new), len(wrong), len(rows) - len(new) - len(wrong))
