"""The words of what is published, as they are written: for suggestions and for what was mistyped.

Fitted from public text only, kept as an artefact. A word of one listing is left out, so no listing
gives itself away by it; who offers a word asks the index whether it still has it.
"""

import heapq
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise, takewhile

import rjieba

from search import artefacts, sounds, tokens
from search.shaping import PARTICLES, Text

FORMAT = "1"
NAME = "vocabulary"
MOST_WORDS = 50_000
LONGEST = 40
"""Characters of a word or a phrase."""
READ = 1_000
"""Characters of a body that are read."""
CROWDED = 1_000_000
"""Different words in memory at which those seen once so far are forgotten."""

_CLAUSE = re.compile(r"[^\w\s-]+|\n")


class Vocabulary:
    """`words` in normal form with the number of listings that hold each; `sounds` of the Chinese
    ones, syllables joined by spaces; `latin` the single words of other scripts.
    """

    def __init__(
        self, words: Mapping[str, int] | None = None, sounds: Mapping[str, str] | None = None
    ) -> None:
        self.words = words or {}
        self.sounds = sounds or {}
        self.latin = [word for word in self.words if not tokens.is_han(word) and " " not in word]
        self._sorted = sorted(self.words)
        self._by_sound = _inverted(self.sounds.items())
        self._by_spelling = _inverted((w, s.replace(" ", "")) for w, s in self.sounds.items())
        self._spellings = sorted(self._by_spelling)

    def completions(self, start: str, most: int) -> list[str]:
        """Return the `most` frequent words and phrases that begin with `start`."""
        return self._frequent(set(_beginning(self._sorted, start)), most)

    def spelled(self, start: str, most: int) -> list[str]:
        """Return the `most` frequent Chinese words whose pinyin begins with `start`."""
        matching = _beginning(self._spellings, start)
        return self._frequent({word for key in matching for word in self._by_spelling[key]}, most)

    def sounding(self, syllables: str) -> str:
        """Return the most frequent Chinese word of these syllables, joined by spaces, or ""."""
        return next(iter(self._frequent(self._by_sound.get(syllables, ()), 1)), "")

    def written_in_pinyin(self, spelling: str) -> str:
        """Return the most frequent Chinese word with just this pinyin, or ""."""
        return next(iter(self._frequent(self._by_spelling.get(spelling, ()), 1)), "")

    def _frequent(self, found: Iterable[str], most: int) -> list[str]:
        return heapq.nsmallest(most, found, key=lambda word: (-self.words[word], word))


def _inverted(pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word, key in pairs:
        found[key].append(word)
    return dict(found)


def _beginning(ordered: Sequence[str], start: str) -> Iterator[str]:
    at = bisect_left(ordered, start)
    return takewhile(
        lambda word: word.startswith(start), (ordered[i] for i in range(at, len(ordered)))
    )


def fit(listings: Iterable[Sequence[Text]]) -> Vocabulary:
    """Return the vocabulary of the public texts of all `listings`."""
    counted: Counter[str] = Counter()
    for texts in listings:
        counted.update(set(chain.from_iterable(map(_words, texts))))
        if len(counted) > CROWDED:
            counted = Counter({word: df for word, df in counted.items() if df > 1})
    words = {word: df for word, df in counted.most_common(MOST_WORDS) if df > 1}
    return Vocabulary(words, {w: " ".join(sounds.of(w)) for w in words if tokens.is_han(w)})


def _words(text: Text) -> Iterator[str]:
    """Yield the words of a text, and of its title what two neighbours make."""
    for clause in _CLAUSE.split(tokens.normalise(f"{text.title}\n{text.body[:READ]}")):
        yield from filter(_is_telling, _cut(clause))
    for clause in _CLAUSE.split(tokens.normalise(text.title)):
        for first, second in pairwise(_cut(clause)):
            if _is_telling(first) and _is_telling(second):
                is_chinese = tokens.is_han(first) and tokens.is_han(second)
                phrase = f"{first}{second}" if is_chinese else f"{first} {second}"
                yield from [phrase] if len(phrase) <= LONGEST else []


def _cut(clause: str) -> list[str]:
    pieces = (rjieba.cut(p.text) if p.han else [p.text] for p in tokens.pieces(clause))
    return list(chain.from_iterable(pieces))


def _is_telling(word: str) -> bool:
    is_particle = word in PARTICLES or tokens.stem(word) in PARTICLES
    return 1 < len(word) <= LONGEST and not word.isdigit() and not is_particle


def save(vocabulary: Vocabulary) -> None:
    content = {"words": dict(vocabulary.words), "sounds": dict(vocabulary.sounds)}
    artefacts.save(NAME, version=FORMAT, content=content)


def current() -> Vocabulary:
    """Return the vocabulary that was saved last, an empty one before the first."""
    return _load(artefacts.state_of(NAME))


@lru_cache(maxsize=1)
def _load(_state: object) -> Vocabulary:
    """Return the saved vocabulary; `_state` changes with its file."""
    return Vocabulary(**(artefacts.load(NAME, version=FORMAT) or {}))
