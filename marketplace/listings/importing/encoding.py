"""In which encoding a text file is written: UTF-8 or GB18030, decided over the whole file.

A UTF-8 file with a broken byte is refused rather than read as GB18030, which would accept it and
store nonsense.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from marketplace.listings.importing.faults import ImportRefusedError

_CHUNK = 1 << 20


def detect_encoding(path: Path) -> str:
    """Return the codec name. Raises `ImportRefusedError` for any other or a damaged encoding."""
    right = wrong = 0
    for text in _decoded(path, "utf-8-sig", "replace"):
        replaced = text.count("\N{REPLACEMENT CHARACTER}")
        wrong += replaced
        right += len(text) - len(text.encode("ascii", "ignore")) - replaced
    if not wrong:
        return "utf-8-sig"
    if wrong < right:
        raise ImportRefusedError(
            _("The file is damaged: %(count)d places in it are not valid UTF-8.") % {"count": wrong}
        )
    try:
        for _text in _decoded(path, "gb18030", "strict"):
            pass
    except UnicodeDecodeError:
        raise ImportRefusedError(
            _("The file is neither UTF-8 nor GB18030 text. Save it as “CSV UTF-8”.")
        ) from None
    return "gb18030"


def _decoded(path: Path, encoding: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)
