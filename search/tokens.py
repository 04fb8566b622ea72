"""The one tokeniser of the engine: the same tokens for documents and queries, on every backend.

Chinese becomes single characters and adjacent pairs, everything else stemmed words and pairs of
stems, adjacent (`heat_transfer`) or with nothing but particles between (`transfer_heat` of
"transfer of heat"). Text is compared after NFKC, lower-casing and conversion to simplified
characters; offsets always point into the text as it was given. No token holds white space, so a
`whitespace` analyzer gives back exactly these tokens.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cache, lru_cache
from itertools import accumulate, chain, pairwise
from typing import NamedTuple, TypeVar

import opencc
import Stemmer

from search import particles
from search.spelling import american

HAN = (
    "\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""The Chinese characters, as a range of a regular expression."""
PAIR_MARK = "_"
LONGEST_WORD = 64
REMEMBERED = 50_000
"""How many words are stemmed, and letters normalised, once only."""

_LETTERS = rf"[^\W_{HAN}]+"
_RUN = re.compile(rf"(?P<han>[{HAN}]+)|{_LETTERS}(?:[ \t\n\r\u00a0/-]++{_LETTERS})*")
_WORD = re.compile(_LETTERS)
_PIECE = re.compile(rf"(?P<han>[{HAN}]+)|{_LETTERS}")
_IS_HAN = re.compile(rf"[{HAN}]")
_stemmers = threading.local()
T = TypeVar("T")


class Token(NamedTuple):
    """A term with the span of the original text that it came from."""

    term: str
    start: int
    end: int


class Wanted(NamedTuple):
    """Terms to look for, and the characters and stems that they are made of."""

    terms: Set[str]
    units: Set[str]


class Piece(NamedTuple):
    """A word, or a stretch of Chinese characters, as it is written in a normalised text at `start`."""

    text: str
    start: int
    han: bool


class Run(NamedTuple):
    """Consecutive units of one script, from which adjacent ones form pairs.

    `units` are single Chinese characters or stemmed words; `text` is what they were read from, at
    `start` of the normalised text.
    """

    han: bool
    units: Sequence[str]
    text: str
    start: int

    def terms(self) -> list[str]:
        """Return every unit, preceded by the pair that it forms with the unit before it."""
        units = self.units
        if self.han:
            return _interleaved(units, map("".join, pairwise(units)))
        return [
            units[last] if first == last else units[first] + PAIR_MARK + units[last]
            for first, last in self._bounds()
        ]

    def spans(self) -> Iterator[tuple[int, int]]:
        """Yield where in the normalised text each of `terms` begins and ends."""
        if self.han:
            ends = range(self.start + 1, self.start + len(self.units) + 1)
            yield from _interleaved([(e - 1, e) for e in ends], [(e - 1, e + 1) for e in ends[:-1]])
            return
        places = [match.span() for match in _WORD.finditer(self.text)]
        for first, last in self._bounds():
            yield self.start + places[first][0], self.start + places[last][1]

    def _bounds(self) -> Iterator[tuple[int, int]]:
        """Yield the places among the words of the first and the last one of each term."""
        before: int | None = None
        for place, unit in enumerate(self.units):
            if unit not in particle_stems():
                if before is not None:
                    yield before, place
                before = place
            yield place, place


def _interleaved(units: Sequence[T], pairs: Iterable[T]) -> list[T]:
    """Return `units` with one of `pairs` between each two."""
    both = [units[0]] * (2 * len(units) - 1)
    both[::2] = units
    both[1::2] = pairs
    return both


def is_han(term: str) -> bool:
    """Whether `term` is Chinese: a character or a pair of characters."""
    return bool(_IS_HAN.match(term))


def is_pair(term: str) -> bool:
    """Whether `term` stands for two adjacent characters or words."""
    return len(term) == 2 if is_han(term) else PAIR_MARK in term


def normalise(text: str) -> str:
    """Return `text` in the form in which texts are compared."""
    return _simplify(unicodedata.normalize("NFKC", text).lower())


def terms(text: str) -> list[str]:
    """Return the terms of `text` in order, repeated as often as they occur."""
    return [term for run in runs(text) for term in run.terms()]


def wanted(terms: Iterable[str]) -> Wanted:
    """Return `terms` as `tokens` looks for them."""
    every = frozenset(terms)
    parts = ([*term] if is_han(term) else term.split(PAIR_MARK) for term in every)
    return Wanted(every, frozenset(chain.from_iterable(parts)))


def tokens(text: str, *, wanted: Wanted | None = None) -> list[Token]:
    """Return the terms of `text`, or those that are `wanted`, in order with their spans in `text`."""
    normal, starts, ends = _with_origin(text)
    found = []
    for run in _runs(normal):
        if wanted and wanted.units.isdisjoint(run.units):
            continue
        terms = run.terms()
        if wanted is None or not wanted.terms.isdisjoint(terms):
            found += [
                Token(term, starts[start], ends[end - 1])
                for term, (start, end) in zip(terms, run.spans(), strict=True)
                if wanted is None or term in wanted.terms
            ]
    return found


def runs(text: str) -> Iterator[Run]:
    """Yield the runs of Chinese characters and of words in `text`, in order."""
    return _runs(normalise(text))


def pieces(normal: str) -> Iterator[Piece]:
    """Yield the words and the stretches of Chinese characters in a text that is normalised."""
    return (Piece(match[0], match.start(), bool(match["han"])) for match in _PIECE.finditer(normal))


@lru_cache(maxsize=REMEMBERED)
def stem(word: str) -> str:
    """Return the Porter stem of `word`, which is lower-case, in American spelling; never "", which
    Porter makes of "s".
    """
    return _stemmer().stemWord(american(word[:LONGEST_WORD])) or word


@cache
def particle_stems() -> frozenset[str]:
    """Return the stems of English words without a subject."""
    return frozenset(map(stem, particles.ENGLISH))


def _runs(normal: str) -> Iterator[Run]:
    for match in _RUN.finditer(normal):
        text = match[0]
        if match["han"]:
            yield Run(True, text, text, match.start())
        else:
            yield Run(False, list(map(stem, _WORD.findall(text))), text, match.start())


def _with_origin(text: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """Return the normal form of `text` and, for each of its characters, where in `text` begins and
    ends what it came from.

    A letter and the marks that combine with it are taken together.
    """
    starts: Sequence[int] = range(len(text))
    ends: Sequence[int] = range(1, len(text) + 1)
    if unicodedata.is_normalized("NFKC", text) and len(text.lower()) == len(text):
        normal = text.lower()
    else:
        pieces = list(_letters(text))
        written = list(map(_normal, pieces))
        normal = "".join(written)
        if len(pieces) < len(text) or len(normal) > len(pieces):
            places = pairwise(accumulate(map(len, pieces), initial=0))
            origin = [at for at, piece in zip(places, written, strict=True) for _ in piece]
            starts, ends = [start for start, _end in origin], [end for _start, end in origin]
    simplified = _simplify(normal)
    if len(simplified) != len(normal):
        simplified = "".join(_simplify(c)[:1] or c for c in normal)
    return simplified, starts, ends


def _letters(text: str) -> Iterable[str]:
    """Return the letters of `text`, each with the marks that combine with it."""
    if not any(map(unicodedata.combining, text)):
        return text
    begins = [i for i, c in enumerate(text) if i == 0 or not unicodedata.combining(c)]
    return (text[a:b] for a, b in pairwise([*begins, len(text)]))


@lru_cache(maxsize=REMEMBERED)
def _normal(letter: str) -> str:
    return unicodedata.normalize("NFKC", letter).lower()


def _simplify(text: str) -> str:
    """Return `text` in simplified characters; half of a surrogate pair, no text, becomes "?"."""
    if text.isascii():
        return text
    try:
        return _simplifier().convert(text)
    except UnicodeEncodeError:
        return _simplifier().convert(text.encode("utf-8", "replace").decode())


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _stemmer() -> Stemmer.Stemmer:
    if not hasattr(_stemmers, "porter"):
        _stemmers.porter = Stemmer.Stemmer("porter")
    return _stemmers.porter
