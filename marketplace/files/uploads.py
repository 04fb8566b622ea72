"""What may be uploaded, judged by content and never by name or by what the browser claims.

Pictures are re-encoded, which drops whatever else their bytes carried. Everything else is kept as it
is and only ever served as an attachment.
"""

import hashlib
import io
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import filetype
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from marketplace.files.models import StoredFile

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
TEXT_EXTENSIONS = {".txt": "text/plain", ".csv": "text/csv"}
BINARY_EXTENSIONS = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
ACCEPT = ",".join([*BINARY_EXTENSIONS, *TEXT_EXTENSIONS])


@dataclass(frozen=True)
class Upload:
    """A checked upload: a safe file name, the type by content, and the bytes to keep."""

    name: str
    content_type: str
    content: bytes


def check(file: File) -> Upload:  # type: ignore[type-arg]
    """Return what may be stored of `file`.

    Raises `ValidationError` for an empty or too large file, a type that is not accepted, a name whose
    extension contradicts the content, and a picture that cannot be read.
    """
    if not file.size:
        raise ValidationError(_("This file is empty."), code="empty")
    if file.size > MAX_BYTES:
        raise ValidationError(
            _("This file is larger than %(limit)s MB."),
            code="too_large",
            params={"limit": MAX_BYTES // 1024 // 1024},
        )
    name = safe_name(file.name or "")
    file.seek(0)
    content = file.read()
    content_type = _type_by_content(name, content)
    if content_type in _REENCODED:
        content = _reencode(content, _REENCODED[content_type])
    return Upload(name, content_type, content)


def store(upload: Upload, *, uploaded_by: Any) -> StoredFile:
    """Store the checked `upload` and return its row."""
    stored = StoredFile(
        name=upload.name,
        content_type=upload.content_type,
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        uploaded_by=uploaded_by,
    )
    stored.file.save(upload.name, ContentFile(upload.content), save=False)
    stored.save()
    return stored


def safe_name(name: str) -> str:
    """Return the last part of `name` without control and direction characters, at most 120 long."""
    last = PurePath(name.replace("\\", "/")).name
    kept = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    path = PurePath(kept.strip() or "file")
    return f"{path.stem[:100]}{path.suffix[:20]}"


def _type_by_content(name: str, content: bytes) -> str:
    extension = PurePath(name).suffix.lower()
    expected = BINARY_EXTENSIONS.get(extension) or TEXT_EXTENSIONS.get(extension)
    if expected is None:
        raise ValidationError(
            _("Files of this type are not accepted. Accepted are: %(accepted)s."),
            code="type",
            params={"accepted": ACCEPT.replace(",", " ")},
        )
    matches = _is_text if extension in TEXT_EXTENSIONS else _has_type(expected)
    if not matches(content):
        raise ValidationError(
            _("The content of this file is not what its name says (%(extension)s)."),
            code="lying_extension",
            params={"extension": extension},
        )
    return expected


def _has_type(expected: str) -> Callable[[bytes], bool]:
    return lambda content: filetype.guess_mime(content) == expected


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return filetype.guess(content) is None
    return False


_REENCODED = {"image/png": "PNG", "image/jpeg": "JPEG"}


def _reencode(content: bytes, image_format: str) -> bytes:
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ValidationError(_("This picture has too many pixels."), code="pixels")
            clean = io.BytesIO()
            image.save(clean, format=image_format)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, ValidationError):
            raise
        raise ValidationError(_("This picture cannot be read."), code="broken") from error
    return clean.getvalue()
