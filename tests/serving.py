"""Runs the whole product as `make demo` does: database, sample data, web server, worker, gateway."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import requests

from tests.servers import free_port

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Site:
    """A running site: its address, and the folder of its state."""

    url: str
    var: Path
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """Run a management command against the site; return what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def mailed_link(self, recipient: str) -> str:
        """Return the first link of the newest mail to `recipient`, once it has been sent."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for path in sorted((self.var / "mail").glob("*.log"), reverse=True):
                message = message_from_bytes(path.read_bytes(), policy=default)
                body = message.get_body(("plain",))
                link = re.search(r"https?://\S+", body.get_content()) if body else None
                if message["To"] == recipient and link:
                    return link.group()
            time.sleep(0.2)
        raise AssertionError(f"no mail to {recipient}")


@contextmanager
def running_site(var: Path) -> Iterator[Site]:
    """Set up the demo in the empty folder `var` and serve it; yield it once it answers."""
    site = set_up(var)
    with serving(site, "manage.py", "serve"):
        yield site


def set_up(var: Path, **variables: str) -> Site:
    """Set up the demo in the empty folder `var`, with these `variables` of the environment."""
    port = free_port()
    environment = {
        **os.environ,
        "VAR_DIR": str(var),
        "PORT": str(port),
        "LOOPBACK_PORT": str(free_port()),
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
        **variables,
    }
    environment.pop("DATABASE_URL", None)
    site = Site(f"http://127.0.0.1:{port}", var, environment)
    site.manage("demo_setup")
    return site


def web(
    site: Site, module: str = "marketplace.wsgi"
) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """Serve `site` by the web server alone that `manage.py serve` starts; see `serving`."""
    address = site.url.removeprefix("http://")
    shape = ("-c", "python:marketplace.gunicorn")
    return serving(site, "-m", "gunicorn", *shape, module, "--bind", address)


@contextmanager
def serving(site: Site, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run Python with `arguments`, which serves `site`; yield the process once the site answers."""
    with (site.var / "serve.log").open("wb") as log:
        command = [sys.executable, *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=site.environment, stdout=log, stderr=log)
        try:
            _wait_for(site.url, process)
            yield process
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the site stopped"
        try:
            requests.get(url, timeout=30)
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.3)
        else:
            return
    raise AssertionError("the site does not answer")
