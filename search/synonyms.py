"""Words that mean the same here, as administrators group them. Pure.

A word of a group lets a text be read once more, with the others beside it. The better reading counts,
so a synonym never takes a hit away, and every reading has its own upper bound, so no score exceeds 1.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from search import tokens
from search.dictionary import LONGEST_GLOSS, LONGEST_WORD
from search.query import Statistics, Term
from search.shaping import PARTICLES

PLENTY = -2 / 3
"""The power of the number of the others with which each of them counts: together their cube root."""

Phrase = tuple[str, ...]
"""All terms of a word."""


def phrase_of(word: str) -> Phrase:
    """Return the terms of `word`; those of two spellings of one word are equal."""
    return tuple(term for term in tokens.terms(word) if term not in PARTICLES)


def is_word(text: str) -> bool:
    """Whether `text` can stand in a group: a Chinese word, or a few words of another script."""
    runs = list(tokens.runs(text))
    if len(runs) != 1:
        return False
    [run] = runs
    if not phrase_of(text):
        return False
    shortest, longest = (2, LONGEST_WORD) if run.han else (1, LONGEST_GLOSS)
    return shortest <= len(run.units) <= longest


@dataclass(frozen=True, slots=True)
class Meeting:
    """A word of a text that belongs to a group: its terms, its weight in the text, and the others."""

    phrase: Phrase
    weight: float
    others: Sequence[Phrase]

    def terms(self) -> Iterable[Term]:
        """Yield the terms of the others, which stand for this word."""
        counts = self.weight * len(self.others) ** PLENTY
        source = max(self.phrase, key=len)
        return (Term(term, counts, source) for term in chain.from_iterable(self.others))

    def widen(self, group: frozenset[str], statistics: Statistics) -> frozenset[str]:
        """Return `group` with, if it stands for this word, the rarest term of each of the others."""
        if group.isdisjoint(_telling(self.phrase)):
            return group
        return group.union(max(other, key=statistics.idf) for other in map(_telling, self.others))


@dataclass(frozen=True, slots=True)
class Synonyms:
    """The groups, each as the phrases of its words."""

    groups: Sequence[Sequence[Phrase]] = ()

    def met(self, weights: Mapping[str, float]) -> list[Meeting]:
        """Return the words of a text with these terms that belong to a group."""
        return [
            Meeting(phrase, max(weights[term] for term in phrase), _others(phrase, group))
            for group in self.groups
            for phrase in group
            if all(term in weights for term in phrase)
        ]


def _others(phrase: Phrase, group: Iterable[Phrase]) -> list[Phrase]:
    return [other for other in group if other != phrase]


def _telling(phrase: Phrase) -> Sequence[str]:
    """Return the pairs of a phrase, or its single word."""
    return [term for term in phrase if tokens.is_pair(term)] or phrase


NO_SYNONYMS = Synonyms()
