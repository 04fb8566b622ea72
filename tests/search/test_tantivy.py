"""What only the embedded engine has: its folders, its lock, its death in the middle."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from search.backends.base import Busy, Filters
from search.backends.generations import Generations
from search.backends.tantivy import TantivyBackend
from search.documents import Document


def keys(backend: TantivyBackend) -> set[str]:
    return {hit.key for hit in backend.retrieve(None, filters=Filters(), limit=100).hits}


def test_a_second_writer_is_busy(tmp_path: Path) -> None:
    first, second = TantivyBackend(tmp_path), TantivyBackend(tmp_path, patience=0.1)

    def read() -> list[Document]:
        with pytest.raises(Busy):
            second.write(["b"], lambda: [Document("b", ["x"])])
        return [Document("a", ["x"])]

    first.write(["a"], read)
    assert keys(second) == {"a"}


def test_writers_wait_for_each_other(tmp_path: Path) -> None:
    def write(key: str) -> None:
        TantivyBackend(tmp_path).write([key], lambda: [Document(key, ["x"])])

    write("first")
    threads = [threading.Thread(target=write, args=[f"{n}"]) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keys(TantivyBackend(tmp_path)) == {"first", *map(str, range(6))}


def test_a_write_to_an_index_that_was_replaced_meanwhile_is_not_lost(tmp_path: Path) -> None:
    backend = TantivyBackend(tmp_path)

    def read() -> list[Document]:
        TantivyBackend(tmp_path).rebuild([Document("rebuilt", ["x"])])
        return [Document("a", ["x"])]

    with pytest.raises(Busy):
        backend.write(["a"], read)
    assert keys(backend) == {"rebuilt"}


WRITER = """
import sys, django
django.setup()
from pathlib import Path
from search.backends.tantivy import TantivyBackend
from search.documents import Document

def read():
    for n in range(2_000):
        yield Document(f"new {n}", ["x"] * 50)
    print("writing", flush=True)
    sys.stdin.read()

backend = TantivyBackend(Path(sys.argv[1]))
if sys.argv[2] == "write":
    backend.write(["a"], read)
else:
    backend.rebuild(read())
"""


@pytest.mark.parametrize("work", ["write", "rebuild"])
def test_a_killed_writer_leaves_a_whole_index_and_no_lock(tmp_path: Path, work: str) -> None:
    backend = TantivyBackend(tmp_path)
    backend.write(["a"], lambda: [Document("a", ["x"])])
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), work],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.test",
            "TEST_VAR_DIR": str(tmp_path / "var"),
            "VAR_DIR": str(tmp_path / "var"),
        },
        text=True,
    ) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == "writing\n"
        writer.kill()
    assert keys(backend) == {"a"}
    backend.write(["b"], lambda: [Document("b", ["x"])])
    assert keys(backend) == {"a", "b"}
    backend.rebuild([Document("c", ["x"])])
    assert keys(backend) == {"c"}


def build(generations: Generations) -> Path:
    with generations.next():
        pass
    current = generations.current()
    assert current
    return current


def test_a_generation_in_the_making_survives_other_rebuilds(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    first = build(generations)
    with generations.next() as slow:
        others = [build(generations) for _ in range(2)]
        assert slow.exists()
    current = generations.current()
    assert current
    assert current not in (first, *others)
    assert [path.exists() for path in (first, *others, current)] == [False, False, True, True]


def test_old_generations_are_removed_but_the_one_before_stays(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    made = [build(generations) for _ in range(4)]
    assert [folder.exists() for folder in made] == [False, False, True, True]


def test_what_a_dead_builder_left_is_removed_some_day(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    building = generations.next()
    left = building.__enter__()
    build(generations)
    assert left.exists()
    os.utime(left, (0, 0))
    build(generations)
    assert not left.exists()
