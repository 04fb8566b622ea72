"""Documents in an index of either engine, and questions to it."""

from pathlib import Path
from typing import Any

from django.conf import LazySettings

from search import backends, tokens
from search.backends.base import Backend, Filters
from search.backends.elasticsearch.backend import ElasticsearchBackend
from search.backends.elasticsearch.connection import Server, client
from search.backends.tantivy import TantivyBackend
from search.documents import Document
from search.query import Query, Reading, Term, compose

ALL = Filters()


def another(settings: LazySettings, engine: str) -> Backend:
    """Return the same index as another process opens it."""
    if engine == backends.EMBEDDED:
        return TantivyBackend(Path(settings.SEARCH_INDEX_DIR))
    server = Server(tuple(settings.ELASTICSEARCH_URL), timeout=4)
    return ElasticsearchBackend(client(server), settings.ELASTICSEARCH_INDEX)


def document(key: str, text: str, **fields: Any) -> Document:
    return Document(key, tokens.terms(text), fingerprint=f"print of {key}", **fields)


def put(backend: Backend, *documents: Document) -> None:
    backend.write([d.key for d in documents], lambda: documents)


def query(backend: Backend, text: str, **reading: Any) -> Query:
    wanted = dict.fromkeys(tokens.terms(text), 1.0)
    composed = compose((Term(t, w, t) for t, w in wanted.items()), backend.statistics(wanted))
    return Query((Reading(composed.terms, **reading),))


def keys(backend: Backend, asked: Query | None, filters: Filters = ALL, **page: int) -> list[str]:
    found = backend.retrieve(asked, filters=filters, **{"limit": 10, **page})
    return [hit.key for hit in found.hits]
