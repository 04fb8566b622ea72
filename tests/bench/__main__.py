"""`make bench`: the figures that the documentation quotes, measured side by side.

The judged sets are read where `BENCH_DATA` says; the machine's speed is in every figure of time, so
compare within one run.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import freshness, lighthouse, load, pages, places
from tests.bench.data import DATA
from tests.servers import elasticsearch
from tests.serving import ROOT, Site, serving, set_up, web

SETS = ("bdci2019", "sbir", "cranfield", "csl", "ipc-zh-en", "ipc-en-zh")
ENGLISH = ("sbir", "cranfield")
ENGINES = ("tantivy", "elasticsearch")
ALERTS = "from tests.bench import alerts; alerts.measure()"


def main() -> None:
    if folders := [DATA / name for name in SETS if (DATA / name).is_dir()]:
        with elasticsearch() as server:
            _measure_engines(folders, {"ELASTICSEARCH_URL": server.url})
    with tempfile.TemporaryDirectory() as var:
        site = set_up(Path(var))
        with web(site):
            _measure_pages(site)
        with serving(site, "manage.py", "serve"):
            _show("From a commit to the search page")
            freshness.measure(site)
        _show("What ten thousand watches cost when listings are published")
        print(site.manage("shell", "--verbosity=0", "-c", ALERTS))


def _measure_pages(site: Site) -> None:
    _show("Pages of the demo, as an anonymous reader gets them")
    pages.measure(site.url)
    _show("Lighthouse, median of five runs")
    lighthouse.measure(site)
    _show("Pages a second under load, beside a bare view that answers the same bytes")
    load.measure(site)
    _show("Where the time of a page goes")
    opened = [*places.public(site.url), places.own_need(site, "en")]
    asked = [part for place in opened for part in (place.name, place.path, place.cookie)]
    _run("-m", "tests.bench.shares", *asked, where=site.environment)


def _measure_engines(folders: list[Path], where: dict[str, str]) -> None:
    for folder in folders:
        for backend in ENGINES:
            _show(f"Ranking: {folder.name}, {backend}")
            _manage("search_evaluate", folder, "--backend", backend, where=where)
    if english := [folder for folder in folders if folder.name in ENGLISH]:
        _show("Ranking: without and with vectors of meaning")
        _run("-m", "tests.bench.embeddings", *english, where=where)
    _show("Ranking: how far both engines agree")
    _manage("search_agreement", *folders, where=where)
    _show("Doubles in the other language: how often a hint would be right")
    _run("-m", "tests.bench.twins", where=where)
    for backend in ENGINES:
        _show(f"Speed of matching: {folders[0].name}, {backend}")
        _manage("search_bench", folders[0], "--backend", backend, where=where)


def _show(title: str) -> None:
    print(f"\n{title}", flush=True)


def _manage(*arguments: object, where: dict[str, str]) -> None:
    _run("manage.py", *arguments, where=where)


def _run(*arguments: object, where: dict[str, str]) -> None:
    command = [sys.executable, *map(str, arguments)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **where}, check=True)


main()
