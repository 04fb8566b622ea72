"""What a public page tells machines: search engines, and sites on which its address is passed on.

Always what everybody may read, whoever asks.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from marketplace import dates
from marketplace.bilingual import site_name

SCHEMA = "https://schema.org"
LOCALES = {"zh-hans": "zh_CN", "en": "en_US"}
"""Languages of the site as Open Graph names them, which wants a territory."""


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """`address` is the one to pass on; `structured` the page in the words of schema.org."""

    address: str
    title: str
    description: str
    site: str
    locale: str
    picture: str
    structured: dict[str, Any]


def describe(
    request: HttpRequest,
    *,
    path: str,
    title: str,
    description: str,
    structured: dict[str, Any],
    picture: str = "",
) -> Metadata:
    """Return what the page at `path` says of itself in the reader's language.

    What is empty in `structured` is left out; `picture` is a path, too.
    """
    address = request.build_absolute_uri(path)
    node = {"@context": SCHEMA, "@id": address, "url": address, **structured}
    return Metadata(
        address=address,
        title=title,
        description=" ".join(description.split()),
        site=site_name(),
        locale=LOCALES[get_language() or settings.LANGUAGE_CODE],
        picture=request.build_absolute_uri(picture) if picture else "",
        structured={name: value for name, value in node.items() if value},
    )


def day(moment: Any) -> str:
    """Return the day of `moment` as machines read it, "" for none."""
    return dates.iso(moment) if moment else ""
