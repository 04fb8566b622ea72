"""A server before the real one, which sees each request first and may answer it itself."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

JSON = "application/vnd.elasticsearch+json;compatible-with=8"


class Request(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Answer = tuple[int, bytes]
Intercept = Callable[[Request], Answer | None]
"""Answers a request with a status and a body of JSON, or leaves it to the real server."""


@contextmanager
def relay(target: str, intercept: Intercept) -> Iterator[ThreadingHTTPServer]:
    """Run the relay to `target` on a loopback port of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, self.rfile.read(length))
            status, body = intercept(request) or _forward(target, request)
            self.send_response(status)
            self.send_header("content-type", JSON)
            self.send_header("x-elastic-product", "Elasticsearch")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any  # noqa: N815

        def log_message(self, *_arguments: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def _forward(target: str, request: Request) -> Answer:
    connection = HTTPConnection(urlsplit(target).netloc)
    headers = {name: v for name, v in request.headers.items() if name in ("content-type", "accept")}
    connection.request(request.method, request.path, request.body, headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body
