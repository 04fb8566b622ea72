"""Runs the loopback gateway as a process of its own while sample payments are made."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


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
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", settings.LOOPBACK_PORT)) == 0


def _wait(process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while not _answers():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the loopback gateway did not start")
        time.sleep(0.1)
