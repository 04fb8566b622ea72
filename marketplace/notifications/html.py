"""The HTML part of a mail, made of its text, so that there is one wording of each mail.

The text is read as blocks between empty lines. A block that is an address becomes a button; the first
line of one that ends in an address leads to it, without the colon that announced it. From the
signature on, all is small.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.template.loader import render_to_string

_EMPTY_LINES = re.compile(r"\n\s*\n")
_ADDRESS = re.compile(r"https?://\S+")
_COLONS = ":："
SIGNATURE = "— "


@dataclass(frozen=True)
class Block:
    lines: list[str]
    url: str
    is_small: bool


def part(*, subject: str, text: str) -> str:
    """Return `text` under `subject` as a page for mail programs, in the language that is active."""
    context = {"subject": subject, "blocks": list(_blocks(text))}
    return render_to_string("notifications/mail.html", context)


def _blocks(text: str) -> Iterator[Block]:
    is_small = False
    for block in _EMPTY_LINES.split(text.strip()):
        lines = [line.strip() for line in block.splitlines()]
        is_small = is_small or block.startswith(SIGNATURE)
        url = lines.pop() if lines and _ADDRESS.fullmatch(lines[-1]) else ""
        if lines and url:
            lines[0] = lines[0].rstrip(_COLONS)
        yield Block(lines, url, is_small)
