"""Every engine is tested on real parts: the embedded one, and a real Elasticsearch.

All tests on the server are of one group, so that a run on several cores starts one server.
"""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import translation

from marketplace.outbox import effects
from search import backends
from search.backends.base import Backend
from search.dictionary import Dictionary, build
from search.questions import Lexicon
from search.translation import Translator
from tests import servers
from tests.elasticsearch.node import Node

ON_SERVER = pytest.mark.xdist_group("elasticsearch")
ENGINES = [backends.EMBEDDED, pytest.param(backends.SERVER, marks=ON_SERVER)]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put whatever asks for the server into its group."""
    for item in items:
        if "elasticsearch" in getattr(item, "fixturenames", ()):
            item.add_marker(ON_SERVER)


@pytest.fixture(autouse=True)
def index_folder(settings: LazySettings, tmp_path: Path) -> Path:
    """An index folder of its own for each test."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    return settings.SEARCH_INDEX_DIR


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages and addresses in the language of the tests."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """A real Elasticsearch. It fails the tests when it does not start."""
    with servers.elasticsearch(quick=True) as server:
        yield server


@pytest.fixture
def elasticsearch(node: Node, settings: LazySettings) -> Iterator[Node]:
    """The site on Elasticsearch, with an index of its own for this test."""
    settings.ELASTICSEARCH_URL = [node.url]
    settings.ELASTICSEARCH_INDEX = f"test-{secrets.token_hex(6)}"
    server = backends.written()[backends.SERVER]
    server.rebuild([])
    yield node
    server.drop()  # type: ignore[attr-defined]


@pytest.fixture(params=ENGINES)
def each_engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The site on each engine in turn; what searches is this engine to the end."""
    if request.param == backends.SERVER:
        request.getfixturevalue("elasticsearch")
    yield request.param
    assert not backends.is_limited()


@pytest.fixture
def engine(request: pytest.FixtureRequest, index_folder: Path) -> Backend:
    """The engine that the site searches in this test."""
    if "each_engine" in request.fixturenames:
        request.getfixturevalue("each_engine")
    return backends.written()[backends.chosen()]


@pytest.fixture
def work() -> Any:
    """Let the worker do what is due; return how much that was."""
    return effects.process_due


@pytest.fixture(scope="session")
def small_dictionary() -> Dictionary:
    return build(
        [
            ("电池", ["batteri"]),
            ("蓄电池", ["accumul", "batteri"]),
            ("锂", ["lithium"]),
            ("锂电池", ["lithium batteri"]),
            ("换热器", ["heat exchang"]),
            ("回收", ["recycl", "recov"]),
        ]
    )


@pytest.fixture(scope="session")
def small_lexicon(small_dictionary: Dictionary) -> Lexicon:
    return Lexicon(Translator(small_dictionary))
