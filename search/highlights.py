"""Where a text meets a query: marked in the text, and named as words. Pure.

Marks are made here, for both engines alike, on the text as it was written; everything else is
escaped.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

import rjieba
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from search import tokens
from search.query import Query
from search.shaping import PARTICLES, Text

TELLING_TERMS = 40
"""How many terms of each reading are worth a mark, the weightiest."""
MOST_WORDS = 6
SNIPPET = 160
"""Characters."""
READ = 3_000
"""Characters of each text in which words are looked for."""

_IN_WORD = re.compile(r"[^\W\u2e80-\uffff]{2}")
"""Two letters of a script that puts blanks between its words."""

Ranks = Mapping[str, int]


class Span(NamedTuple):
    """A stretch of text that meets the query; `worth` grows with the terms in it."""

    start: int
    end: int
    worth: int


class Word(NamedTuple):
    """A stretch of text that met, and the word of the other language that it stands for, or ""."""

    text: str
    stands_for: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.stands_for})" if self.stands_for else self.text


@lru_cache(maxsize=32)
def telling(query: Query) -> Ranks:
    """Return the terms of `query` that are worth a mark, each with its worth from 1.

    A single character of a longer translation is not: it scores, but it says something else.
    """
    ranks: dict[str, int] = {}
    for reading in query.readings:
        longer = {term.source for term in reading.terms if len(term.text) > 1}
        for rank, (text, _weight, source) in enumerate(reading.terms[:TELLING_TERMS]):
            if len(text) > 1 or source not in longer:
                ranks[text] = max(ranks.get(text, 0), TELLING_TERMS - rank)
    return ranks


def spans(text: str, ranks: Ranks) -> list[Span]:
    """Return where `text` holds the terms of `ranks`, overlapping ones joined.

    A single Chinese character counts only where its pairs do not occur in the query at all: alone
    it seldom means what was asked.
    """
    joined: list[Span] = []
    for term, start, end in tokens.tokens(text, wanted=_wanted(frozenset(ranks))):
        if joined and start < joined[-1].end:
            last = joined[-1]
            joined[-1] = Span(last.start, max(last.end, end), last.worth + ranks[term])
        else:
            joined.append(Span(start, end, ranks[term]))
    return joined


@lru_cache(maxsize=64)
def _wanted(terms: frozenset[str]) -> tokens.Wanted:
    pairs = (term for term in terms if tokens.is_han(term) and len(term) > 1)
    return tokens.wanted(terms.difference(*pairs))


def mark(text: str, ranks: Ranks) -> SafeString:
    """Return `text` escaped, with what meets the query in `<mark>`."""
    return _marked(text, spans(text, ranks), 0, len(text))


def snippet(texts: Iterable[str], ranks: Ranks, length: int = SNIPPET) -> SafeString:
    """Return about `length` characters, marked: of the first of `texts` that meets the query the part
    that meets it best, else the beginning of the first one. None is read in vain, and no word of a
    script with blanks is cut that is shorter than a quarter of it.
    """
    unread = iter(texts)
    first = next(unread)
    asked = chain([first], unread) if ranks else ()
    read = ((text, spans(text[:READ], ranks)) for text in asked)
    text, found = next(((text, met) for text, met in read if met), (first, []))
    best = max(
        (span.start for span in found),
        key=lambda at: (sum(s.worth for s in found if at <= s.start < at + length), -at),
        default=0,
    )
    start = max(min(best - length // 4, len(text) - length), 0)
    end = min(start + length, len(text))
    start = _whole(text, range(start, best + 1))
    end = _whole(text, range(end, end - length // 4, -1))
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return mark_safe(before + _marked(text, found, start, end) + after)  # noqa: S308  escaped below


def _whole(text: str, places: Sequence[int]) -> int:
    """Return the first of `places` where `text` can be cut without cutting a word, else the first."""
    return next((at for at in places if not (at and _IN_WORD.match(text, at - 1))), places[0])


def _marked(text: str, found: Iterable[Span], start: int, end: int) -> SafeString:
    pieces, at = [], start
    for span in found:
        first, last = max(span.start, at), min(span.end, end)
        if first < last:
            pieces += [escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>"]
            at = last
    pieces.append(escape(text[at:end]))
    return mark_safe("".join(pieces))  # noqa: S308  every piece is escaped


def words(asked: Iterable[Text], offered: Iterable[Text], query: Query) -> tuple[Word, ...]:
    """Return the words of the `offered` texts that met the query of `asked`, the most telling
    first.
    """
    ranks = telling(query)
    sources = {term.text: term.source for reading in query.readings for term in reading.terms}
    surfaces = _surfaces(tuple(asked))
    found: dict[str, tuple[int, str]] = {}
    for text in (part[:READ] for one in offered for part in one):
        for word, worth in _whole_words(text, spans(text, ranks)):
            found[word.lower()] = max(found.get(word.lower(), (0, "")), (worth, word))
    best: list[str] = []
    for _worth, word in sorted(found.values(), key=lambda pair: (-pair[0], pair[1])):
        if len(best) < MOST_WORDS and not any(word.lower() in other.lower() for other in best):
            best.append(word)
    return tuple(Word(word, _stands_for(word, sources, surfaces)) for word in best)


def _whole_words(text: str, found: Sequence[Span]) -> Iterator[tuple[str, int]]:
    """Yield each span cut down to the whole words in it, with its worth.

    Pairs of characters meet across words too; such a pair scores, but it means nothing to a reader.
    """
    if not found:
        return
    ends = [0, *accumulate(map(len, rjieba.cut(text)))]
    for start, end, worth in found:
        at = ends[bisect_left(ends, start) : bisect_right(ends, end)]
        pieces = [text[a:b] for a, b in pairwise(at)]
        while pieces and not _is_telling(pieces[0]):
            pieces.pop(0)
        while pieces and not _is_telling(pieces[-1]):
            pieces.pop()
        if pieces:
            yield "".join(pieces), worth


def _is_telling(word: str) -> bool:
    return len(word) > 1 and not word.isdigit() and tokens.stem(word.lower()) not in PARTICLES


def _stands_for(word: str, sources: Mapping[str, str], surfaces: Mapping[str, str]) -> str:
    """Return how the word that `word` translates was written; "" where it is the same language."""
    for term in sorted(tokens.terms(word), key=len, reverse=True):
        source = sources.get(term, term)
        if tokens.is_han(source) != tokens.is_han(term):
            return source if tokens.is_han(source) else surfaces.get(source, source)
    return ""


@lru_cache(maxsize=8)
def _surfaces(asked: Sequence[Text]) -> Mapping[str, str]:
    """Return how stems, and pairs of stems joined by a space, were written in the texts."""
    return {
        term.replace(tokens.PAIR_MARK, " "): text[start:end].lower()
        for one in asked
        for text in one
        for term, start, end in tokens.tokens(text)
        if not tokens.is_han(term)
    }
