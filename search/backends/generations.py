"""Index folders that follow each other, and a pointer file that names the one in use.

A rebuild fills a new folder and then turns the pointer, so a reader sees the old index or the new
one, and a crash at any moment leaves a whole one behind. The folder before the current one stays,
for readers that are just opening it.
"""

import contextlib
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from search.artefacts import replace

POINTER = "current"
BUILDING = ".building"
LONGEST_BUILD = 24 * 3600
"""Seconds without a new file after which a folder in the making counts as abandoned."""


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
        token = secrets.token_hex(8)
        building = self.folder / f"{token}{BUILDING}"
        building.mkdir()
        try:
            yield building
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise
        previous = self.current()
        finished = building.rename(self.folder / f"{time.time_ns():020d}-{token}")
        replace(self._pointer, finished.name)
        self._clean_up(keep=previous)

    def _clean_up(self, *, keep: Path | None) -> None:
        """Remove the folders finished before `keep`, and those whose builder must be dead."""
        for path in filter(Path.is_dir, self.folder.iterdir()):
            if path.name.endswith(BUILDING):
                is_old = time.time() - path.stat().st_mtime > LONGEST_BUILD
            else:
                is_old = keep is not None and path.name < keep.name
            if is_old:
                shutil.rmtree(path, ignore_errors=True)
