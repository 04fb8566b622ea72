"""Starts the loopback gateway as a process, works its switches, catches what it delivers."""

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

KEY = "sk_test_loopback"
SECRET = "whsec_loopback"


@dataclass(frozen=True)
class Delivery:
    body: bytes
    signature: str

    @property
    def event(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Catcher:
    """A webhook that keeps what arrives; `status` is what it answers."""

    server: str
    path: str = "/0/"
    status: int = 200
    caught: list[Delivery] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.server + self.path

    def start_over(self) -> None:
        """Forget what came, and take nothing more that is still on its way to the old address."""
        self.path = f"/{uuid.uuid4()}/"
        self.status = 200
        self.caught = []

    def kinds(self) -> list[str]:
        return [delivery.event["type"] for delivery in self.caught]

    def wait_for(self, kind: str, *, count: int = 1) -> Delivery:
        """Return the last of `count` deliveries of `kind`; fail after five seconds."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            found = [one for one in list(self.caught) if one.event["type"] == kind]
            if len(found) >= count:
                return found[-1]
            time.sleep(0.01)
        raise AssertionError(f"{count} × {kind} did not arrive, but {self.kinds()}")


@contextmanager
def catching() -> Iterator[Catcher]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == catcher.path:
                catcher.caught.append(Delivery(body, self.headers["Stripe-Signature"]))
            self.send_response(catcher.status)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    catcher = Catcher(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield catcher
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Loopback:
    url: str

    def switch(self, name: str, **wishes: Any) -> dict[str, Any]:
        answer = requests.post(
            f"{self.url}/control/{name}",
            json=wishes,
            headers={"Authorization": f"Bearer {KEY}"},
            timeout=10,
        )
        answer.raise_for_status()
        return answer.json()

    def list(self, what: str, **params: Any) -> list[dict[str, Any]]:
        answer = requests.get(
            f"{self.url}/v1/{what}", params={"limit": 100, **params}, auth=Bearer(), timeout=10
        )
        answer.raise_for_status()
        return answer.json()["data"]

    def get(self, what: str, account: str = "") -> dict[str, Any]:
        headers = {"Stripe-Account": account} if account else {}
        answer = requests.get(f"{self.url}/v1/{what}", auth=Bearer(), headers=headers, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def held(self, currency: str, account: str = "") -> int:
        """Return the units that the platform, or a connected account, holds."""
        available = self.get("balance", account)["available"]
        return sum(entry["amount"] for entry in available if entry["currency"] == currency)


class Bearer(requests.auth.AuthBase):
    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {KEY}"
        return request


@contextmanager
def running(database: Path) -> Iterator[Loopback]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.test",
        "STRIPE_API_KEY": KEY,
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "TEST_VAR_DIR": str(database.parent),
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "loopback_gateway", "--port=0", f"--database={database}"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        announced = process.stdout.readline().split()
        assert announced, "the loopback gateway did not start"
        yield Loopback(announced[-1])
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()
