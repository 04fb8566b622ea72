"""The questions of published listings, each worked out beforehand and kept for every process.

A question counts while the text and the words that it was made of are those of today; else it is
made on the spot. What the index counts shifts its weights a little with every document: it is made
anew once the documents have become a tenth more or fewer. Questions hold public text only.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from marketplace.outbox import effects
from search import backends, eligibility, lexicon, questions
from search.documents import texts_of
from search.models import Question
from search.query import Query, Reading, Term
from search.questions import Lexicon
from search.shaping import Text

KIND = "search.ask"
BATCH = 50
"""Questions that are made together."""
MOST_AT_ONCE = 10_000
"""Listings that one sweep hands to the outbox."""
DRIFT = 0.1
"""The part of all documents that may come or go before a question is made anew."""
REMEMBERED = 500
"""Questions that a process need not read again, of some 40 kB each."""

Texts = Sequence[Text]


def of(key: str, texts: Texts, known: Lexicon) -> Query:
    """Return the question of the listing under `key` with these `texts`, see
    `questions.of_listing`.
    """
    return of_all({key: texts}, known)[key]


def of_all(listings: Mapping[str, Texts], known: Lexicon) -> dict[str, Query]:
    """Return the question of each of `listings`, by key; those that are not kept are made together.

    One query to the database, and none to the index where all are kept.
    """
    kept = Question.objects.filter(key__in=listings, words=known.state)
    found = {
        key: _read(readings)
        for key, digest, readings in kept.values_list("key", "digest", "readings")
        if digest == _digest(listings[key])
    }
    return found | _made({k: texts for k, texts in listings.items() if k not in found}, known)


def enqueue(keys: Collection[str]) -> None:
    """Have the questions under `keys` made once the current transaction commits."""
    effects.enqueue_many(KIND, [{"key": key} for key in keys])


def keep(keys: Collection[str]) -> None:
    """Make the questions of the published listings under `keys` and keep them; drop the others.

    Raises `Unavailable` of `backends.base`.
    """
    texts = {key: texts_of(listing) for key, listing in eligibility.by_key(keys).items()}
    Question.objects.filter(key__in=set(keys) - texts.keys()).delete()
    known = lexicon.current()
    documents = _documents()
    made = [
        Question(
            key=key,
            digest=_digest(texts[key]),
            words=known.state,
            documents=documents,
            readings=_written(query),
        )
        for key, query in _made(texts, known).items()
    ]
    Question.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["digest", "words", "documents", "readings"],
    )


def enqueue_outdated() -> int:
    """Have questions made that lack, or that other words or another index gave, unless some are on
    their way already; return how many. Raises `Unavailable` of `backends.base`.
    """
    if effects.is_under_way(KIND):
        return 0
    now = _documents()
    held = Question.objects.filter(
        words=lexicon.current().state,
        documents__range=(round(now / (1 + DRIFT)), round(now / (1 - DRIFT))),
    )
    lacking = eligibility.keys_without(set(held.values_list("key", flat=True)))
    keys = list(islice(lacking, MOST_AT_ONCE))
    enqueue(keys)
    return len(keys)


def _made(listings: Mapping[str, Texts], known: Lexicon) -> dict[str, Query]:
    if not listings:
        return {}
    count = backends.current().statistics
    made = questions.of_listings(listings.values(), lexicon=known, count=count)
    return dict(zip(listings, made, strict=True))


def _documents() -> int:
    return backends.current().statistics(()).documents


def _digest(texts: Texts) -> str:
    content = json.dumps([questions.VERSION, texts])
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


def _written(query: Query) -> str:
    return json.dumps([reading.terms for reading in query.readings], ensure_ascii=False)


@lru_cache(maxsize=REMEMBERED)
def _read(written: str) -> Query:
    readings = json.loads(written)
    return Query(tuple(Reading(tuple(Term(*term) for term in terms)) for terms in readings))
