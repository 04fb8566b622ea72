"""Search engines behind one contract, see `base`. The setting `ELASTICSEARCH_URL` chooses.

The embedded index is always written. Where a server is named, it is written as well and searches
ask it; the embedded index answers while the server does not.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.conf import settings

from search.backends.base import Backend, Index, Unavailable
from search.backends.failover import Failover
from search.backends.tantivy import TantivyBackend

if TYPE_CHECKING:
    from search.backends.elasticsearch.backend import ElasticsearchBackend

EMBEDDED = "tantivy"
SERVER = "elasticsearch"
NAMES = (EMBEDDED, SERVER)


def chosen() -> str:
    """Return the name of the engine that searches ask."""
    return SERVER if settings.ELASTICSEARCH_URL else EMBEDDED


def current() -> Index:
    """Return the index that searches ask."""
    embedded = _embedded(Path(settings.SEARCH_INDEX_DIR))
    if chosen() == EMBEDDED:
        return embedded
    return _failover(_server(settings.ELASTICSEARCH_INDEX), embedded)


def embedded() -> Index:
    """Return the index that lies on this machine, for a process that writes it."""
    return _embedded(Path(settings.SEARCH_INDEX_DIR))


def is_limited() -> bool:
    """Whether the embedded index answers because the server does not."""
    index = current()
    return isinstance(index, Failover) and index.is_open


def written() -> Mapping[str, Backend]:
    """Return the engines that are kept up to date, by name."""
    engines: dict[str, Backend] = {EMBEDDED: _embedded(Path(settings.SEARCH_INDEX_DIR))}
    if chosen() == SERVER:
        engines[SERVER] = _server(settings.ELASTICSEARCH_INDEX)
    return engines


@contextmanager
def temporary(name: str) -> Iterator[Backend]:
    """Give an empty index of the engine called `name`, for measuring; it vanishes with the block.

    Raises `Unavailable` where no server is named.
    """
    if name == EMBEDDED:
        with TemporaryDirectory(prefix="search-") as folder:
            yield TantivyBackend(Path(folder))
        return
    if not settings.ELASTICSEARCH_URL:
        raise Unavailable("ELASTICSEARCH_URL is not set")
    backend = _server(f"{settings.ELASTICSEARCH_INDEX}-temporary-{secrets.token_hex(4)}")
    try:
        yield backend
    finally:
        backend.drop()


@cache
def _embedded(folder: Path) -> TantivyBackend:
    return TantivyBackend(folder)


def _server(alias: str) -> "ElasticsearchBackend":
    return _connected(
        alias,
        urls=tuple(settings.ELASTICSEARCH_URL),
        api_key=settings.ELASTICSEARCH_API_KEY,
        ca=settings.ELASTICSEARCH_CA,
        timeout=settings.ELASTICSEARCH_TIMEOUT,
    )


@cache
def _connected(alias: str, **server: Any) -> "ElasticsearchBackend":
    from search.backends.elasticsearch import backend, connection  # noqa: PLC0415  takes a second

    return backend.ElasticsearchBackend(connection.client(connection.Server(**server)), alias)


@cache
def _failover(server: "ElasticsearchBackend", embedded: TantivyBackend) -> Failover:
    return Failover(server, embedded)
