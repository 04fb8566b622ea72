"""The HTML part of a mail, made of its text, so that there is one wording of each mail.

The text is read as blocks between empty lines. A block that is an address becomes a button; the first
line of one that ends in an address leads to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.template.loader import render_to_string

_EMPTY_LINES = re.compile(r"\n\s*\n")
_ADDRESS = re.compile(r"https?://\S+")
SIGNATURE = "— "


@dataclass(frozen=True)
class Block:
    lines: list[str]
    url: str

    @property
    def is_signature(self) -> bool:
        return bool(self.lines) and self.lines[0].startswith(SIGNATURE)


def part(*, subject: str, text: str) -> str:
    """Return `text` under `subject` as a page for mail programs, in the language that is active."""
    context = {"subject": subject, "blocks": list(_blocks(text))}
    return render_to_string("notifications/mail.html", context)


def _blocks(text: str) -> Iterator[Block]:
    for block in _EMPTY_LINES.split(text.strip()):
        *lines, last = (line.strip() for line in block.splitlines() or [""])
        is_address = _ADDRESS.fullmatch(last)
        yield Block(lines, last) if is_address else Block([*lines, last], "")
