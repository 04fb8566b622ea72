"""Starts real servers for the tests, on loopback and free ports, and stops them again.

`python -m tests.servers postgres -- COMMAND…` runs COMMAND with DATABASE_URL naming a new cluster,
`python -m tests.servers elasticsearch -- COMMAND…` with ELASTICSEARCH_URL naming a new server.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.elasticsearch import node


def free_port() -> int:
    """Return a loopback port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def postgres() -> Iterator[str]:
    """Run a private PostgreSQL cluster; yield its DATABASE_URL."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if not versions:
        raise RuntimeError("PostgreSQL is not installed: run .ci/install")
    binaries = versions[-1]
    folder = Path(tempfile.mkdtemp(prefix="marketplace-postgres-"))
    data, port = folder / "data", free_port()
    owner = _unprivileged(folder)
    try:
        _run(
            owner, binaries / "initdb", "-D", data, "-U", "marketplace", "-A", "trust", "-E", "UTF8"
        )
        flags = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
        _run(
            owner, binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", flags, "start"
        )
        try:
            yield f"postgres://marketplace@127.0.0.1:{port}/postgres"
        finally:
            _run(owner, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> str | None:
    """Return the account that must run the server, which PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    account = pwd.getpwnam("postgres")
    os.chown(folder, account.pw_uid, account.pw_gid)
    return account.pw_name


def _run(owner: str | None, *command: object) -> None:
    subprocess.run(
        [str(part) for part in command],
        check=True,
        user=owner,
        stdout=subprocess.DEVNULL,
        cwd="/",
    )


@contextmanager
def elasticsearch(*, quick: bool = False) -> Iterator[node.Node]:
    """Run a private Elasticsearch with nothing in it; see `node.running`."""
    with node.running(free_port(), quick=quick) as server:
        yield server


@contextmanager
def _environment(name: str) -> Iterator[dict[str, str]]:
    """Run the server called `name`; yield the variables that tell a command where it is."""
    if name == "postgres":
        with postgres() as url:
            yield {"DATABASE_URL": url}
    else:
        with elasticsearch() as server:
            yield {"ELASTICSEARCH_URL": server.url}


def main() -> int:
    match sys.argv[1:]:
        case ["postgres" | "elasticsearch" as name, "--", *command] if command:
            with _environment(name) as variables:
                return _carry_out(command, variables)
    raise SystemExit(__doc__)


def _carry_out(command: list[str], variables: dict[str, str]) -> int:
    """Run `command` to its end, which a terminal's interrupt reaches without our help."""
    with subprocess.Popen(command, env={**os.environ, **variables}) as process:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        return process.wait()


if __name__ == "__main__":
    sys.exit(main())
