"""`{% json_ld data %}`: data for machines in a page."""

import json
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_ESCAPED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}


@register.simple_tag
def json_ld(data: dict[str, Any]) -> SafeString:
    """Write `data`, a node of JSON-LD, as a block of data; nothing in it can end the block."""
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPED)
    safe = mark_safe(text)  # noqa: S308  no character is left that HTML reads
    return format_html('<script type="application/ld+json">{}</script>', safe)
