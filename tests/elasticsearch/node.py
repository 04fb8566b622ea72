"""A real Elasticsearch of one node on loopback, that ends with the process that started it."""

import json
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.elasticsearch import jars

LAUNCHER = Path(__file__).parent / "Launcher.java"
PATIENCE = 120
"""Seconds in which the server must answer."""
MEMORY = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it
LEAST_ROOM = 1_000_000_000
"""Bytes."""


QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Options of a JVM that does not live long."""


class Node:
    """A server with its state in `folder`, its JVM with `options`; it may be killed and started
    again.
    """

    def __init__(self, folder: Path, port: int, *options: str) -> None:
        self._folder = folder
        self._port = port
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{port}"

    def start(self) -> None:
        """Start the server, where it does not run, and wait until it answers.

        Raises RuntimeError with what it printed.
        """
        if self._process:
            return
        installed = jars.folder()
        (self._folder / "tmp").mkdir(exist_ok=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    "java",
                    "-Xms512m",
                    "-Xmx512m",
                    *self._options,
                    f"-Djava.io.tmpdir={self._folder / 'tmp'}",
                    "--module-path",
                    str(installed / "lib"),
                    "--add-modules",
                    "ALL-MODULE-PATH",
                    str(LAUNCHER),
                    str(installed / "home"),
                    str(self._folder / "data"),
                    str(self._port),
                ],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait(time.monotonic() + PATIENCE)

    def kill(self) -> None:
        """End the server as `kill -9` does."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let the server take connections and answer none of them."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def _wait(self, until: float) -> None:
        while time.monotonic() < until:
            if self._process is None or self._process.poll() is not None:
                break
            if self._is_ready():
                return
            time.sleep(0.2)
        self.kill()
        log = (self._folder / "log").read_text(errors="replace")
        raise RuntimeError(f"Elasticsearch did not start:\n{log[-4_000:]}")

    def _is_ready(self) -> bool:
        health = f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=1s"
        try:
            with urllib.request.urlopen(health, timeout=5) as answer:  # noqa: S310  our own
                return json.load(answer)["status"] in ("yellow", "green")
        except (OSError, urllib.error.URLError):
            return False


@contextmanager
def running(port: int, *, quick: bool = False) -> Iterator[Node]:
    """Run a server with nothing in it on `port`; nothing of it is left afterwards.

    A `quick` one is for tests, not for measuring: it starts with half the work, and keeps its state
    in memory where the machine has a file system for that, so a new index takes a tenth of a second
    instead of half a one.
    """
    below = MEMORY if quick and _is_roomy(MEMORY) else None
    folder = Path(tempfile.mkdtemp(dir=below, prefix="marketplace-elasticsearch-"))
    node = Node(folder, port, *(QUICK if quick else ()))
    try:
        node.start()
        yield node
    finally:
        node.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _is_roomy(folder: Path) -> bool:
    return folder.is_dir() and shutil.disk_usage(folder).free > LEAST_ROOM
