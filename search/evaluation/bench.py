"""How fast the engine is: on documents recombined from given texts, in a temporary index.

The times of a query are told apart: the engine alone with the ready query, and with everything that
makes the query.
"""

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from search import backends, demand, questions
from search.backends.base import Backend, Filters
from search.dictionary import cedict
from search.documents import Document, document_terms
from search.evaluation.judged import JudgedSet
from search.questions import Lexicon
from search.shaping import Text
from search.translation import Translator

QUERIES = 100
SEED = 20_261_122


def run(judged: JudgedSet, engine: str, *, documents: int) -> dict[str, float]:
    """Return what was measured of the engine of that name; the unit is in the name of each figure.

    Raises `Unavailable` of `backends.base`.
    """
    before = _resident()
    started = time.perf_counter()
    lexicon = Lexicon(Translator(cedict()), demand.fit(map("\n".join, judged.queries.values())))
    found = {
        "dictionary: seconds to load": time.perf_counter() - started,
        "dictionary and table of needs: MB": _resident() - before,
    }
    with backends.temporary(engine) as index:
        ready = list(_documents(judged, documents))
        started = time.perf_counter()
        index.rebuild(ready)
        found["engine alone: documents indexed a second"] = documents / (
            time.perf_counter() - started
        )
        found |= _queries(index, lexicon, judged)
    return found


def _queries(index: Backend, lexicon: Lexicon, judged: JudgedSet) -> dict[str, float]:
    asked = random.Random(SEED).choices(list(judged.queries.values()), k=QUERIES)  # noqa: S311
    whole, bare = [], []
    for text in asked:
        started = time.perf_counter()
        query = questions.of_listing([text], lexicon=lexicon, count=index.statistics)
        ready = time.perf_counter()
        if query:
            index.retrieve(query, filters=Filters(), limit=100)
        bare.append(time.perf_counter() - ready)
        whole.append(time.perf_counter() - started)
    return {
        "match, engine alone: ms, median": _percentile(bare, 50),
        "match, engine alone: ms, 95th percentile": _percentile(bare, 95),
        "match, with its query: ms, median": _percentile(whole, 50),
        "match, with its query: ms, 95th percentile": _percentile(whole, 95),
    }


def _documents(judged: JudgedSet, number: int) -> Iterator[Document]:
    """Yield documents, each of the title of one text and the halves of two others."""
    chosen = random.Random(SEED)  # noqa: S311
    texts = list(judged.documents.values())
    for n in range(number):
        titled, first, second = chosen.choices(texts, k=3)
        half = first.body[: len(first.body) // 2] + "\n" + second.body[len(second.body) // 2 :]
        yield Document(f"document:{n}", document_terms([Text(titled.title, half)]))


def _percentile(seconds: Sequence[float], percent: int) -> float:
    return 1000 * sorted(seconds)[(len(seconds) - 1) * percent // 100]


def _resident() -> float:
    """Return the memory that this process holds, in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the kernel does not tell the resident memory")
