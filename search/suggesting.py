"""What is suggested while somebody types: terms, and titles of listings.

Everything comes from what is public, and is the same for every reader. A term is suggested only
while the index holds it, a title only of a listing that the database says is published.
"""

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.utils.safestring import SafeString

from search import backends, highlights, questions, searching, tokens, vocabulary
from search.backends.base import NO_FILTERS, Index
from search.query import Query, Reading, Statistics, Term, compose
from search.vocabulary import Vocabulary

LONGEST = 60
"""Characters; who has typed more knows what to search."""
MOST_TERMS = 6
MOST_TITLES = 5
MOST_READ = 40
"""Words that are tried, and hits whose titles are looked at."""
MOST_STARTS = 8
"""Places, from the end of what was typed, at which the unfinished word may begin."""
SHORTEST_WORD = 2
SHORTEST_PINYIN = 3

_ANYONE = AnonymousUser()
_TITLES = ("title_zh", "title_en")


class Title(NamedTuple):
    """A listing: its title escaped and marked, the `kind` and where it stands."""

    text: SafeString
    kind: str
    url: str


class Suggestions(NamedTuple):
    terms: Sequence[str] = ()
    titles: Sequence[Title] = ()


class _Typed(NamedTuple):
    """What was typed, cut before its unfinished word, and the words that this may become."""

    head: str
    tail: str = ""
    words: Sequence[str] = ()


def suggest(typed: str) -> Suggestions:
    """Return what may be meant by the beginning `typed`; nothing for what is too short or too long."""
    normal = tokens.normalise(typed[: LONGEST + 1]).strip()
    if len(normal) > LONGEST or not any(tokens.pieces(normal)):
        return Suggestions()
    read = _completed(normal, vocabulary.current())
    index = backends.current()
    held = _held(read, index)
    terms = [read.head + word for word in held[:MOST_TERMS] if read.head + word != normal]
    return Suggestions(terms, _titles(read._replace(words=held), index))


def _completed(normal: str, known: Vocabulary) -> _Typed:
    """Return the longest ending of what was typed that begins words, with these."""
    for start in _starts(normal):
        words = known.completions(normal[start:], MOST_READ)
        if len(words) < MOST_TERMS and len(normal) - start >= SHORTEST_PINYIN:
            words += known.spelled(normal[start:].replace(" ", ""), MOST_TERMS)
        if words:
            return _Typed(normal[:start], normal[start:], words)
    return _Typed(normal)


def _starts(normal: str) -> list[int]:
    starts: list[int] = []
    for piece in tokens.pieces(normal):
        starts += range(piece.start, piece.start + (len(piece.text) if piece.han else 1))
    shortest = len(normal) - SHORTEST_WORD
    return [at for at in starts[-MOST_STARTS:] if at <= shortest or tokens.is_han(normal[at])]


def _held(read: _Typed, index: Index) -> list[str]:
    """Return the words that some document holds together with the head, those next to it first; of
    those that find the same, the most frequent.
    """
    distinct: dict[tuple[str, ...], str] = {}
    for word in read.words:
        distinct.setdefault(tuple(tokens.terms(word)), word)
    words = list(distinct.values())
    head = set(tokens.terms(read.head))
    adjoining = [{*head, *tokens.terms(read.head + word)} for word in words]
    apart = [{*head, *tokens.terms(word)} for word in words if read.head.endswith(" ")]
    numbers = index.holding([*adjoining, *apart])
    found = zip([*words, *words], numbers, strict=False)
    return list(dict.fromkeys(word for word, number in found if number))


def _titles(read: _Typed, index: Index) -> list[Title]:
    texts = (read.head, read.tail, *read.words)
    statistics = index.statistics({term for text in texts for term in tokens.terms(text)})
    query = _query(read, statistics)
    if not query:
        return []
    found = index.retrieve(query, filters=NO_FILTERS, limit=MOST_READ)
    ranks = highlights.telling(query)
    titles = (
        Title(highlights.mark(title, ranks), listing.kind, listing.get_absolute_url())
        for listing in searching.visible((hit.key for hit in found.hits), _ANYONE, only=_TITLES)
        for title in _met(listing, ranks)
    )
    return list(islice(titles, MOST_TITLES))


def _query(read: _Typed, statistics: Statistics) -> Query:
    """Return the query for listings that hold the head, and of the tail or the words one."""
    groups = questions.essential(read.head)
    endings = [_telling(word, statistics) for word in (read.tail, *read.words) if word]
    if endings:
        groups.append(frozenset(endings))
    wanted = {term for group in groups for term in group}
    reading = compose((Term(term, 1.0, term) for term in sorted(wanted)), statistics)
    return Query((Reading(reading.terms, tuple(groups), len(groups)),))


def _telling(word: str, statistics: Statistics) -> str:
    """Return the term that tells `word` best: its rarest pair, or the word itself."""
    terms = tokens.terms(word)
    return max(filter(tokens.is_pair, terms), key=statistics.idf, default=terms[-1])


def _met(listing: object, ranks: highlights.Ranks) -> list[str]:
    """Return the title in the reader's language if that meets what was typed, else the other if so."""
    titles = (getattr(listing, name) for name in ("title", "title_zh", "title_en"))
    return [title for title in titles if highlights.spans(title, ranks)][:1]
