"""Finds the GB/T 2260 code that a name or code means; a name that several places bear finds none."""

import re

from marketplace.taxonomy.codes import short_region_code
from marketplace.taxonomy.models import Region

_SUFFIX = re.compile(r"(?:特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|省|市|地区|盟)$")


class RegionFinder:
    """Reads the regions once; asks no database afterwards."""

    def __init__(self) -> None:
        self._codes: set[str] = set()
        self._named: dict[str, set[str]] = {}
        for code, zh, en in Region.objects.values_list("code", "name_zh", "name_en"):
            self._codes.add(code)
            for name in {zh, _SUFFIX.sub("", zh), en} - {""}:
                self._named.setdefault(name.casefold(), set()).add(code)

    def find(self, text: str) -> str | None:
        """Return the code of the region `text`, or None. Higher levels win over lower ones."""
        code = short_region_code(text)
        if code in self._codes:
            return code
        codes = self._named.get(text.casefold(), set())
        highest = [c for c in codes if len(c) == min(map(len, codes))]
        return highest[0] if len(highest) == 1 else None
