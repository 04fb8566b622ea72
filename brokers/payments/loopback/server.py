"""The HTTP side: binds 127.0.0.1 only, one thread for each connection, JSON or a page for an answer."""

import json
import logging
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from brokers.payments.loopback import pages
from brokers.payments.loopback.api import Api, Dropped, Request
from brokers.payments.loopback.control import Switchboard
from brokers.payments.loopback.errors import ApiError
from brokers.payments.loopback.store import Store
from brokers.payments.loopback.webhooks import Rules, Sender

logger = logging.getLogger(__name__)

HOST = "127.0.0.1"
LARGEST_BODY = 1_000_000


class LoopbackServer(ThreadingHTTPServer):
    """The gateway as a whole. Port 0 takes a free one; `server_port` tells which."""

    daemon_threads = True

    def __init__(
        self, *, port: int, database: Path | str, api_key: str, secret: str, webhook_url: str
    ) -> None:
        super().__init__((HOST, port), _Handler)
        self.base_url = f"http://{HOST}:{self.server_port}"
        self.store = Store(database)
        self.api = Api(self.store, api_key, self.base_url)
        self.sender = Sender(self.store, secret, Rules(url=webhook_url))
        self.switchboard = Switchboard(self.store, self.sender)
        self.sender.start()

    def close(self) -> None:
        """Listen no more, stop the deliveries and close the file."""
        self.server_close()
        self.sender.stop()
        self.store.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    wbufsize = -1
    server: LoopbackServer

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        logger.debug(format, *args)

    def _serve(self) -> None:
        try:
            self._answer(self._request())
        except Dropped:
            self.close_connection = True
        except ApiError as error:
            self._send(error.status, json.dumps(error.body()))
        except Exception:
            logger.exception("%s %s failed", self.command, self.path)
            self._send(500, json.dumps(ApiError(500, "Unexpected.", kind="api_error").body()))
        finally:
            self.server.sender.wake()

    def _request(self) -> Request:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self.close_connection = True
            raise ApiError(413, "The request is too large.")
        body = self.rfile.read(int(length)).decode("utf-8", errors="replace")
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, self.path, headers, body)

    def _answer(self, request: Request) -> None:
        path = urlsplit(request.target).path
        if path.startswith("/v1/"):
            answer = self.server.api.answer(request)
            self._send(answer.status, answer.body, **answer.headers)
        elif path.startswith("/control/") and request.method == "POST":
            self.server.api.authenticate(request)
            switch = path.removeprefix("/control/")
            done = self.server.switchboard.operate(switch, request.body)
            self._send(200, json.dumps(done))
        else:
            self._show(pages.visit(self.server.store, request.method, path))

    def _show(self, page: pages.Page) -> None:
        if page.location:
            self._send(303, "", Location=page.location)
        else:
            self._send(200, page.html, content_type="text/html; charset=utf-8")

    def _send(
        self, status: int, text: str, *, content_type: str = "application/json", **headers: str
    ) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": content_type, **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
