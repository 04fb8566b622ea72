"""Words of Chinese and English into terms of the other language, through CC-CEDICT and the site's
own terms.

All translations of a word are looked for at once. A word's weight is spread over them by usage, and
grows with the cube root of their number, because a word with many translations would otherwise hardly
count. Where two words meet, so may their translations: such pairs tell a phrase from its words.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise, product
from typing import NamedTuple

from search import cutting, tokens
from search.cutting import Cut
from search.dictionary import LONGEST_GLOSS, LONGEST_WORD, Dictionary, Rendering, build
from search.query import Statistics
from search.shaping import PARTICLES, SHAPES, Language, Weights

MOST_RENDERINGS = 8
"""Of one English gloss; a Chinese word rarely has more senses."""
SINGLE_CHARACTER = 0.5
"""What a single Chinese character counts beside a longer word, on either side of a translation."""
RANK_DAMPING = 0.5
PLENTY = 1 / 3
"""The power of the number of its translations with which the weight of a word grows."""
MOST_JOINED = 4
"""How many renderings of each of two neighbours are joined, the best."""
JOINT = 0.4
"""What a pair counts in which two renderings meet."""
REMEMBERED = 10_000
"""How many words of each language are looked up once only."""

NO_TERMS = build(())


class _Rendered(NamedTuple):
    """A translation as single `units`, the terms that it consists of, those of them that tell it from
    others, and how usual the sense is.
    """

    units: tuple[str, ...]
    parts: tuple[str, ...]
    telling: tuple[str, ...]
    usage: float


@dataclass(frozen=True, slots=True, eq=False)
class Translator:
    """`own` holds the terms that administrators keep; they come before those of `common`."""

    common: Dictionary
    own: Dictionary = NO_TERMS

    def words(self, text: str, language: Language) -> list[str]:
        """Return the words of `text`, which is mainly in `language`, see `cut`."""
        return [word for cut in self.cut(text, language) for word in cut.words()]

    def cut(self, text: str, language: Language) -> list[Cut]:
        """Return the words of each run of `text`, which is mainly in `language`.

        Chinese: the longest matches from the front, and those from the back that differ.
        English: the longest matches of stems, joined by spaces, and the stems that match nothing;
        so are the foreign words of a Chinese text.
        """
        found = []
        for run in tokens.runs(text):
            if not run.han:
                longest = LONGEST_GLOSS if language == "en" else 1
                found.append(cutting.english(run.units, self._is_english, longest=longest))
            elif language == "zh":
                characters = run.text
                found.append(cutting.chinese(characters, self._is_chinese, longest=LONGEST_WORD))
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

    def joints(
        self, words: Sequence[str], language: Language, statistics: Statistics
    ) -> Mapping[str, float]:
        """Return the pairs in which a translation of the first of the two `words` meets one of the
        second, with their share of the weight of both.
        """
        mark = tokens.PAIR_MARK if language == "zh" else ""
        shares: Weights = {}
        for before, after in product(*(self._best(word, language, statistics) for word in words)):
            if before.units[-1] != after.units[0]:
                term = before.units[-1] + mark + after.units[0]
                share = JOINT * math.sqrt(before.usage * after.usage)
                shares[term] = max(shares.get(term, 0.0), share)
        return shares

    def _best(self, word: str, language: Language, statistics: Statistics) -> Sequence[_Rendered]:
        if language == "zh":
            return _english_renderings(self, word)[:MOST_JOINED]
        renderings = _chinese_renderings(self, word)
        return [found for _share, found in _weighed(renderings, statistics)[:MOST_JOINED]]

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


def _chinese(word: str, usage: float) -> _Rendered:
    whole = tuple(parts(word))
    telling = tuple(part for part in whole if len(part) == 2) or whole
    return _Rendered(tuple(word), whole, telling, usage)


def _english(gloss: str, usage: float) -> _Rendered:
    stems = tuple(stem for stem in gloss.split() if stem not in PARTICLES)
    whole = tuple(parts(" ".join(stems)))
    return _Rendered(stems, whole, whole, usage)


def _ranked(own: list[Rendering], common: list[Rendering]) -> list[tuple[float, str]]:
    """Return the renderings with how usual each is; every own one is more so than any common one."""
    later = max((rendering.rank for rendering in own), default=-1) + 1
    ranked = [*own, *(Rendering(rank + later, text) for rank, text in common)]
    return [((1 + rank) ** -RANK_DAMPING, text) for rank, text in sorted(ranked)]


@lru_cache(maxsize=REMEMBERED)
def _english_renderings(translator: Translator, word: str) -> tuple[_Rendered, ...]:
    renderings = _ranked(translator.own.to_english(word), translator.common.to_english(word))
    found = (_english(gloss, usage) for usage, gloss in renderings)
    return tuple(rendered for rendered in found if rendered.units)


@lru_cache(maxsize=REMEMBERED)
def _english_terms(translator: Translator, word: str) -> Mapping[str, float]:
    shares: Weights = {}
    for found in _english_renderings(translator, word):
        for term in found.parts:
            whole = SHAPES["en"].pair if tokens.is_pair(term) else 1.0
            shares[term] = max(shares.get(term, 0.0), whole * found.usage)
    return _spread(shares, SINGLE_CHARACTER if len(word) == 1 else 1.0) or {word: 1.0}


@lru_cache(maxsize=REMEMBERED)
def _chinese_renderings(translator: Translator, gloss: str) -> tuple[_Rendered, ...]:
    renderings = _ranked(translator.own.to_chinese(gloss), translator.common.to_chinese(gloss))
    return tuple(_chinese(word, usage) for usage, word in renderings[: 3 * MOST_RENDERINGS])


def _chinese_terms(renderings: Iterable[_Rendered], statistics: Statistics) -> Weights:
    shares: Weights = {}
    for share, found in _weighed(renderings, statistics)[:MOST_RENDERINGS]:
        for term in found.parts:
            counts = share * (1.0 if term in found.telling else SINGLE_CHARACTER)
            shares[term] = max(shares.get(term, 0.0), counts)
    return _spread(shares, 1.0)


def _weighed(
    renderings: Iterable[_Rendered], statistics: Statistics
) -> list[tuple[float, _Rendered]]:
    """Weigh by how common each word is among the documents: a dictionary lists rare ones as
    readily.
    """
    return sorted(
        ((found.usage * _commonness(found, statistics), found) for found in renderings),
        key=lambda pair: -pair[0],
    )


def _commonness(found: _Rendered, statistics: Statistics) -> float:
    return math.log(2 + min(statistics.frequencies.get(part, 0) for part in found.telling))


def _spread(shares: Weights, weight: float) -> Weights:
    """Scale `shares` so that they sum to `weight` times their sum to the power of `PLENTY`."""
    total = sum(shares.values()) or 1.0
    return {term: weight * share * total ** (PLENTY - 1) for term, share in shares.items()}
