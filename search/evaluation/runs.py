"""The shipping engine and two baselines on one judged set, each in a temporary index of the same
backend.

The engine's needs' table is fitted to the queries of the set, never to its judgements.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

import rjieba

from search import backends, demand, questions, tokens
from search.backends.base import Backend, Filters, Hit
from search.dictionary import cedict
from search.documents import Document, document_terms
from search.evaluation import measures
from search.evaluation.judged import JudgedSet
from search.query import Query, Term, compose
from search.questions import Lexicon
from search.shaping import Text
from search.translation import Translator

DEPTH = 50
MOST_BASELINE_TERMS = 1_000
LUCENE_STOP_WORDS = (
    "a an and are as at be but by for if in into is it no not of on or such that the their then there "
    "these they this to was will with"
)
_STOP = frozenset(LUCENE_STOP_WORDS.split())
_CHUNK = re.compile(rf"[{tokens.HAN}]+|[^\W_{tokens.HAN}]+")

Tokenise = Callable[[str], list[str]]
DocumentTerms = Callable[[Sequence[Text]], list[str]]
Progress = Callable[[list[str]], Iterable[str]]
Ask = Callable[[Backend, Text], Query]
Rankings = Mapping[str, Sequence[Hit]]


def words(text: str) -> list[str]:
    """Return the lower-cased words of `text`, Chinese ones as a dictionary segments them."""
    return [word for word in rjieba.cut(text.lower()) if any(map(str.isalnum, word))]


def pairs(text: str) -> list[str]:
    """Return pairs of Chinese characters and lower-cased words, as Elasticsearch's `cjk` analyzer
    does.
    """
    found: list[str] = []
    for chunk in _CHUNK.findall(text.lower()):
        if tokens.is_han(chunk):
            found += map("".join, pairwise(chunk)) if len(chunk) > 1 else [chunk]
        elif chunk not in _STOP:
            found.append(chunk)
    return found


def evaluate(
    judged: JudgedSet, engine: str, progress: Progress = iter
) -> dict[str, dict[str, float]]:
    """Return the measures of each run by its name, on the engine called `engine`; `progress` wraps
    the queries that are asked. Raises `Unavailable` of `backends.base`.
    """
    asks: dict[str, tuple[DocumentTerms, Ask]] = {
        "engine": (document_terms, shipping(judged)),
        "bm25_words": (plain(words), keywords(words)),
        "bm25_pairs": (plain(pairs), keywords(pairs)),
    }
    return {
        name: measured(judged, rankings(judged, engine, terms, ask, progress))
        for name, (terms, ask) in asks.items()
    }


def shipping(judged: JudgedSet) -> Ask:
    """Return how the shipping engine asks, with the needs' table of the set."""
    lexicon = Lexicon(
        translator=Translator(cedict()),
        demand=demand.fit(f"{text.title}\n{text.body}" for text in judged.queries.values()),
    )
    return lambda index, text: questions.of_listing([text], lexicon=lexicon, count=index.statistics)


def rankings(
    judged: JudgedSet,
    engine: str,
    terms: DocumentTerms,
    ask: Ask,
    progress: Progress = iter,
    *,
    depth: int = DEPTH,
) -> Rankings:
    """Return the best `depth` hits for each answerable query, in a temporary index."""
    with backends.temporary(engine) as index:
        index.rebuild(Document(key, terms([text])) for key, text in judged.documents.items())
        return {
            query: _hits(index, ask(index, judged.queries[query]), depth)
            for query in progress(judged.answerable())
        }


def _hits(index: Backend, query: Query, depth: int) -> Sequence[Hit]:
    return index.retrieve(query, filters=Filters(), limit=depth).hits if query else ()


def measured(judged: JudgedSet, found: Rankings) -> dict[str, float]:
    """Return the mean of each measure over the queries of `found`."""
    return measures.mean(
        [
            measures.of_ranking(
                [hit.key for hit in hits], judged.gains[query], relevant_from=judged.relevant_from
            )
            for query, hits in found.items()
        ]
    )


def plain(tokenise: Tokenise) -> DocumentTerms:
    return lambda texts: [term for text in texts for term in tokenise(f"{text.title}\n{text.body}")]


def keywords(tokenise: Tokenise) -> Ask:
    """Ask for every token of the query as often as it occurs there, without any shaping."""

    def ask(index: Backend, text: Text) -> Query:
        counted = Counter(plain(tokenise)([text]))
        terms = [Term(term, float(times), term) for term, times in counted.items()]
        return Query((compose(terms, index.statistics(counted), most=MOST_BASELINE_TERMS),))

    return ask
