"""What somebody may have meant who typed words that no listing has.

Words of other scripts by the keys that were missed, Chinese ones by their sound, because that is how
they are typed; pinyin that was never turned into characters is read as such.
"""

from collections.abc import Iterator
from itertools import pairwise

import rjieba
from rapidfuzz import process
from rapidfuzz.distance import OSA

from search import sounds, tokens
from search.query import Count
from search.tokens import Piece
from search.vocabulary import Vocabulary

LONGEST = 60
"""Characters of a search that is corrected; more are no slip but a text."""
SHORTEST_WORD = 4
"""Letters; a shorter word is within one slip of too many others."""
TWO_SLIPS = 8
"""Letters from which on a word may hold two slips."""
LONGEST_WORD = 4
"""Chinese characters of a word that is looked for by its sound."""


def corrected(typed: str, *, known: Vocabulary, count: Count) -> str:
    """Return `typed` in normal form with the words that no listing has put right, or "".

    Says nothing of whether it finds more: callers try.
    """
    normal = tokens.normalise(typed)
    if len(normal) > LONGEST:
        return ""
    doubtful = [piece for piece in tokens.pieces(normal) if not _is_known(piece, known)]
    terms = {term for piece in doubtful for term in tokens.terms(piece.text)}
    if not terms:
        return ""
    frequencies = count(terms).frequencies
    absent = {term for term in terms if not frequencies.get(term)}
    better = normal
    for piece in reversed(doubtful):
        right = (
            _characters(piece.text, known, absent)
            if piece.han
            else _word(piece.text, known, absent)
        )
        better = better[: piece.start] + right + better[piece.start + len(piece.text) :]
    return better if better != normal else ""


def _is_known(piece: Piece, known: Vocabulary) -> bool:
    words = rjieba.cut(piece.text) if piece.han else [piece.text]
    return all(word in known.words for word in words)


def _word(word: str, known: Vocabulary, absent: set[str]) -> str:
    """Return the word of one slip, of just this pinyin, or of two slips, in this order."""
    if len(word) < SHORTEST_WORD or tokens.stem(word) not in absent:
        return word
    slips = 2 if len(word) >= TWO_SLIPS else 1
    found = process.extract(word, known.latin, scorer=OSA.distance, score_cutoff=slips, limit=None)
    near = sorted((distance, -known.words[other], other) for other, distance, _at in found)
    if near and near[0][0] == 1:
        return near[0][2]
    return known.written_in_pinyin(word) or (near[0][2] if near else word)


def _characters(piece: str, known: Vocabulary, absent: set[str]) -> str:
    """Return the characters with those replaced that are no word here but sound like one."""
    spoken = sounds.of(piece)
    right, start = "", 0
    while start < len(piece):
        for end in _ends(piece, start, absent):
            word = known.sounding(" ".join(spoken[start:end]))
            if word:
                right, start = right + word, end
                break
        else:
            right, start = right + piece[start], start + 1
    return right


def _ends(piece: str, start: int, absent: set[str]) -> Iterator[int]:
    """Yield where a word from `start` on may end that holds a pair no listing has, longest first."""
    for end in range(min(start + LONGEST_WORD, len(piece)), start + 1, -1):
        if any(a + b in absent for a, b in pairwise(piece[start:end])):
            yield end
