"""Words of Chinese and English into terms of the other language, through CC-CEDICT and the site's own terms.

All translations of a word are looked for at once. A word's weight is spread over them by usage, and grows
with the root of their number, because a word with many translations would otherwise hardly count.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

from search import tokens
from search.dictionary import LONGEST_GLOSS, LONGEST_WORD, Dictionary, Rendering, build
from search.query import Statistics
from search.shaping import PARTICLES, SHAPES, Language, Weights

MOST_RENDERINGS = 8
"""Of one English gloss; a Chinese word rarely has more senses."""
SINGLE_CHARACTER = 0.5
"""What a single Chinese character counts beside a longer word, on either side of a translation."""
RANK_DAMPING = 0.5

NO_TERMS = build(())


@dataclass(frozen=True, slots=True)
class Translator:
    """`own` holds the terms that administrators keep; they come before those of `common`."""

    common: Dictionary
    own: Dictionary = NO_TERMS

    def words(self, text: str, language: Language) -> list[str]:
        """Return the words of `text`, which is mainly in `language`, in order.

        Chinese: the longest matches from the front, and those from the back that differ.
        English: the longest matches of stems, joined by spaces, and the stems that match nothing;
        so are the foreign words of a Chinese text.
        """
        found: list[str] = []
        for run in tokens.runs(text):
            if run.han:
                found += self._chinese_words("".join(run.units)) if language == "zh" else ()
            else:
                units = run.units if language == "zh" else self._english_words(run.units)
                found += (unit for unit in units if unit not in PARTICLES)
        return found

    def renderings(self, word: str, language: Language) -> list[Rendering]:
        """Return the translations of `word`, the most usual sense of it first."""
        if language == "zh":
            own, common = self.own.to_english(word), self.common.to_english(word)
        else:
            own, common = self.own.to_chinese(word), self.common.to_chinese(word)
        later = max((rendering.rank for rendering in own), default=-1) + 1
        ranked = [*own, *(Rendering(rank + later, text) for rank, text in common)]
        return sorted(ranked, key=lambda rendering: rendering.rank)[: 3 * MOST_RENDERINGS]

    def terms(self, word: str, language: Language, statistics: Statistics) -> Weights:
        """Return the terms of the other language that stand for `word`, with their share of its weight.

        A word without translation, a name or a unit, stands for itself.
        """
        renderings = self.renderings(word, language)
        if not renderings:
            return {word: 1.0}
        if language == "zh":
            shares = _english_terms(renderings)
        else:
            shares = _chinese_terms(renderings, statistics)
        own_weight = SINGLE_CHARACTER if language == "zh" and len(word) == 1 else 1.0
        root = math.sqrt(sum(shares.values()))
        return {term: own_weight * share / root for term, share in shares.items()}

    def _chinese_words(self, characters: str) -> Iterator[str]:
        forward, start = [], 0
        while start < len(characters):
            end = start + self._longest(
                characters[start : start + n] for n in range(LONGEST_WORD, 0, -1)
            )
            forward.append((start, end))
            start = end
        backward, end = [], len(characters)
        while end > 0:
            start = end - self._longest(
                characters[max(end - n, 0) : end] for n in range(LONGEST_WORD, 0, -1)
            )
            backward.append((start, end))
            end = start
        for start, end in dict.fromkeys(chain(forward, backward)):
            word = characters[start:end]
            if word not in PARTICLES and self._is_chinese(word):
                yield word

    def _longest(self, candidates: Iterable[str]) -> int:
        """Return the length of the first of `candidates` that is a word, 1 when none is."""
        return next((len(word) for word in candidates if self._is_chinese(word)), 1)

    def _english_words(self, stems: tuple[str, ...]) -> Iterator[str]:
        start = 0
        while start < len(stems):
            longest = min(LONGEST_GLOSS, len(stems) - start)
            glosses = (stems[start : start + n] for n in range(longest, 1, -1))
            match = next((g for g in glosses if self._is_english(" ".join(g))), stems[start : start + 1])
            yield " ".join(match)
            start += len(match)

    def _is_chinese(self, word: str) -> bool:
        return word in self.own.chinese or word in self.common.chinese

    def _is_english(self, gloss: str) -> bool:
        return gloss in self.own.english or gloss in self.common.english


def parts(word: str) -> list[str]:
    """Return the terms that `word`, as `Translator.words` gives it, consists of."""
    if tokens.is_han(word):
        return [*word, *map("".join, pairwise(word))]
    return _with_pairs(word.split())


def candidates(renderings: Iterable[Rendering]) -> set[str]:
    """Return every term that `renderings` may come down to."""
    return {part for rendering in renderings for part in parts(rendering.text)}


def _with_pairs(stems: list[str]) -> list[str]:
    return [*stems, *(f"{a}{tokens.PAIR_MARK}{b}" for a, b in pairwise(stems))]


def _english_terms(renderings: list[Rendering]) -> Weights:
    shares: Weights = {}
    for rank, gloss in renderings:
        stems = [stem for stem in gloss.split() if stem not in PARTICLES]
        for term in _with_pairs(stems):
            whole = SHAPES["en"].pair if tokens.is_pair(term) else 1.0
            shares[term] = max(shares.get(term, 0.0), whole * (1 + rank) ** -RANK_DAMPING)
    return shares


def _chinese_terms(renderings: list[Rendering], statistics: Statistics) -> Weights:
    """Weigh by how common each word is among the documents: a dictionary lists rare ones as readily."""
    weighed = sorted(
        ((word, _usage(word, statistics) * (1 + rank) ** -RANK_DAMPING) for rank, word in renderings),
        key=lambda pair: -pair[1],
    )
    shares: Weights = {}
    for word, share in weighed[:MOST_RENDERINGS]:
        for term in tokens.terms(word):
            whole = tokens.is_pair(term) or len(word) == 1
            counts = share * (1.0 if whole else SINGLE_CHARACTER)
            shares[term] = max(shares.get(term, 0.0), counts)
    return shares


def _usage(word: str, statistics: Statistics) -> float:
    pairs = [term for term in tokens.terms(word) if tokens.is_pair(term)] or [word]
    return math.log(2 + min(statistics.frequencies.get(pair, 0) for pair in pairs))
