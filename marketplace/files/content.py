"""What a file is, judged by its bytes: the name must say the same, or the file is refused."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import filetype

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class FileType:
    """A type that is accepted under one extension."""

    content_type: str
    matches: Callable[[bytes], bool]


def _is(content_type: str) -> Callable[[bytes], bool]:
    return lambda content: filetype.guess_mime(content) == content_type


def _is_text(content: bytes) -> bool:
    if _CONTROL.search(content) or filetype.guess(content) is not None:
        return False
    return _decodes(content)


def _decodes(content: bytes) -> bool:
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _is_office(part: str) -> Callable[[bytes], bool]:
    """Match an Office document by its main part, whichever program wrote it; none with macros."""

    def matches(content: bytes) -> bool:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            return False
        macros = any(name.endswith("vbaProject.bin") for name in names)
        return {"[Content_Types].xml", part} <= names and not macros

    return matches


TYPES = {
    ".pdf": FileType("application/pdf", _is("application/pdf")),
    ".docx": FileType(f"{OFFICE}.wordprocessingml.document", _is_office("word/document.xml")),
    ".xlsx": FileType(f"{OFFICE}.spreadsheetml.sheet", _is_office("xl/workbook.xml")),
    ".pptx": FileType(f"{OFFICE}.presentationml.presentation", _is_office("ppt/presentation.xml")),
    ".png": FileType("image/png", _is("image/png")),
    ".jpg": FileType("image/jpeg", _is("image/jpeg")),
    ".jpeg": FileType("image/jpeg", _is("image/jpeg")),
    ".txt": FileType("text/plain", _is_text),
    ".csv": FileType("text/csv", _is_text),
}
