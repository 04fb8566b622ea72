"""The jars of a real Elasticsearch, from Maven Central, fetched once into a cache outside the clone.

A folder of the cache is whole or absent: it is filled under another name first, and named after what
it was made from.
"""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.downloads import cache

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
DESCRIPTOR = HERE / "plugin-descriptor.properties"
LONGEST_DOWNLOAD = 600
"""Seconds."""


def folder() -> Path:
    """Return the folder with `lib/`, the jars of the server, and `home/`, its module for HTTP.

    Raises RuntimeError when they cannot be fetched.
    """
    recipe = hashlib.sha256(POM.read_bytes() + DESCRIPTOR.read_bytes()).hexdigest()[:12]
    whole = cache() / f"elasticsearch-{recipe}"
    if not whole.exists():
        _fill(whole)
    return whole


def _fill(whole: Path) -> None:
    if not shutil.which("mvn") or not shutil.which("java"):
        raise RuntimeError("Elasticsearch needs Maven and a JDK 17: run .ci/install")
    whole.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=whole.parent, prefix=f"{whole.name}-"))
    try:
        _download(part)
        (part / "home" / "config").mkdir()
        shutil.copy(DESCRIPTOR, part / "home" / "modules" / "transport-netty4")
        if not whole.exists():
            part.rename(whole)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _download(target: Path) -> None:
    maven = ["mvn", "-B", "-ntp", "-f", str(POM), f"-Dtarget={target}", "generate-resources"]
    done = subprocess.run(
        maven,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_DOWNLOAD,
    )
    if done.returncode:
        raise RuntimeError(f"Maven could not fetch Elasticsearch:\n{done.stdout[-4_000:]}")
