"""Finds the GB/T 4754 code that a name means.

A name is a code, an official name of any level, or a path of names from the section down
("制造业——纺织业"). Platforms misspell, cut off and run names together; what is found is the deepest
industry that the words determine, and never one that several names fit.
"""

import difflib
import re
import unicodedata
from functools import lru_cache

from marketplace.taxonomy.codes import INDUSTRY
from marketplace.taxonomy.models import Industry

_STEP = re.compile(r"\s*(?:[—–→>|/\\]+|-+>?)\s*")
_FILLING = re.compile(r"[\s、，,；;·.。()（）]|[和及与]")
_SIMILAR = 0.85
_SHORTEST_GUESS = 4
# Divisions that the edition of 2011 named differently; platforms still use these names.
_NAMES_OF_2011 = {
    "农、林、牧、渔服务业": "A05",
    "开采辅助活动": "B11",
    "石油加工、炼焦和核燃料加工业": "C25",
    "装卸搬运和运输代理业": "G58",
    "仓储业": "G59",
}


def _plain(name: str) -> str:
    return _FILLING.sub("", unicodedata.normalize("NFKC", name)).casefold()


class IndustryFinder:
    """Reads the industries once; asks no database afterwards."""

    def __init__(self) -> None:
        names = list(Industry.objects.values_list("code", "name_zh", "name_en"))
        self._codes = {code for code, _zh, _en in names}
        self._numbers = {code[1:]: code for code in self._codes if len(code) > 1}
        self._named: dict[str, list[str]] = {}
        for code, *spellings in names:
            for name in filter(None, spellings):
                self._named.setdefault(_plain(name), []).append(code)
        for name, code in _NAMES_OF_2011.items():
            self._named.setdefault(_plain(name), []).append(code)
        self._divisions = {
            name: code
            for name, codes in self._named.items()
            for code in codes
            if INDUSTRY.level(code) == Industry.Level.DIVISION
        }
        self.find = lru_cache(maxsize=4096)(self._find)

    def _find(self, text: str) -> str | None:
        """Return the code that `text` means, or None."""
        code = text.strip().upper()
        if code in self._codes:
            return code
        if code in self._numbers:
            return self._numbers[code]
        found: str | None = None
        for name in filter(None, map(_plain, _STEP.split(text))):
            found = self._named_below(found, name) or found
        return found

    def _named_below(self, above: str | None, name: str) -> str | None:
        """Return the industry `name` below `above`, or else the one of that exact name anywhere."""
        return (
            self._exactly(name, above or "")
            or self._nearly(name, above or "")
            or self._exactly(name, "")
            or (None if above else self._first_section(name))
        )

    def _exactly(self, name: str, above: str) -> str | None:
        codes = [c for c in self._named.get(name, ()) if c.startswith(above) and c != above]
        highest = [c for c in codes if len(c) == min(map(len, codes))]
        return highest[0] if len(highest) == 1 else None

    def _nearly(self, name: str, above: str) -> str | None:
        """Return the one division whose name `name` begins or nearly spells."""
        if len(name) < _SHORTEST_GUESS:
            return None
        names = [n for n, code in self._divisions.items() if code.startswith(above)]
        fitting = [n for n in names if n.startswith(name)] or difflib.get_close_matches(
            name, names, n=1, cutoff=_SIMILAR
        )
        return self._divisions[fitting[0]] if len(fitting) == 1 else None

    def _first_section(self, name: str) -> str | None:
        """Return the section with whose name `name` begins, for names run together."""
        sections = {n: c for n, codes in self._named.items() for c in codes if len(c) == 1}
        fitting = [n for n in sections if name.startswith(n)]
        return sections[max(fitting, key=len)] if fitting else None
