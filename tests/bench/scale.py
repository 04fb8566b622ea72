"""`make bench-scale`: how both engines grow, on listings recombined from real texts.

Every size is measured in a database and an index of its own; all times are 95th percentiles. It
takes the better part of an hour. `python -m tests.bench.scale ENGINE SIZE…` measures a part.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.bench import visits
from tests.servers import elasticsearch
from tests.serving import ROOT, Site, set_up

SIZES = {"tantivy": (20_000, 100_000, 200_000), "elasticsearch": (50_000, 100_000, 500_000)}


def main(engine: str = "", *sizes: str) -> None:
    for name in [engine] if engine else SIZES:
        _measure(name, [int(size) for size in sizes] or SIZES[name])


def _measure(engine: str, sizes: Sequence[int]) -> None:
    rows = []
    with tempfile.TemporaryDirectory() as var, _site(engine, Path(var)) as site:
        for size in sizes:
            _run(site, "crowd", str(size))
            rows.append({**json.loads(_run(site, "growth", engine)), **visits.measure(site)})
            print(engine, json.dumps(rows[-1]), flush=True)
    print(f"\n{engine}")
    for name in rows[0]:
        figures = [row[name] for row in rows]
        growth = figures[-1] / figures[0]
        print(
            f"{name:<24}" + "".join(f"{value:>12,.1f}" for value in figures) + f"  × {growth:.1f}"
        )
    _ratios(rows)


def _ratios(rows: Sequence[dict[str, float]]) -> None:
    """Print what indexing and asking cost beside the bare engine."""
    shares = [row["indexed a second"] / row["bare bulk a second"] for row in rows]
    print(f"{'indexing: ours / bare':<24}" + "".join(f"{share:>12.2f}" for share in shares))
    for name in ("search", "match"):
        above = [row[f"{name} page"] - row[f"{name}, bare"] for row in rows]
        print(f"{name + ' page − bare, ms':<24}" + "".join(f"{value:>12.1f}" for value in above))


@contextmanager
def _site(engine: str, var: Path) -> Iterator[Site]:
    if engine == "elasticsearch":
        with elasticsearch() as server:
            yield set_up(var, ELASTICSEARCH_URL=server.url)
    else:
        yield set_up(var)


def _run(site: Site, part: str, *arguments: str) -> str:
    command = [sys.executable, "-m", f"tests.bench.{part}", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=site.environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


if __name__ == "__main__":
    main(*sys.argv[1:])
