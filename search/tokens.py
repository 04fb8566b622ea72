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
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

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
"""How many words are stemmed once only."""

_RUN = re.compile(rf"(?P<han>[{HAN}]+)|(?P<word>[^\W_{HAN}]+)")
_JOINT = re.compile(r"[ \t\n\r\u00a0/-]*")
_IS_HAN = re.compile(rf"[{HAN}]")
_stemmers = threading.local()


class Token(NamedTuple):
    """A term with the span of the original text that it came from."""

    term: str
    start: int
    end: int


class Run(NamedTuple):
    """Consecutive units of one script, from which adjacent ones form pairs.

    `units` are single Chinese characters or stemmed words; `spans` their places in the normalised
    text.
    """

    han: bool
    units: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    def terms(self) -> Iterator[Token]:
        """Yield every unit, preceded by the pair that it forms with the unit before it."""
        mark = "" if self.han else PAIR_MARK
        before: Token | None = None
        for unit, (start, end) in zip(self.units, self.spans, strict=True):
            token = Token(unit, start, end)
            if self.han or unit not in particle_stems():
                if before:
                    yield Token(before.term + mark + unit, before.start, end)
                before = token
            yield token


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
    return [token.term for run in runs(text) for token in run.terms()]


def tokens(text: str) -> list[Token]:
    """Return the terms of `text` in order with their spans in `text`."""
    normal, origin = _with_origin(text)
    return [
        Token(term, origin[start][0], origin[end - 1][1])
        for run in _runs(normal)
        for term, start, end in run.terms()
    ]


def runs(text: str) -> Iterator[Run]:
    """Yield the runs of Chinese characters and of words in `text`, in order."""
    return _runs(normalise(text))


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
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    for match in _RUN.finditer(normal):
        start, end = match.span()
        joined = bool(words) and _JOINT.fullmatch(normal, spans[-1][1], start)
        if words and (match["han"] or not joined):
            yield Run(han=False, units=tuple(words), spans=tuple(spans))
            words, spans = [], []
        if match["han"]:
            places = tuple((i, i + 1) for i in range(start, end))
            yield Run(han=True, units=tuple(match["han"]), spans=places)
        else:
            words.append(stem(match["word"]))
            spans.append((start, end))
    if words:
        yield Run(han=False, units=tuple(words), spans=tuple(spans))


def _with_origin(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the normal form of `text` and, for each of its characters, the span it came from.

    A letter and the marks that combine with it are taken together.
    """
    if unicodedata.is_normalized("NFKC", text) and len(text.lower()) == len(text):
        normal, origin = text.lower(), [(i, i + 1) for i in range(len(text))]
    else:
        starts = [i for i, c in enumerate(text) if i == 0 or not unicodedata.combining(c)]
        places = list(pairwise([*starts, len(text)]))
        pieces = [unicodedata.normalize("NFKC", text[a:b]).lower() for a, b in places]
        normal = "".join(pieces)
        origin = [place for place, piece in zip(places, pieces, strict=True) for _ in piece]
    simplified = _simplify(normal)
    if len(simplified) != len(normal):
        simplified = "".join(_simplify(c)[:1] or c for c in normal)
    return simplified, origin


def _simplify(text: str) -> str:
    """Return `text` in simplified characters; half of a surrogate pair, no text, becomes "?"."""
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
