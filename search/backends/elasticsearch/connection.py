"""The connection to the server: how long it is waited for, and what counts as its absence."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from elastic_transport import HttpHeaders, TransportError, Urllib3HttpNode
from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError
from urllib3 import Timeout

from search.backends.base import NoIndex, Unavailable

CONNECTING = 1.0
"""Seconds to wait for a connection."""
CHANGE_TIMEOUT = 60.0
"""Seconds that one request of a bulk, or a change of indices, may take."""
REFUSALS = frozenset({401, 403, 408, 429})
MOVING = 503
"""What the server answers while the part of an index that it asks is moved or dropped."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server is: one or several of its `urls`; a search takes up to `timeout` seconds."""

    urls: tuple[str, ...]
    api_key: str = ""
    ca: str = ""
    timeout: float = 5.0


class ImpatientNode(Urllib3HttpNode):
    """A node that is waited for less long while it does not even take a connection."""

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: Any = None,
    ) -> Any:
        waiting: Any = Timeout(connect=CONNECTING, read=request_timeout)
        return super().perform_request(method, target, body, headers, request_timeout=waiting)


@cache
def client(server: Server) -> Elasticsearch:
    """Return the client of `server`, which threads share. It repeats what a lost connection broke, or a
    rebuild.
    """
    secrets = {"api_key": server.api_key or None, "ca_certs": server.ca or None}
    return Elasticsearch(
        list(server.urls),
        node_class=ImpatientNode,
        request_timeout=server.timeout,
        max_retries=max(len(server.urls) - 1, 1),
        retry_on_status=(MOVING,),
        **{name: value for name, value in secrets.items() if value},  # type: ignore[arg-type]
    )


@contextlib.contextmanager
def reaching() -> Iterator[None]:
    """Raise `Unavailable` where the server does not answer or refuses to, `NoIndex` without an index.

    What else it answers, a request that it does not understand, is a mistake of ours and stays.
    """
    try:
        yield
    except (TransportError, UnsupportedProductError) as error:
        raise Unavailable(f"the search server does not answer: {error}") from error
    except ApiError as error:
        if error.status_code == 404:
            raise NoIndex(str(error)) from error
        if error.status_code in REFUSALS or error.status_code >= 500:
            raise Unavailable(f"the search server refuses: {error}") from error
        raise
