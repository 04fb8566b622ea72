"""The shipping engine and two baselines on one judged set, each in a temporary index of the same
backend.

The engine's needs' table is fitted to the queries of the set, never to its judgements.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import rjieba

from search import demand, questions, tokens
from search.backends.base import Backend, Filters
from search.dictionary import cedict
from search.documents import Document, document_terms
from search.evaluation import measures
from search.evaluation.judged import JudgedSet
from search.query import Query, Term, compose
from search.questions import Lexicon
from search.shaping import ENGLISH_PARTICLES, Text
from search.translation import Translator

DEPTH = 50
MOST_BASELINE_TERMS = 1_000
_STOP = frozenset(ENGLISH_PARTICLES.split())
_CHUNK = re.compile(rf"[{tokens.HAN}]+|[^\W_{tokens.HAN}]+")

Tokenise = Callable[[str], list[str]]
DocumentTerms = Callable[[Sequence[Text]], list[str]]
Progress = Callable[[list[str]], Iterable[str]]
Opens = Callable[[Path], Backend]
Ask = Callable[[Backend, Text], Query]


RUNS = ("engine", "bm25_words", "bm25_pairs")


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
    judged: JudgedSet, backend: Opens, progress: Progress = iter
) -> dict[str, dict[str, float]]:
    """Return the measures of each of `RUNS`; `progress` wraps the queries that are asked."""
    lexicon = Lexicon(
        translator=Translator(cedict()),
        demand=demand.fit(f"{text.title}\n{text.body}" for text in judged.queries.values()),
    )

    def engine(index: Backend, text: Text) -> Query:
        return questions.of_listing([text], lexicon=lexicon, count=index.statistics)

    return {
        "engine": _run(judged, backend, document_terms, engine, progress),
        "bm25_words": _run(judged, backend, _plain(words), _keywords(words), progress),
        "bm25_pairs": _run(judged, backend, _plain(pairs), _keywords(pairs), progress),
    }


def _run(
    judged: JudgedSet, backend: Opens, terms: DocumentTerms, ask: Ask, progress: Progress
) -> dict[str, float]:
    with TemporaryDirectory(prefix="search-evaluate-") as folder:
        index = backend(Path(folder))
        index.rebuild(Document(key, terms([text])) for key, text in judged.documents.items())
        return measures.mean(
            [
                measures.of_ranking(
                    _ranking(index, ask(index, judged.queries[query])),
                    judged.gains[query],
                    relevant_from=judged.relevant_from,
                )
                for query in progress(judged.answerable())
            ]
        )


def _ranking(index: Backend, query: Query) -> list[str]:
    if not query:
        return []
    return [hit.key for hit in index.retrieve(query, filters=Filters(), limit=DEPTH).hits]


def _plain(tokenise: Tokenise) -> DocumentTerms:
    return lambda texts: [term for text in texts for term in tokenise(f"{text.title}\n{text.body}")]


def _keywords(tokenise: Tokenise) -> Ask:
    """Ask for every token of the query as often as it occurs there, without any shaping."""

    def ask(index: Backend, text: Text) -> Query:
        counted = Counter(_plain(tokenise)([text]))
        terms = [Term(term, float(times), term) for term, times in counted.items()]
        return Query((compose(terms, index.statistics(counted), most=MOST_BASELINE_TERMS),))

    return ask
