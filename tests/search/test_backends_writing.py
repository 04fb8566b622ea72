"""What is written to an index of either engine, and what its readers see meanwhile."""

import threading
from collections.abc import Iterable

import pytest
from django.conf import LazySettings

from search.backends.base import Backend
from search.documents import Document
from tests.search.indexed import ALL, another, document, keys, put, query


@pytest.fixture
def backend(each_engine: str, engine: Backend) -> Backend:
    return engine


def test_writing_replaces_and_drops_at_once(backend: Backend) -> None:
    put(backend, document("a", "电池"), document("b", "电池"), document("c", "电池"))
    backend.write(["a", "b", "new"], lambda: [document("a", "风机"), document("new", "风机")])
    assert set(keys(backend, query(backend, "风机"))) == {"a", "new"}
    assert set(keys(backend, query(backend, "电池"))) == {"c"}
    assert dict(backend.fingerprints()).keys() == {"a", "c", "new"}


def test_a_write_that_fails_changes_nothing(backend: Backend) -> None:
    put(backend, document("a", "电池"))

    def read() -> Iterable[Document]:
        yield document("a", "风机")
        raise RuntimeError("database gone")

    with pytest.raises(RuntimeError):
        backend.write(["a"], read)
    assert keys(backend, query(backend, "电池")) == ["a"]
    put(backend, document("a", "叶片"))
    assert keys(backend, query(backend, "叶片")) == ["a"]


def test_a_rebuild_replaces_everything(backend: Backend) -> None:
    put(backend, document("old", "电池"))
    backend.rebuild([document("new", "电池")])
    assert keys(backend, query(backend, "电池")) == ["new"]


def test_searches_during_a_rebuild_see_the_old_index(backend: Backend) -> None:
    put(backend, document("old", "电池"))
    asked = query(backend, "电池")
    seen: list[list[str]] = []

    def documents() -> Iterable[Document]:
        yield document("new", "电池")
        seen.append(keys(backend, asked))

    backend.rebuild(documents())
    assert seen == [["old"]]
    assert keys(backend, asked) == ["new"]


def test_a_rebuild_that_fails_leaves_the_old_index(backend: Backend) -> None:
    put(backend, document("old", "电池"))

    def documents() -> Iterable[Document]:
        yield document("new", "电池")
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError):
        backend.rebuild(documents())
    assert keys(backend, query(backend, "电池")) == ["old"]


def test_an_older_state_never_overwrites_a_newer_one(
    settings: LazySettings, each_engine: str, backend: Backend
) -> None:
    """Whoever asked the database later has the newer state, whichever arrives first."""
    put(backend, document("edited", "电池"), document("withdrawn", "电池"))
    other = another(settings, each_engine)
    newer = threading.Thread(
        target=lambda: other.write(["edited", "withdrawn"], lambda: [document("edited", "叶片")])
    )

    def read() -> Iterable[Document]:
        older = [document("edited", "风机"), document("withdrawn", "风机")]
        newer.start()
        newer.join(timeout=1)
        return older

    backend.write(["edited", "withdrawn"], read)
    newer.join()
    assert keys(backend, query(backend, "叶片")) == ["edited"]
    assert dict(backend.fingerprints()).keys() == {"edited"}


def test_searches_at_every_moment_of_rebuilds_are_full(
    settings: LazySettings, each_engine: str, backend: Backend
) -> None:
    documents = [document(str(n), "电池") for n in range(300)]
    backend.rebuild(documents)
    asked = query(backend, "电池")
    reader = another(settings, each_engine)
    is_done = threading.Event()
    totals: list[int] = []

    def search() -> None:
        while not is_done.is_set():
            totals.append(reader.retrieve(asked, filters=ALL, limit=1).total)

    searching = threading.Thread(target=search)
    searching.start()
    for _ in range(3):
        backend.rebuild(documents)
    is_done.set()
    searching.join()
    assert len(totals) > 3
    assert set(totals) == {300}


def test_another_reader_sees_writes_and_rebuilds(
    settings: LazySettings, each_engine: str, backend: Backend
) -> None:
    reader = another(settings, each_engine)
    put(backend, document("a", "电池"))
    assert keys(reader, query(reader, "电池")) == ["a"]
    put(backend, document("b", "电池"))
    assert set(keys(reader, query(reader, "电池"))) == {"a", "b"}
    backend.rebuild([document("c", "电池")])
    assert keys(reader, query(reader, "电池")) == ["c"]


def test_threads_may_search_while_another_writes(backend: Backend) -> None:
    put(backend, document("a", "电池"))
    asked = query(backend, "电池")
    errors: list[Exception] = []

    def search() -> None:
        try:
            for _ in range(50):
                assert keys(backend, asked)
        except Exception as error:
            errors.append(error)
            raise

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(10):
        put(backend, document(f"new {n}", "电池"))
    for thread in threads:
        thread.join()
    assert errors == []
