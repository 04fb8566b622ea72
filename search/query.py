"""What is asked of an index: weighted terms whose BM25 score lies between 0 and 1. Pure.

A query has up to two readings, as it was written and as it reads in the other language; a document
scores as the better of the two. The weights of a reading are divided by its upper bound Σ w·idf·(k1
+ 1), so the score is the share of what was asked that the document holds, whatever other documents
there are.
"""

import math
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

K1 = 1.2
B = 0.75
MOST_TERMS = 128


class Term(NamedTuple):
    """A term to look for, its weight, and the word of the question that it stands for."""

    text: str
    weight: float
    source: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Terms that score, and how many of the groups in `required` a document must touch to be a hit."""

    terms: tuple[Term, ...]
    required: tuple[frozenset[str], ...] = ()
    minimum: int = 0

    def meets(self, held: Set[str]) -> bool:
        touched = sum(not group.isdisjoint(held) for group in self.required)
        return touched >= self.minimum and any(term.text in held for term in self.terms)


@dataclass(frozen=True, slots=True)
class Query:
    readings: tuple[Reading, ...]

    def __bool__(self) -> bool:
        return any(reading.terms for reading in self.readings)

    def meets(self, held: Set[str]) -> bool:
        """Whether a document that holds these terms is a hit, as every engine says."""
        return any(reading.meets(held) for reading in self.readings)

    def within(self, held: Set[str]) -> "Query":
        """Return what a document that holds these terms, and no others, answers of this query: it has
        the same score there, and is asked with far fewer terms.
        """
        return Query(
            tuple(
                replace(reading, terms=tuple(t for t in reading.terms if t.text in held))
                for reading in self.readings
            )
        )


@dataclass(frozen=True, slots=True)
class Statistics:
    """What an engine counts: all its documents, and those that hold each of some terms."""

    documents: int
    frequencies: Mapping[str, int] = field(default_factory=dict)

    def idf(self, term: str) -> float:
        """Return the inverse document frequency as Lucene's BM25 defines it, above 0."""
        holding = self.frequencies.get(term, 0)
        return math.log1p((self.documents - holding + 0.5) / (holding + 0.5))


class Asked(NamedTuple):
    """What one reading of a text looks for, and what an engine counts of it."""

    terms: Sequence[Term]
    statistics: Statistics


Count = Callable[[Iterable[str]], Statistics]
"""Asks an engine for its statistics of some terms."""
Asking = Generator[Collection[str], Statistics, T]
"""Yields terms whose statistics it needs, one time after the other, and then returns."""


def answer(askings: Sequence[Asking[T]], count: Count) -> list[T]:
    """Return what each of `askings` returns, with as few counts as one of them needs."""
    every = together(askings)
    try:
        wanted = next(every)
        while True:
            wanted = every.send(count(wanted))
    except StopIteration as end:
        returned: list[T] = end.value
        return returned


def together(askings: Sequence[Asking[T]]) -> Asking[list[T]]:
    """Return what each of `askings` returns; what they ask for at the same step is one question."""
    returned: dict[int, T] = {}
    asked: dict[int, Collection[str]] = {}

    def go_on(number: int, statistics: Any) -> None:
        try:
            asked[number] = askings[number].send(statistics)
        except StopIteration as end:
            asked.pop(number, None)
            returned[number] = end.value

    for number in range(len(askings)):
        go_on(number, None)
    while asked:
        statistics = yield set().union(*asked.values())
        for number in list(asked):
            go_on(number, statistics)
    return [returned[number] for number in range(len(askings))]


def compose(wanted: Iterable[Term], statistics: Statistics, *, most: int = MOST_TERMS) -> Reading:
    """Return the reading of the `most` terms that say most about what is `wanted`.

    Terms in no document count in the upper bound: a question whose words an index has never seen is
    not answered well by the one common word that is left. They stay in the reading, in no term's
    place, for the first document that holds them.
    """
    mass = sorted(
        ((-term.weight * statistics.idf(term.text), term.text, term) for term in wanted),
    )
    bound = -sum(value for value, _text, _term in mass[:most]) * (K1 + 1)
    if bound <= 0:
        return Reading(())
    ranked = [term for _mass, _text, term in mass]
    present = [term for term in ranked if statistics.frequencies.get(term.text)]
    absent = [term for term in ranked[:most] if not statistics.frequencies.get(term.text)]
    kept = chain(present[:most], absent)
    return Reading(tuple(Term(t.text, t.weight / bound, t.source) for t in kept))
