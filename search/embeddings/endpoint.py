"""The endpoint that turns texts into vectors: any that speaks OpenAI's `/v1/embeddings`.

Whatever it does, refuse, stall, answer too much or nonsense, ends in `Unanswered` within the
time-out.
"""

import json
import time
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import urllib3
from django.conf import settings
from numpy.typing import NDArray

CONNECTING = 3.0
"""Seconds to wait for a connection."""
MOST_BYTES = 32_000_000
"""An answer may be so long: a batch of 64 vectors of 4,096 dimensions, written out, is 6 MB."""
MOST_DIMENSIONS = 4_096
REFUSALS = frozenset({400, 413, 422})

Vector = NDArray[np.float64]


class Unanswered(Exception):
    """The endpoint does not answer, or answers what are no vectors; the message says how."""


class Refused(Unanswered):
    """The endpoint will not take one of the texts, however often it is asked."""


def is_on() -> bool:
    """Whether the settings name an endpoint."""
    return bool(settings.EMBEDDINGS_URL)


def embed(texts: Sequence[str]) -> list[Vector]:
    """Return a vector of length 1 for each of `texts`, all of as many dimensions. Raises
    `Unanswered`.
    """
    asked = {"model": settings.EMBEDDINGS_MODEL, "input": list(texts), "encoding_format": "float"}
    try:
        rows = _rows(json.loads(_post(json.dumps(asked).encode())), len(texts))
        matrix = np.array(rows, dtype=np.float64)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise Unanswered(f"the endpoint answers no vectors: {error!r}") from error
    if matrix.ndim != 2 or not 0 < matrix.shape[1] <= MOST_DIMENSIONS:
        raise Unanswered(f"the endpoint answers vectors of the shape {matrix.shape}")
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.linalg.norm(matrix, axis=1)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise Unanswered("the endpoint answers vectors without a direction")
    return list(matrix / lengths[:, None])


def _rows(answer: Any, number: int) -> list[Any]:
    """Return the vectors in the order of the texts, whatever order they came in."""
    data = answer["data"]
    by_index = {item["index"]: item["embedding"] for item in data}
    if len(data) != number or by_index.keys() != set(range(number)):
        raise ValueError(f"{len(data)} vectors for {number} texts")
    rows = [by_index[index] for index in range(number)]
    if not all(isinstance(value, int | float) for row in rows for value in row):
        raise TypeError("no numbers")
    return rows


def _post(body: bytes) -> bytes:
    until = time.monotonic() + settings.EMBEDDINGS_TIMEOUT
    headers = {"Content-Type": "application/json"}
    if settings.EMBEDDINGS_API_KEY:
        headers["Authorization"] = f"Bearer {settings.EMBEDDINGS_API_KEY}"
    try:
        response = _pool().request(
            "POST",
            settings.EMBEDDINGS_URL,
            body=body,
            headers=headers,
            timeout=urllib3.Timeout(connect=CONNECTING, read=settings.EMBEDDINGS_TIMEOUT),
            retries=False,
            redirect=False,
            preload_content=False,
        )
        try:
            return _read(response, until)
        finally:
            response.release_conn()
    except urllib3.exceptions.HTTPError as error:
        raise Unanswered(f"the endpoint does not answer: {type(error).__name__}") from error


def _read(response: urllib3.BaseHTTPResponse, until: float) -> bytes:
    if response.status != 200:
        response.close()
        kind = Refused if response.status in REFUSALS else Unanswered
        raise kind(f"the endpoint answers {response.status}")
    read = bytearray()
    while part := response.read1(65_536):
        read += part
        if len(read) > MOST_BYTES or time.monotonic() > until:
            response.close()
            raise Unanswered(f"the endpoint takes too long, or answers too much: {len(read)} bytes")
    return bytes(read)


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager()
