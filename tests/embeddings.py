"""A small endpoint in the form of OpenAI's `/v1/embeddings`, with fault switches, on loopback.

A text becomes the counts of its words, each hashed to one of `DIMENSIONS`, so texts with words in
common are close and the same text always gives the same vector.
"""

import json
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DIMENSIONS = 256


def vector_of(text: str) -> list[float]:
    """Return the counts of the hashed words and Chinese characters of `text`; never all 0."""
    counts = [0.0] * DIMENSIONS
    for word in text.lower().split() + [c for c in text if c > "\u2e80"]:
        counts[zlib.crc32(word.encode()) % DIMENSIONS] += 1
    return counts if any(counts) else [1.0] * DIMENSIONS


def answer_to(texts: list[str]) -> dict[str, Any]:
    """Return what the endpoint says about `texts`, the last one first: its index tells which."""
    data = [
        {"object": "embedding", "index": n, "embedding": vector_of(text)}
        for n, text in enumerate(texts)
    ]
    return {"object": "list", "data": data[::-1], "model": "hashed", "usage": {"total_tokens": 1}}


@dataclass
class Endpoint:
    """`asked` holds the requests; `fault` is what goes wrong, see `_Handler._misbehave`."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    fault: Any = None

    @property
    def texts(self) -> list[str]:
        return [text for request in self.asked for text in request["input"]]


class _Handler(BaseHTTPRequestHandler):
    endpoint: Endpoint

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.endpoint.asked.append(request)
        self.endpoint.keys.append(self.headers["Authorization"])
        fault = self.endpoint.fault
        if isinstance(fault, str) and any(fault in text for text in request["input"]):
            self._send(400, b'{"error": "too long"}')
        elif isinstance(fault, int):
            self._send(fault, b'{"error": "no"}')
        elif callable(fault):
            self._misbehave(fault(answer_to(request["input"])))
        else:
            self._send(200, json.dumps(answer_to(request["input"])).encode())

    def _misbehave(self, answer: Any) -> None:
        """Send bytes as they are, an iterator of bytes piece by piece, all else as JSON."""
        if isinstance(answer, Iterator):
            self.send_response(200)
            self.end_headers()
            for piece in answer:
                self.wfile.write(piece)
        else:
            self._send(200, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing of each request."""

    def handle(self) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):  # the client had enough
            super().handle()


def slowly(answer: Any) -> Iterator[bytes]:
    """Give `answer` a byte at a time, for ever almost."""
    for byte in json.dumps(answer).encode():
        time.sleep(0.05)
        yield bytes([byte])


def endlessly(_answer: Any) -> Iterator[bytes]:
    """Give much more than any answer."""
    for _number in range(2_000):
        yield b"[" + b"0," * 30_000


@contextmanager
def running() -> Iterator[Endpoint]:
    """Serve on a free port until the block ends."""
    endpoint = Endpoint()
    handler = type("Handler", (_Handler,), {"endpoint": endpoint})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        endpoint.url = f"http://127.0.0.1:{server.server_port}/v1/embeddings"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield endpoint
        finally:
            server.shutdown()
            thread.join()
