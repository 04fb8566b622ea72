"""What may be uploaded, judged by content and never by name or by what the browser claims.

Pictures are drawn anew. Everything else is kept as it is and only ever served as an attachment.
"""

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _

from marketplace.files import pictures
from marketplace.files.content import TYPES
from marketplace.files.models import StoredFile

MAX_BYTES = 20 * 1024 * 1024

_OUTER_BLANKS_AND_DOTS = re.compile(r"^[\s.]+|[\s.]+$")


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
    if content_type in pictures.FORMATS:
        content = pictures.redraw(content, content_type)
    return Upload(name, content_type, content)


def store(upload: Upload, *, uploaded_by: Any, provisional: bool = False) -> StoredFile:
    """Store the checked `upload` and return its row.

    A provisional file belongs to a form that is not saved yet: it is swept away unless `keep` is
    called for it in time.
    """
    stored = StoredFile(
        name=upload.name,
        content_type=upload.content_type,
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        uploaded_by=uploaded_by,
        provisional=provisional,
    )
    stored.file.save(upload.name, ContentFile(upload.content), save=False)
    stored.save()
    return stored


def read(stored: StoredFile) -> Upload:
    """Return what was stored as the upload that it was."""
    with stored.file.open("rb") as file:
        return Upload(stored.name, stored.content_type, file.read())


def keep(files: Iterable[uuid.UUID]) -> None:
    """Make the files with these ids last: something refers to them now."""
    StoredFile.objects.filter(pk__in=list(files), provisional=True).update(provisional=False)


def safe_name(name: str) -> str:
    """Return the last part of `name` without control and direction characters, at most 120 long."""
    last = PurePath(name.replace("\\", "/")).name
    kept = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    path = PurePath(_OUTER_BLANKS_AND_DOTS.sub("", kept) or "file")
    return f"{path.stem[:100]}{path.suffix[:20]}"


def _type_by_content(name: str, content: bytes) -> str:
    extension = PurePath(name).suffix.lower()
    if extension not in TYPES:
        raise ValidationError(
            _("Files of this type are not accepted. Accepted are: %(accepted)s."),
            code="type",
            params={"accepted": " ".join(TYPES)},
        )
    if not TYPES[extension].matches(content):
        raise ValidationError(
            _("The content of this file is not what its name says (%(extension)s)."),
            code="lying_extension",
            params={"extension": extension},
        )
    return TYPES[extension].content_type
