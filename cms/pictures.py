"""How pictures of the pages are stored.

Invariant: the address of a picture tells nothing of it and is not guessed, since whoever has it is
served. Wagtail would name each size after the file that was uploaded.
"""

from pathlib import PurePosixPath
from secrets import token_hex
from typing import Any

from django.core.files.storage import DefaultStorage, default_storage


class SizesStorage(DefaultStorage):
    """The default storage, with random names."""

    def save(self, name: str, content: Any, max_length: int | None = None) -> str:
        path = PurePosixPath(name)
        return default_storage.save(
            str(path.with_name(token_hex(16) + path.suffix)), content, max_length
        )
