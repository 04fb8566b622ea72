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


@pytest.fixture
def engine(index_folder: Path) -> Backend:
    """The backend that the site uses, over this test's folder."""
    return backends.current()


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
