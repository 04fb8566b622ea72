"""Files that the engine computes for itself below `SEARCH_INDEX_DIR`, as versioned JSON.

A file is replaced as a whole or not at all, so a reader never sees half of one; one of another
version is as good as none and gets computed anew.
"""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings


def path_of(name: str) -> Path:
    """Return where the artefact `name` lies or would lie."""
    return Path(settings.SEARCH_INDEX_DIR) / f"{name}.json"


def state_of(name: str) -> tuple[str, int]:
    """Return what changes whenever another file takes the place of the artefact `name`."""
    path = path_of(name)
    try:
        return str(path), path.stat().st_mtime_ns
    except FileNotFoundError:
        return str(path), 0


def save(name: str, *, version: str, content: Any) -> None:
    """Put `content` (JSON) in the place of the artefact `name`, at once for all readers."""
    replace(path_of(name), json.dumps({"version": version, "content": content}, ensure_ascii=False))


def load(name: str, *, version: str) -> Any | None:
    """Return the content of the artefact `name`; None when it is absent, broken or of another
    version.
    """
    try:
        stored = json.loads(path_of(name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(stored, dict) or stored.get("version") != version:
        return None
    return stored.get("content")


def replace(path: Path, text: str) -> None:
    """Write `text` to `path` atomically, also through a crash of the machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)
