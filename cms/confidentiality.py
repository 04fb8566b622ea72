"""Finds the name of an organisation or a person in a text, however it is spaced, cased or shortened.

Used where an editor writes about who wants to stay unnamed. It errs on the side of finding a name.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from marketplace.accounts.models import Organisation

ENDINGS = re.compile(
    r"(?:[(][^()]*[)]|股份有限公司|有限责任公司|有限公司|集团公司|集团|公司|"
    r"\b(?:co\.?,?\s*ltd|company\s+limited|limited|ltd|inc|corporation|corp|gmbh|llc|plc)\.?)\s*$",
    re.IGNORECASE,
)
"""Legal forms and remarks in brackets, which people leave out when they speak of an organisation."""
SHORTEST_NAME = 2
SHORTEST_LATIN_NAME = 4


def names_organisation(text: str, organisation: Organisation) -> bool:
    """Whether `text` has a name of `organisation`, with or without its legal form, or its web host."""
    given = (organisation.name_zh, organisation.name_en, organisation.website)
    return names_any(text, given)


def names_any(text: str, given: Iterable[str]) -> bool:
    """Whether `text` has one of the names `given`, with or without a legal form; of a web address it is
    the host.
    """
    folded = _fold(text)
    return any(name in folded for name in _names(given))


def _names(given: Iterable[str]) -> set[str]:
    whole = {_host(name) if "://" in name else name for name in given}
    short = {_without_endings(name) for name in whole}
    return {folded for name in whole | short if _is_telling(folded := _fold(name))}


def _without_endings(name: str) -> str:
    name = unicodedata.normalize("NFKC", name).strip()
    while (shorter := ENDINGS.sub("", name).rstrip(" ,")) != name:
        name = shorter
    return name


def _host(website: str) -> str:
    return re.sub(r"^\w+://(?:www\.)?|[/:].*$", "", website)


@lru_cache(maxsize=512)
def _fold(text: str) -> str:
    """Return `text` as readers recognise it: no case, width, spaces or punctuation."""
    normal = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in normal if unicodedata.category(c)[0] in "LN")


def _is_telling(folded: str) -> bool:
    return len(folded) >= (SHORTEST_LATIN_NAME if folded.isascii() else SHORTEST_NAME)
