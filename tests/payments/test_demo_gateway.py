"""The sample data finds its gateway, starts one, or says clearly that another program is in the way."""

import http.server
import threading
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError

from marketplace.demo import gateway
from tests.servers import free_port


def test_a_gateway_that_runs_is_used(loopback: Any, settings: Any) -> None:
    settings.LOOPBACK_PORT = urlsplit(loopback.url).port
    with gateway.running():
        pass
    with gateway.running():
        pass


def test_another_program_on_the_port_is_a_clear_error(settings: Any) -> None:
    other = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    threading.Thread(target=other.serve_forever).start()
    settings.LOOPBACK_PORT = other.server_port
    settings.STRIPE_API_KEY = "sk_test_x"
    try:
        with pytest.raises(CommandError, match=f"uses port {other.server_port}"):
            gateway.running().__enter__()
    finally:
        other.shutdown()
        other.server_close()


def test_one_is_started_and_stopped_again(settings: Any, tmp_path: Any, monkeypatch: Any) -> None:
    settings.LOOPBACK_PORT = free_port()
    settings.LOOPBACK_DATABASE = tmp_path / "gateway.sqlite3"
    settings.STRIPE_API_KEY = "sk_test_x"
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_x")
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_x")
    with gateway.running():
        assert gateway._answers()
    assert not gateway._answers()
