"""Index folders that follow each other, and a pointer file that names the one in use.

A rebuild fills a new folder and then turns the pointer, so a reader sees the old index or the new one, and
a crash at any moment leaves a whole one behind. The folder before the current one stays, for readers that
are just opening it.
"""

import contextlib
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from search.artefacts import replace

POINTER = "current"


class Generations:
    """The generations below one `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pointer = folder / POINTER

    def current(self) -> Path | None:
        """Return the folder in use, None before the first one is."""
        try:
            name = self._pointer.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        return self.folder / name

    @contextlib.contextmanager
    def next(self) -> Iterator[Path]:
        """Give an empty folder; it comes into use when the block ends well and is removed when not."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        path.mkdir()
        previous = self.current()
        try:
            yield path
            replace(self._pointer, path.name)
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
        self._remove_older(than=previous)

    def _remove_older(self, *, than: Path | None) -> None:
        """Remove the folders that were made before `than`; a newer one may be in the making."""
        if than is None:
            return
        for path in self.folder.iterdir():
            if path.is_dir() and path.name < than.name:
                shutil.rmtree(path, ignore_errors=True)
