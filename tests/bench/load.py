"""How many pages a second the site serves, beside a bare Django view that answers the same bytes.

Both run under the same gunicorn, 2 processes of 4 threads, and are asked in turns by wrk on the same
machine: compare the two, not the figures.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.bench import places
from tests.bench.places import Place
from tests.servers import free_port
from tests.serving import Site, web

CONNECTIONS = (1, 8, 32)
SECONDS = 5
ROUNDS = 3
COMPRESSED = {"Accept-Encoding": "gzip"}
REPORT = Path(__file__).with_suffix(".lua")


def measure(site: Site) -> None:
    """Print requests a second and the 95th percentile of each page: the best of `ROUNDS` rounds."""
    if not shutil.which("wrk"):
        raise RuntimeError("the load comes from wrk: run .ci/install")
    heads = ("connections", "pages a s", "p95 ms", "bare a s", "p95 ms", "bare / page")
    print(f"{'page':<16}" + "".join(f"{head:>13}" for head in heads))
    for place in [*places.public(site.url), places.own_need(site, "en")]:
        with _bare(site, place) as bare:
            for connections in CONNECTIONS:
                rounds = [
                    (_ask(site.url, place, connections), _ask(bare, place, connections))
                    for _round in range(ROUNDS)
                ]
                (ours, late), (least, least_late) = (
                    max(each) for each in zip(*rounds, strict=True)
                )
                print(
                    f"{place.name:<16}{connections:>13}{ours:>13.1f}{late:>13.0f}"
                    f"{least:>13.0f}{least_late:>13.0f}{least / ours:>13.0f}",
                    flush=True,
                )


def _ask(url: str, place: Place, connections: int) -> tuple[float, float]:
    """Return answers a second and the 95th percentile in ms; none may fail."""
    headers = {**COMPRESSED, "Cookie": place.cookie}
    asked = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    how = ["-t1", f"-c{connections}", f"-d{SECONDS}s", "--timeout", "30s", "-s", str(REPORT)]
    done = subprocess.run(
        ["wrk", *how, *asked, url + place.path], capture_output=True, text=True, check=True
    )
    rate, late, failed = done.stdout.rsplit("result", 1)[1].split()
    assert failed == "0", done.stdout
    return float(rate), float(late)


@contextmanager
def _bare(site: Site, place: Place) -> Iterator[str]:
    """Serve what the page answers by a view of three lines; yield its address."""
    headers = {**COMPRESSED, "Cookie": place.cookie}
    with requests.get(site.url + place.path, headers=headers, stream=True, timeout=60) as page:
        page.raise_for_status()
        body = page.raw.read(decode_content=False)
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer"
        answer.write_bytes(body)
        url = f"http://127.0.0.1:{free_port()}"
        other = Site(url, Path(folder), {**os.environ, "ANSWER": str(answer)})
        with web(other, "tests.bench.bare_view"):
            yield url
