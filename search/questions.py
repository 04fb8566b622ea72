"""From texts to queries: a need as a weighted bag of terms, and the few words of a search box.
Pure.

Either is read twice, in its own language and in the other one: where an author wrote both, as
written, else through the dictionary.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import rjieba

from search import crossing, shaping, tokens
from search.demand import Demand
from search.query import (
    Asked,
    Asking,
    Count,
    Query,
    Reading,
    Statistics,
    Term,
    answer,
    compose,
    together,
)
from search.shaping import PARTICLES, SHAPES, Language, Text, Weights
from search.synonyms import NO_SYNONYMS, Meeting, Synonyms
from search.translation import Translator

VERSION = 1
"""Raised whenever the question of an unchanged text changes, so that kept ones are made anew."""

MOST_CANDIDATES = 640
"""How many terms of a text are looked up in the index, the weightiest."""
LONGEST_PHRASE = 40
"""Characters and words up to which a search is a phrase; a longer one is a text."""
LONGEST_SEARCH = 1_000
"""Characters of a search that are read."""

_OTHER: dict[Language, Language] = {"zh": "en", "en": "zh"}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is known of the words: their translations, how telling they are among needs, and which
    mean the same; `state` tells one such knowledge from another, up to how telling the words are.
    """

    translator: Translator
    demand: Demand = field(default_factory=Demand)
    synonyms: Synonyms = NO_SYNONYMS
    state: str = ""


def of_listing(texts: Sequence[Text], *, lexicon: Lexicon, count: Count) -> Query:
    """Return the query for what a need asks, or a result offers, given its text in each language."""
    return of_listings([texts], lexicon=lexicon, count=count)[0]


def of_listings(
    listings: Iterable[Sequence[Text]], *, lexicon: Lexicon, count: Count
) -> list[Query]:
    """Return the query for each of `listings`, see `of_listing`, with as few counts as for one."""
    return answer([_of_listing(texts, lexicon) for texts in listings], count)


def _of_listing(texts: Sequence[Text], lexicon: Lexicon) -> Asking[Query]:
    written = _by_language(texts)
    readings = []
    for language, text in written.items():
        weights = _weights(text, language, lexicon)
        askings = [_as_written(weights)]
        if _OTHER[language] not in written:
            askings.append(_translated(text, language, lexicon))
        asked = yield from together(askings)
        readings += [compose(*one) for one in asked]
        if met := lexicon.synonyms.met(weights):
            readings += [compose(*one) for one in (yield from _widened(asked, met))]
    return Query(tuple(readings))


def _by_language(texts: Sequence[Text]) -> dict[Language, Text]:
    """Return the text in each language that it was written in, which takes a title.

    A body without a title, say an English abstract of a Chinese need, goes with the titled text: alone
    it would be answered in full by whoever shares its few words.
    """
    titled = [text for text in texts if text.title.strip()] or list(texts[:1])
    rest = [text.body for text in texts if text not in titled]
    written: dict[Language, Text] = {}
    for text in titled:
        language = shaping.language_of(text.title.strip() or text.body)
        written.setdefault(language, text)
    for language, text in list(written.items())[:1]:
        written[language] = Text(text.title, "\n".join([text.body, *rest]))
    return written


def of_search(typed: str, *, lexicon: Lexicon, count: Count) -> Query:
    """Return the query for what somebody typed into the search box.

    A document must hold most of the words, see `_enough`; a text of more than `LONGEST_PHRASE`
    units is looked for like a need.
    """
    [query] = answer([_of_search(Text("", typed[:LONGEST_SEARCH]), lexicon)], count)
    return query


def _of_search(text: Text, lexicon: Lexicon) -> Asking[Query]:
    if sum(len(run.units) for run in tokens.runs(text.body)) > LONGEST_PHRASE:
        return (yield from _of_listing([text], lexicon))
    language = shaping.language_of(text.body)
    untold = replace(lexicon, demand=Demand())
    weights = _weights(text, language, untold)
    askings: list[Asking[Any]] = [
        _as_written(weights),
        _translated(text, language, untold),
        _essential_groups(text.body, language, lexicon.translator),
    ]
    written, translated, crossed = yield from together(askings)
    asked = [(written, essential(text.body)), (translated, crossed)]
    readings = [_demanding(compose(*one), groups) for one, groups in asked]
    if met := lexicon.synonyms.met(weights):
        widened = yield from _widened([written, translated], met)
        for wide, (_one, groups) in zip(widened, asked, strict=True):
            spread = [_widened_group(group, met, wide.statistics) for group in groups]
            readings.append(_demanding(compose(*wide), spread))
    return Query(tuple(readings))


def relaxed(query: Query) -> Query:
    """Return `query` with less demanded: one word of a reading is enough for a hit."""
    return Query(tuple(replace(r, minimum=min(r.minimum, 1)) for r in query.readings))


def _as_written(weights: Weights) -> Asking[Asked]:
    wanted = shaping.heaviest(_without_particles(weights), MOST_CANDIDATES)
    statistics = yield wanted
    return Asked([Term(term, weight, term) for term, weight in wanted.items()], statistics)


def _weights(text: Text, language: Language, lexicon: Lexicon) -> Weights:
    damping = SHAPES[language].damping
    return shaping.weigh(
        text, tokens.terms, lambda term: _whole(term) * lexicon.demand.telling((term,), damping)
    )


def _translated(text: Text, language: Language, lexicon: Lexicon) -> Asking[Asked]:
    return crossing.asked(text, language, translator=lexicon.translator, demand=lexicon.demand)


def _widened(asked: Sequence[Asked], met: Sequence[Meeting]) -> Asking[list[Asked]]:
    """Return what is `asked` with the synonyms of the words `met` beside it."""
    others = [term for meeting in met for term in meeting.terms()]
    known = yield {term.text for term in others}
    return [
        Asked(
            [*terms, *others],
            replace(statistics, frequencies={**statistics.frequencies, **known.frequencies}),
        )
        for terms, statistics in asked
    ]


def _widened_group(
    group: frozenset[str], met: Iterable[Meeting], statistics: Statistics
) -> frozenset[str]:
    return group.union(*(meeting.widen(group, statistics) for meeting in met))


def essential(typed: str) -> list[frozenset[str]]:
    """Return the terms that carry what was typed: words, of Chinese words the pairs in them.

    Pairs across words mean nothing, and lone characters little where there are words.
    """
    found: list[str] = []
    for run in tokens.runs(typed):
        for word in rjieba.cut(run.text) if run.han else run.units:
            is_long = run.han and len(word) > 1
            found += map("".join, pairwise(word)) if is_long else [word]
    telling = [term for term in found if term not in PARTICLES and not _is_character(term)]
    return [frozenset({term}) for term in dict.fromkeys(telling or found)]


def _is_character(term: str) -> bool:
    return tokens.is_han(term) and not tokens.is_pair(term)


def _essential_groups(
    typed: str, language: Language, translator: Translator
) -> Asking[list[frozenset[str]]]:
    """Return for each word that carries what was typed the terms of which one is enough."""
    words = list(dict.fromkeys(translator.words(typed, language)))
    telling = [word for word in words if len(word) > 1] or words
    statistics = yield crossing.candidates(telling, language, translator)
    groups = (translator.terms(word, language, statistics) for word in telling)
    return [_whole_terms(group) or frozenset(group) for group in groups]


def _whole_terms(terms: Iterable[str]) -> frozenset[str]:
    """Return `terms` without the single characters of longer Chinese words."""
    return frozenset(term for term in terms if not _is_character(term))


def _demanding(reading: Reading, groups: Sequence[frozenset[str]]) -> Reading:
    return replace(reading, required=tuple(groups), minimum=_enough(len(groups)))


def _enough(groups: int) -> int:
    """Return how many of the groups a document must touch: both of two, three fifths of more."""
    return groups if groups <= 2 else math.ceil(0.6 * groups)


def _without_particles(weights: Weights) -> Weights:
    return {term: w for term, w in weights.items() if term not in PARTICLES} or weights


def _whole(term: str) -> float:
    return SHAPES["en"].pair if tokens.is_pair(term) and not tokens.is_han(term) else 1.0
