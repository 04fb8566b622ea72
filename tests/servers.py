"""Starts real servers for the tests, on loopback and free ports, and stops them again.

`python -m tests.servers postgres -- COMMAND…` runs COMMAND with DATABASE_URL naming a new cluster.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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


def main() -> int:
    name, separator, *command = sys.argv[1:]
    if name != "postgres" or separator != "--" or not command:
        raise SystemExit(__doc__)
    with postgres() as url:
        return subprocess.run(
            command, env={**os.environ, "DATABASE_URL": url}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
