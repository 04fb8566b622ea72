"""Texts kept in Chinese and in English side by side: `title_zh` and `title_en`.

No machine translation is claimed: a reader gets the own language where it was given, else the other.
"""

from typing import Any

from django.utils.translation import get_language

SUFFIXES = ("zh", "en")


def reader_suffix() -> str:
    """Return the field suffix of the reader's language: `zh` or `en`."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def in_reader_language(record: Any, field: str) -> str:
    """Return `field` of `record` in the reader's language, or the other one where that is empty."""
    own = reader_suffix()
    other = next(suffix for suffix in SUFFIXES if suffix != own)
    return getattr(record, f"{field}_{own}") or getattr(record, f"{field}_{other}")
