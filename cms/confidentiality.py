"""Finds the name of an organisation in a text, however it is spaced, cased or shortened.

Used where an editor writes about an anonymous need. It errs on the side of finding a name.
"""

import re
import unicodedata

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
    folded = _fold(text)
    return any(name in folded for name in _names(organisation))


def _names(organisation: Organisation) -> set[str]:
    given = {organisation.name_zh, organisation.name_en, _host(organisation.website)}
    short = {_without_endings(name) for name in given}
    return {folded for name in given | short if _is_telling(folded := _fold(name))}


def _without_endings(name: str) -> str:
    name = unicodedata.normalize("NFKC", name).strip()
    while (shorter := ENDINGS.sub("", name).rstrip(" ,")) != name:
        name = shorter
    return name


def _host(website: str) -> str:
    return re.sub(r"^\w+://(?:www\.)?|[/:].*$", "", website)


def _fold(text: str) -> str:
    """Return `text` as readers recognise it: no case, width, spaces or punctuation."""
    normal = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in normal if unicodedata.category(c)[0] in "LN")


def _is_telling(folded: str) -> bool:
    return len(folded) >= (SHORTEST_LATIN_NAME if folded.isascii() else SHORTEST_NAME)
