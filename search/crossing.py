"""A text as it reads in the other language: its words and where they meet, through the dictionary.
Pure.

Words are looked for in all their translations; two neighbours also as the pairs in which their
translations meet, as far as some document holds them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain

from search import shaping, translation
from search.cutting import Cut
from search.demand import Demand
from search.query import Asked, Asking, Statistics, Term
from search.shaping import SHAPES, Language, Text, Weights
from search.translation import Translator

MOST_WORDS = 96
"""How many words of a text are translated, the weightiest."""
MOST_NEIGHBOURS = 32
"""How many neighbours of a text are translated together, the weightiest."""

Phrase = tuple[str, ...]
"""A word, or two neighbours."""


def asked(
    text: Text, language: Language, *, translator: Translator, demand: Demand
) -> Asking[Asked]:
    """Return what `text`, which is in `language`, asks of documents in the other one."""
    cut = cache(lambda piece: translator.cut(piece, language))

    def heaviest(phrases: Callable[[Cut], Iterable[Phrase]], most: int) -> dict[Phrase, float]:
        weights = shaping.weigh(
            text,
            lambda piece: chain.from_iterable(map(phrases, cut(piece))),
            lambda phrase: demand.telling(_parts(phrase), SHAPES[language].damping),
        )
        return shaping.heaviest(weights, most)

    words = heaviest(lambda cut: ((word,) for word in cut.words()), MOST_WORDS)
    pairs = heaviest(Cut.neighbours, MOST_NEIGHBOURS)
    known = yield candidates((word for (word,) in words), language, translator)
    shares: dict[Phrase, Mapping[str, float]] = {
        (word,): translator.terms(word, language, known) for (word,) in words
    }
    joints = {pair: translator.joints(pair, language, known) for pair in pairs}
    met = yield set(chain.from_iterable(joints.values()))
    shares |= {pair: _present(found, met) for pair, found in joints.items()}
    statistics = Statistics(known.documents, {**met.frequencies, **known.frequencies})
    return Asked(list(_spread(words | pairs, shares, language)), statistics)


def candidates(words: Iterable[str], language: Language, translator: Translator) -> set[str]:
    """Return every term that may stand for one of `words`."""
    return {term for word in words for term in translator.candidates(word, language)}


def _spread(
    weights: Mapping[Phrase, float],
    shares: Mapping[Phrase, Mapping[str, float]],
    language: Language,
) -> Iterator[Term]:
    """Yield the terms of all phrases, each with the phrase that it stands for first."""
    wanted: Weights = {}
    sources: dict[str, str] = {}
    for phrase, weight in weights.items():
        for term, share in shares[phrase].items():
            wanted[term] = wanted.get(term, 0.0) + weight * share
            sources.setdefault(term, _written(phrase, language))
    return (Term(term, weight, sources[term]) for term, weight in wanted.items())


def _present(shares: Mapping[str, float], statistics: Statistics) -> Mapping[str, float]:
    return {term: share for term, share in shares.items() if statistics.frequencies.get(term)}


def _parts(phrase: Phrase) -> Iterable[str]:
    return chain.from_iterable(map(translation.parts, phrase))


def _written(phrase: Phrase, language: Language) -> str:
    """Return the word, or where two words meet: Chinese ones, or the two stems that are next to
    each other.
    """
    if len(phrase) == 1:
        return phrase[0]
    before, after = phrase
    return before + after if language == "zh" else f"{before.split()[-1]} {after.split()[0]}"
