"""Queries and filters as Elasticsearch understands them. Pure.

The text alone scores: a document scores as the better of the readings, everything else filters.
"""

from collections.abc import Collection, Iterator, Sequence

from elasticsearch_dsl.aggs import Filter
from elasticsearch_dsl.aggs import Filters as Buckets
from elasticsearch_dsl.query import Bool, DisMax, Ids, MatchAll, MatchNone, Range, Term, Terms
from elasticsearch_dsl.query import Query as Clause

from search.backends.base import MOST_VALUES, Filters
from search.facets import counted
from search.query import Query, Reading


def compiled(query: Query | None, filters: Filters) -> Clause:
    """Return the clause for what answers `query`, or for everything, among what `filters` leave."""
    text = MatchAll() if query is None else _text(query)
    return Bool(must=[text], filter=list(_filtering(filters)))


def passing(filters: Filters) -> Clause:
    """Return the clause for all that `filters` leave."""
    return Bool(filter=list(_filtering(filters)))


def one_pair(query: Query, key: str) -> Clause:
    """Return the clause for the one document under `key`, scored by `query`: 0 where it is no hit."""
    return Bool(filter=[Ids(values=[key])], should=[_text(query)])


def tallying(facet: str, filters: Filters) -> Filter:
    """Return the aggregation of `facet` as if it were not set, its `values` counted."""
    rest = Filter(filter=passing(filters.without(facet)))
    values = counted(facet, filters.facets.get(facet, ()))
    only = {} if values is None else {"include": values}
    rest.bucket("values", "terms", field=facet, size=MOST_VALUES, **only)
    return rest


def holding(groups: Sequence[Collection[str]]) -> Buckets:
    """Return the aggregation that counts the documents with all terms of each of `groups`, under its
    place among them.
    """
    clauses = [Bool(filter=[Term(terms=term) for term in sorted(group)]) for group in groups]
    return Buckets(filters={str(place): clause for place, clause in enumerate(clauses)})


def _filtering(filters: Filters) -> Iterator[Clause]:
    for name, values in filters.facets.items():
        yield Terms(**{name: list(values)})
    if filters.trl_min is not None:
        yield Range(trl_level={"gte": filters.trl_min})
    if filters.keys is not None:
        yield Ids(values=list(filters.keys))


def _text(query: Query) -> Clause:
    if not query:
        return MatchNone()
    return DisMax(queries=[_reading(reading) for reading in query.readings if reading.terms])


def _reading(reading: Reading) -> Clause:
    scoring = [Term(terms={"value": term.text, "boost": term.weight}) for term in reading.terms]
    groups = [Terms(terms=sorted(group)) for group in reading.required]
    if not reading.minimum:
        return Bool(should=scoring, minimum_should_match=1)
    required = Bool(should=groups, minimum_should_match=reading.minimum)
    return Bool(should=scoring, minimum_should_match=1, filter=[required])
