"""The mapping for exports of a technology exchange: id, title, text, industry, coop and so on.

Every row becomes a listing, and no text of it is lost. What cannot be mapped stays unstated. The
date is not kept: here a listing's freshness counts from its owner's confirmation.
"""

import re
from collections.abc import Mapping
from typing import Any

from marketplace.listings.importing.headings import lead_and_rest, sections_of_result
from marketplace.listings.importing.industries import IndustryFinder
from marketplace.listings.importing.mapping import Entry
from marketplace.listings.importing.text import tidy
from marketplace.listings.importing.vocabulary import (
    IP_TYPE_OF_WORD,
    MODE_OF_WORD,
    TRL_OF_MATURITY,
    translate,
)

_SUPERSCRIPT = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_LONGEST_TITLE_FROM_TEXT = 60
_NEED_COLUMNS = {
    "id": "external_id",
    "title": "title_zh",
    "text": "problem_zh",
    "industry": "industry",
    "coop": "cooperation_modes",
    "date": "",
}
_RESULT_COLUMNS = _NEED_COLUMNS | {
    "text": "details_zh",
    "scope": "application_zh",
    "field": "keywords_zh",
    "maturity": "trl",
    "ip": "ip_rights",
}


def mend(text: str) -> str:
    """Mend what the exchange's export broke: hyphens, markup of exponents, blanks as line breaks."""
    text = text.replace("\x02", "-").replace("\u200c", "")
    text = re.sub(r"<sup>([\d+-]+)</sup>", lambda m: m[1].translate(_SUPERSCRIPT), text)
    text = re.sub(r"</?su[bp]>", "", text)
    text = re.sub(r"[\xa0\u3000]{2,}", "\n", text)
    return tidy(text)


class PlatformMapping:
    name = "platform"
    required = frozenset({"id", "title", "text", "industry", "coop"})

    def __init__(self, kind: str) -> None:
        self._of_results = kind == "results"
        self.columns: Mapping[str, str] = _RESULT_COLUMNS if self._of_results else _NEED_COLUMNS
        self._industries = IndustryFinder()

    def tidy(self, text: str) -> str:
        return mend(text)

    def read(self, cells: Mapping[str, str]) -> Entry:
        text = cells["text"]
        title = cells["title"] or text[:_LONGEST_TITLE_FROM_TEXT]
        industry = self._industries.find(cells["industry"])
        modes, strange = translate(cells["coop"], MODE_OF_WORD)
        unmapped = [("coop", word) for word in strange]
        if cells["industry"] and not industry:
            unmapped.append(("industry", cells["industry"]))
        shared: dict[str, Any] = {
            "title_zh": title or cells["id"],
            "industry_id": industry,
            "cooperation_modes": [str(mode) for mode in modes],
        }
        if self._of_results:
            return self._result(cells, shared, unmapped)
        lead, rest = lead_and_rest(text)
        return Entry(
            external_id=cells["id"],
            values=shared | {"summary_zh": lead, "problem_zh": rest},
            unmapped=tuple(unmapped),
            publishable=bool(title),
        )

    def _result(
        self, cells: Mapping[str, str], shared: dict[str, Any], unmapped: list[tuple[str, str]]
    ) -> Entry:
        maturity, rights = cells.get("maturity", ""), cells.get("ip", "")
        types, strange = translate(rights, IP_TYPE_OF_WORD)
        unmapped += [("ip", word) for word in strange]
        if maturity and maturity not in TRL_OF_MATURITY:
            unmapped.append(("maturity", maturity))
        sections = sections_of_result(cells["text"])
        scope = cells.get("scope", "")
        application = filter(None, dict.fromkeys([scope, sections["application_zh"]]))
        return Entry(
            external_id=cells["id"],
            values=shared
            | sections
            | {
                "application_zh": "\n".join(application),
                "keywords_zh": _keywords(cells.get("field", "")),
                "trl": TRL_OF_MATURITY.get(maturity),
            },
            related={"ip_rights": [{"type": str(kind)} for kind in types]},
            unmapped=tuple(unmapped),
            publishable=bool(cells["title"] or cells["text"]),
        )


def _keywords(field: str) -> str:
    """Return "新材料-膜材料" as keywords, the narrower first."""
    words = [word for word in field.split("-") if word and word != "其他"]
    return "、".join(reversed(words))
