"""Runs the loopback gateway as a process of its own while sample payments are made."""

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from django.conf import settings
from django.core.management.base import CommandError


@contextmanager
def running() -> Iterator[None]:
    """Make sure that the loopback gateway answers on its port; one that runs already is used."""
    if _answers():
        yield
        return
    process = subprocess.Popen(  # noqa: S603
        [
            *(sys.executable, "manage.py", "loopback_gateway"),
            *("--port", str(settings.LOOPBACK_PORT)),
            *("--database", str(settings.LOOPBACK_DATABASE)),
        ],
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(process)
        yield
    finally:
        process.terminate()
        process.wait()


def _answers() -> bool:
    """Whether the gateway answers. Raises `CommandError` where another program has its port."""
    port = settings.LOOPBACK_PORT
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    key = {"Authorization": f"Bearer {settings.STRIPE_API_KEY}"}
    try:
        connection.request("GET", "/v1/balance", headers=key)
        is_ours = connection.getresponse().status == HTTPStatus.OK
    except ConnectionRefusedError:
        return False
    except (OSError, http.client.HTTPException):
        is_ours = False
    finally:
        connection.close()
    if not is_ours:
        raise CommandError(f"Another program uses port {port}: choose one with LOOPBACK_PORT=")
    return True


def _wait(process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while not _answers():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the loopback gateway did not start")
        time.sleep(0.1)
