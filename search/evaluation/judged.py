"""Judged sets on disk: `docs.jsonl` and `queries.jsonl` {id, title, text}, `qrels.tsv` query ⇥
document ⇥ gain.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search.shaping import Text

Gains = Mapping[str, int]


class BadSetError(Exception):
    """The folder does not hold a judged set; the message says where it goes wrong."""


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """`gains` has for each query the gain of its judged documents; `relevant_from` is the least
    gain that counts as relevant for recall and reciprocal rank.
    """

    documents: Mapping[str, Text]
    queries: Mapping[str, Text]
    gains: Mapping[str, Gains]
    relevant_from: int

    def answerable(self) -> list[str]:
        """Return the queries with at least one relevant document: the others measure nothing."""
        return [
            query
            for query in self.queries
            if max(self.gains.get(query, {}).values(), default=0) >= self.relevant_from
        ]


def read(folder: Path, *, relevant_from: int | None = None) -> JudgedSet:
    """Return the judged set in `folder`. Raises `BadSetError`.

    Without `relevant_from` it is 2 where zero is among the judged gains and some exceed 2, because
    staff then graded what was shown to them and 1 means hardly related; elsewhere every judged pair
    is a hit, and it is 1.
    """
    gains: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(folder / "qrels.tsv"), 1):
        try:
            query, document, gain = line.split("\t")
            gains.setdefault(query, {})[document] = int(gain)
        except ValueError as error:
            raise BadSetError(f"qrels.tsv, line {number}: {error}") from error
    if relevant_from is None:
        given = {gain for judged in gains.values() for gain in judged.values()}
        relevant_from = 2 if 0 in given and max(given) > 2 else 1
    return JudgedSet(
        documents=texts(folder / "docs.jsonl"),
        queries=texts(folder / "queries.jsonl"),
        gains=gains,
        relevant_from=relevant_from,
    )


def texts(path: Path) -> dict[str, Text]:
    texts: dict[str, Text] = {}
    for number, line in enumerate(_lines(path), 1):
        try:
            row: dict[str, Any] = json.loads(line)
            texts[str(row["id"])] = Text(str(row.get("title") or ""), str(row.get("text") or ""))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadSetError(f"{path.name}, line {number}: {error!r}") from error
    return texts


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8") as file:
            yield from (line.rstrip("\n") for line in file if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetError(f"{path.name}: {error}") from error
