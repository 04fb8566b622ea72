"""Words of Chinese and English into terms of the other language, through CC-CEDICT and the site's
own terms.

All translations of a word are looked for at once. A word's weight is spread over them by usage, and
grows with the root of their number, because a word with many translations would otherwise hardly
count.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

from search import tokens
from search.dictionary import LONGEST_GLOSS, LONGEST_WORD, Dictionary, Rendering, build
from search.query import Statistics
from search.shaping import PARTICLES, SHAPES, Language, Weights

MOST_RENDERINGS = 8
"""Of one English gloss; a Chinese word rarely has more senses."""
SINGLE_CHARACTER = 0.5
"""What a single Chinese character counts beside a longer word, on either side of a translation."""
RANK_DAMPING = 0.5
REMEMBERED = 10_000
"""How many words of each language are looked up once only."""

NO_TERMS = build(())


@dataclass(frozen=True, slots=True, eq=False)
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

    def candidates(self, word: str, language: Language) -> Iterable[str]:
        """Return every term that `terms` may give for `word`."""
        if language == "zh":
            return _english_terms(self, word)
        renderings = _chinese_renderings(self, word)
        return chain.from_iterable(found.parts for found in renderings) if renderings else (word,)

    def terms(self, word: str, language: Language, statistics: Statistics) -> Mapping[str, float]:
        """Return the terms of the other language that stand for `word`, with their share of its
        weight.

        A word without translation, a name or a unit, stands for itself.
        """
        if language == "zh":
            return _english_terms(self, word)
        return _chinese_terms(_chinese_renderings(self, word), statistics) or {word: 1.0}

    def _chinese_words(self, characters: str) -> Iterator[str]:
        forward, start = [], 0
        while start < len(characters):
            end = min(start + LONGEST_WORD, len(characters))
            while end > start + 1 and not self._is_chinese(characters[start:end]):
                end -= 1
            forward.append((start, end))
            start = end
        backward, end = [], len(characters)
        while end > 0:
            start = max(end - LONGEST_WORD, 0)
            while start < end - 1 and not self._is_chinese(characters[start:end]):
                start += 1
            backward.append((start, end))
            end = start
        for start, end in dict.fromkeys(chain(forward, backward)):
            word = characters[start:end]
            if word not in PARTICLES and self._is_chinese(word):
                yield word

    def _english_words(self, stems: tuple[str, ...]) -> Iterator[str]:
        start = 0
        while start < len(stems):
            longest = min(LONGEST_GLOSS, len(stems) - start)
            glosses = (stems[start : start + n] for n in range(longest, 1, -1))
            match = next(
                (g for g in glosses if self._is_english(" ".join(g))), stems[start : start + 1]
            )
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
    stems = word.split()
    return [*stems, *map(tokens.PAIR_MARK.join, pairwise(stems))]


class _Chinese(NamedTuple):
    """A Chinese word for an English one, the parts of it that tell it from others, and how usual the
    sense is.
    """

    parts: tuple[str, ...]
    telling: tuple[str, ...]
    usage: float


def _chinese(word: str, usage: float) -> _Chinese:
    whole = tuple(parts(word))
    return _Chinese(whole, tuple(part for part in whole if len(part) == 2) or whole, usage)


def _ranked(own: list[Rendering], common: list[Rendering]) -> list[tuple[float, str]]:
    """Return the renderings with how usual each is; every own one is more so than any common one."""
    later = max((rendering.rank for rendering in own), default=-1) + 1
    ranked = [*own, *(Rendering(rank + later, text) for rank, text in common)]
    return [((1 + rank) ** -RANK_DAMPING, text) for rank, text in sorted(ranked)]


@lru_cache(maxsize=REMEMBERED)
def _english_terms(translator: Translator, word: str) -> Mapping[str, float]:
    shares: Weights = {}
    renderings = _ranked(translator.own.to_english(word), translator.common.to_english(word))
    for usage, gloss in renderings:
        stems = [stem for stem in gloss.split() if stem not in PARTICLES]
        for term in parts(" ".join(stems)):
            whole = SHAPES["en"].pair if tokens.is_pair(term) else 1.0
            shares[term] = max(shares.get(term, 0.0), whole * usage)
    return _spread(shares, SINGLE_CHARACTER if len(word) == 1 else 1.0) or {word: 1.0}


@lru_cache(maxsize=REMEMBERED)
def _chinese_renderings(translator: Translator, gloss: str) -> tuple[_Chinese, ...]:
    renderings = _ranked(translator.own.to_chinese(gloss), translator.common.to_chinese(gloss))
    return tuple(_chinese(word, usage) for usage, word in renderings[: 3 * MOST_RENDERINGS])


def _chinese_terms(renderings: Iterable[_Chinese], statistics: Statistics) -> Weights:
    """Weigh by how common each word is among the documents: a dictionary lists rare ones as
    readily.
    """
    weighed = sorted(
        ((found.usage * _commonness(found, statistics), found) for found in renderings),
        key=lambda pair: -pair[0],
    )
    shares: Weights = {}
    for share, found in weighed[:MOST_RENDERINGS]:
        for term in found.parts:
            counts = share * (1.0 if term in found.telling else SINGLE_CHARACTER)
            shares[term] = max(shares.get(term, 0.0), counts)
    return _spread(shares, 1.0)


def _commonness(found: _Chinese, statistics: Statistics) -> float:
    return math.log(2 + min(statistics.frequencies.get(part, 0) for part in found.telling))


def _spread(shares: Weights, weight: float) -> Weights:
    """Scale `shares` so that they sum to `weight` times the root of their sum."""
    root = math.sqrt(sum(shares.values())) if shares else 1.0
    return {term: weight * share / root for term, share in shares.items()}
