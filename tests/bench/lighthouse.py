"""Lighthouse on the pages that readers open most: `python -m tests.bench.lighthouse`.

Of each page in each language it prints the median score of `RUNS` runs, on Lighthouse's own terms: a
mid-range phone on slow mobile data. The program comes from npm, once, into the cache of the tests.
"""

import json
import os
import shutil
import statistics
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from tests.bench import places
from tests.bench.places import Place
from tests.browser import FLAGS
from tests.downloads import cache
from tests.serving import Site, set_up, web

VERSION = "12.8.2"
"""The last one for the Node of Debian 12 and its successors: 13 asks for a newer one."""
RUNS = 5
ATTEMPTS = 3
"""On a busy machine Chromium's trace lacks its beginning now and then (NO_NAVSTART)."""
TARGETS = {"performance": 95, "accessibility": 100, "best-practices": 95, "seo": 100}
LANGUAGES = ("zh-hans", "en")
CHROMIUM = "/usr/bin/chromium"


def measure(site: Site) -> None:
    """Print the table; below it what cost points in most runs."""
    program, complaints = _program(), Counter[str]()
    print(f"{'page':<24}" + "".join(f"{name:>16}" for name in TARGETS))
    print(f"{'at least':<24}" + "".join(f"{target:>16}" for target in TARGETS.values()))
    for language in LANGUAGES:
        for place in [*places.public(site.url, language), places.own_need(site, language)]:
            reports = [_report(program, site.url, place) for _run in range(RUNS)]
            scores = [
                statistics.median(100 * report["categories"][name]["score"] for report in reports)
                for name in TARGETS
            ]
            row = f"{language} {place.name}"
            print(f"{row:<24}" + "".join(f"{score:>16.0f}" for score in scores), flush=True)
            complaints += Counter(f"{row}: {one}" for report in reports for one in _lost(report))
    for complaint, times in complaints.items():
        if times > RUNS // 2:
            print(complaint)


def _program() -> Path:
    folder = cache() / f"lighthouse-{VERSION}"
    program = folder / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        if not shutil.which("npm"):
            raise RuntimeError("Lighthouse needs npm: run .ci/install")
        npm = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder)]
        subprocess.run([*npm, f"lighthouse@{VERSION}"], check=True)
    return program


def _report(program: Path, url: str, place: Place) -> dict[str, Any]:
    headers = {"Cookie": place.cookie} if place.cookie else {}
    command = [
        str(program),
        url + place.path,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(TARGETS)}",
        f"--chrome-flags=--headless=new {' '.join(FLAGS)}",
        f"--extra-headers={json.dumps(headers)}",
    ]
    for _attempt in range(ATTEMPTS):
        with tempfile.TemporaryDirectory() as home:
            environment = {**os.environ, "CHROME_PATH": CHROMIUM, "HOME": home}
            done = subprocess.run(
                command, env=environment, capture_output=True, timeout=180, check=False
            )
        if done.returncode == 0:
            report: dict[str, Any] = json.loads(done.stdout)
            return report
    raise RuntimeError(done.stderr.decode())


def _lost(report: dict[str, Any]) -> list[str]:
    """Return the audits that keep a category below its target."""
    return [
        f"{name}: {audit['title']} ({audit.get('displayValue', '')})".replace(" ()", "")
        for name, target in TARGETS.items()
        if 100 * report["categories"][name]["score"] < target
        for part in report["categories"][name]["auditRefs"]
        if part["weight"]
        and ((audit := report["audits"][part["id"]])["score"] or 0) < 0.9
        and audit["scoreDisplayMode"] in ("binary", "numeric", "metricSavings")
    ]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as var:
        demo = set_up(Path(var))
        with web(demo):
            measure(demo)
