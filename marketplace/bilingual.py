"""Texts kept in Chinese and in English side by side: `title_zh` and `title_en`.

No machine translation is claimed: a reader gets the own language where it was given, else the other.
"""

import re
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

SUFFIXES = ("zh", "en")
_LINE_ENDS = re.compile(r"\s*[\x00-\x1f\x7f-\x9f\u2028\u2029]+\s*")


def site_name() -> str:
    """Return the name of the site in the reader's language."""
    name: str = settings.SITE_NAME_EN if reader_suffix() == "en" else settings.SITE_NAME
    return name


def one_line(text: str) -> str:
    """Return `text` as one line, as names and titles are: they stand in subjects of mail."""
    return _LINE_ENDS.sub(" ", text).strip()


def reader_suffix() -> str:
    """Return the field suffix of the reader's language: `zh` or `en`."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def in_reader_language(record: Any, field: str) -> str:
    """Return `field` of `record` in the reader's language, or the other one where that is empty."""
    return getattr(record, f"{field}_{shown_suffix(record, field)}")


def shown_suffix(record: Any, field: str) -> str:
    """Return in which language the reader sees `field` of `record`: `zh` or `en`."""
    own = reader_suffix()
    other = next(suffix for suffix in SUFFIXES if suffix != own)
    has_only_other = not getattr(record, f"{field}_{own}") and getattr(record, f"{field}_{other}")
    return other if has_only_other else own


def shown_language(record: Any, field: str) -> str:
    """Return the `lang` attribute for `field` of `record`: `zh-Hans` or `en`."""
    return "en" if shown_suffix(record, field) == "en" else "zh-Hans"
