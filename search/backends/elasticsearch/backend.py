"""The contract of `search.backends.base` on Elasticsearch.

Writes to one document overtake each other in the network; each carries the time at which its state
was asked for, and the server keeps the latest. Writing is acknowledged when it is on the server's
disk, so a killed server loses nothing of it.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk
from elasticsearch_dsl import MultiSearch, Search
from elasticsearch_dsl.query import Query as Clause
from elasticsearch_dsl.response import Response

from search.backends.base import (
    DEEPEST,
    NO_FILTERS,
    Busy,
    Filters,
    Found,
    Hit,
    NoIndex,
    Tally,
    Unavailable,
    bounded,
    check_reach,
)
from search.backends.elasticsearch.connection import CHANGE_TIMEOUT, reaching
from search.backends.elasticsearch.document import stored
from search.backends.elasticsearch.generations import Generations
from search.backends.elasticsearch.queries import compiled, holding, one_pair, passing, tallying
from search.documents import Document
from search.facets import Sort
from search.query import Query, Statistics

CHUNK = 500
"""Documents in one request, as far as they fit into `CHUNK_BYTES`."""
CHUNK_BYTES = 8_000_000
RETRIES = 6
"""How often what a loaded server rejected is sent again, after 1, 2, 4, … seconds."""
SCAN = 5_000
_NO_TERM = "-"
"""Stands in no document: who asks for the statistics of nothing still learns how many there are."""
_OVERTAKEN = 409
_ABSENT = 404

Action = dict[str, Any]


class ElasticsearchBackend:
    """See `search.backends.base.Backend`; the index in use is the one that `alias` names."""

    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self._client = client
        self._writing = client.options(request_timeout=CHANGE_TIMEOUT)
        self._generations = Generations(client, alias)
        self._alias = alias

    def statistics(self, terms: Iterable[str]) -> Statistics:
        wanted = list(terms)
        with reaching():
            answer = self._client.termvectors(
                index=self._alias,
                doc={"terms": " ".join([*wanted, _NO_TERM])},
                fields=["terms"],
                term_statistics=True,
                positions=False,
                offsets=False,
                payloads=False,
                preference=self._alias,
            )
        counted = answer["term_vectors"].get("terms", {})
        known = counted.get("terms", {})
        frequencies = {term: known.get(term, {}).get("doc_freq", 0) for term in wanted}
        return Statistics(counted.get("field_statistics", {}).get("doc_count", 0), frequencies)

    def holding(self, groups: Sequence[Collection[str]]) -> list[int]:
        if not groups:
            return []
        search = self._search(compiled(None, NO_FILTERS))[:0]
        search.aggs.bucket("groups", holding(groups))
        with reaching():
            counted = search.execute().to_dict()["aggregations"]["groups"]["buckets"]
        return [counted[str(place)]["doc_count"] for place in range(len(groups))]

    def retrieve(
        self,
        query: Query | None,
        *,
        filters: Filters,
        limit: int,
        offset: int = 0,
        sort: Sort | None = None,
        facets: Collection[str] = (),
    ) -> Found:
        check_reach(offset=offset, limit=limit)
        search = self._among(query, filters, facets)[offset : offset + limit]
        search = search.extra(track_total_hits=DEEPEST)
        if sort or query is None:
            search = search.sort(f"-by_{sort or 'newest'}")
        with reaching():
            answer = search.execute()
        hits = [Hit(hit.meta.id, bounded(hit.meta.score or 0.0)) for hit in answer.hits]
        return Found(tuple(hits), answer.hits.total.value, _tallies(answer, facets))

    def scores(self, pairs: Sequence[tuple[Query, str]]) -> list[float | None]:
        if not pairs:
            return []
        together = MultiSearch(using=self._client, index=self._alias)
        for query, key in pairs:
            together = together.add(self._search(one_pair(query, key))[:1])
        with reaching():
            answers = [answer.hits for answer in together.execute()]
        return [bounded(hits[0].meta.score) if hits else None for hits in answers]

    def write(self, keys: Collection[str], read: Callable[[], Iterable[Document]]) -> None:
        with reaching():
            index = self._generations.current()
        if index is None:
            raise NoIndex(f"{self._alias} is not built yet")
        asked_at = time.time_ns()
        documents = list(read())
        gone = set(keys).difference(document.key for document in documents)
        actions = chain(map(_put, documents), map(_drop, gone))
        with reaching():
            self._send(actions, self._alias, asked_at, refresh=True)
            if self._generations.current() != index:
                raise Busy("the index was rebuilt meanwhile")

    def rebuild(self, documents: Iterable[Document]) -> None:
        asked_at = time.time_ns()
        with reaching(), self._generations.next() as building:
            self._send(map(_put, documents), building, asked_at)

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        every = Search(using=self._writing, index=self._alias).extra(
            size=SCAN, track_total_hits=False, docvalue_fields=["key", "fingerprint"]
        )
        with reaching():
            for hit in every.source(False).iterate():
                yield hit.key[0], hit.fingerprint[0]

    def drop(self) -> None:
        """Remove the index altogether."""
        with reaching():
            self._generations.drop()

    def _among(self, query: Query | None, filters: Filters, facets: Collection[str]) -> Search[Any]:
        """Return a search for `query` among what `filters` leave, which counts `facets` as if each were
        not set.
        """
        if not facets:
            return self._search(compiled(query, filters))
        search = self._search(compiled(query, NO_FILTERS)).post_filter(passing(filters))
        for name in facets:
            search.aggs.bucket(name, tallying(name, filters))
        return search

    def _search(self, clause: Clause) -> Search[Any]:
        """Return a search for `clause` that gives keys only, on the same copy of the index as others."""
        search = Search(using=self._client, index=self._alias).query(clause).source(False)
        return search.params(preference=self._alias)

    def _send(
        self, actions: Iterable[Action], target: str, asked_at: int, *, refresh: bool = False
    ) -> None:
        """Carry out `actions` on the index with the alias `target`, as fast as the server takes them.

        A state that was asked for later than `asked_at` stays.
        """
        dated = ({**a, "version": asked_at, "version_type": "external"} for a in actions)
        for is_done, answer in streaming_bulk(
            self._writing,
            dated,
            index=target,
            chunk_size=CHUNK,
            max_chunk_bytes=CHUNK_BYTES,
            max_retries=RETRIES,
            initial_backoff=1,
            raise_on_error=False,
            yield_ok=False,
            refresh=refresh,
            require_alias=True,
        ):
            if not is_done:
                _check(answer)


def _tallies(answer: Response[Any], facets: Collection[str]) -> dict[str, Tally]:
    found = answer.to_dict().get("aggregations", {})
    return {name: _tally(found[name]) for name in facets}


def _tally(bucket: dict[str, Any]) -> Tally:
    values = {one["key"]: one["doc_count"] for one in bucket["values"]["buckets"]}
    return Tally(bucket["doc_count"], values)


def _put(document: Document) -> Action:
    return {"_op_type": "index", "_id": document.key, "_source": stored(document)}


def _drop(key: str) -> Action:
    return {"_op_type": "delete", "_id": key}


def _check(answer: dict[str, Any]) -> None:
    """Raise for an action that failed; being overtaken, or dropping what is not there, is none."""
    [(name, about)] = answer.items()
    is_dropped = name == "delete" and about["status"] == _ABSENT and "error" not in about
    if about["status"] == _OVERTAKEN or is_dropped:
        return
    raise Unavailable(f"{name} of {about.get('_id')} was refused: {about.get('error')}")
