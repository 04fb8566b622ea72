"""Tidies the text of a cell without changing what it says."""

import re

from django.utils.translation import gettext as _

_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_NEWLINE = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def tidy(text: str) -> str:
    """Return `text` with plain newlines and without blanks around it."""
    return _NEWLINE.sub("\n", text).strip()


def refusal(text: str) -> str:
    """Return why `text` cannot be stored, or "" when it can."""
    if found := _NOT_TEXT.search(text):
        return _("The cell holds the character U+%(code)04X, which is no text.") % {
            "code": ord(found.group())
        }
    return ""
