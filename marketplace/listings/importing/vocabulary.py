"""What the words of technology platforms say in the terms of the listing models.

Words that say nothing there (其他), or something that has no counterpart, are absent on purpose.
"""

import re
from collections.abc import Mapping
from typing import TypeVar

from marketplace.listings.models import IpRight
from marketplace.listings.models.listing import CooperationMode

T = TypeVar("T")

TRL_OF_MATURITY: Mapping[str, int] = {
    "正在研发": 3,
    "已有样品": 4,
    "通过小试": 5,
    "通过中试": 6,
    "可以量产": 8,
}
"""Maturity on the scale of GB/T 22900, each the level that the word assures and no higher.

In research (3, 功能级: the function is being shown), a sample exists (4, 仿真级: it works in the
laboratory), small test passed (5, 初样级: under relevant conditions), pilot passed (6, 正样级: at
a relevant scale), ready for series production (8, 产品级: the product itself is qualified; 9 would
mean proven in use, which the word does not say).
"""

MODE_OF_WORD: Mapping[str, CooperationMode] = {
    "完全转让": CooperationMode.ASSIGNMENT,
    "技术转让": CooperationMode.ASSIGNMENT,
    "许可转让": CooperationMode.LICENCE,
    "技术许可": CooperationMode.LICENCE,
    "技术入股": CooperationMode.EQUITY,
    "委托开发": CooperationMode.DEVELOPMENT,
    "合作开发": CooperationMode.DEVELOPMENT,
    "技术服务": CooperationMode.SERVICE,
    "技术咨询": CooperationMode.SERVICE,
}
"""Joint production (合作生产) is no technology contract and maps to none."""

IP_TYPE_OF_WORD: Mapping[str, IpRight.Type] = {
    "发明专利": IpRight.Type.INVENTION,
    "实用新型专利": IpRight.Type.UTILITY_MODEL,
    "外观设计专利": IpRight.Type.DESIGN,
    "外观专利": IpRight.Type.DESIGN,
    "软件著作权": IpRight.Type.SOFTWARE,
    "植物新品种": IpRight.Type.PLANT_VARIETY,
    "集成电路布图设计": IpRight.Type.LAYOUT,
}
"""Unpatented technology (非专利技术) claims no right: a trade secret would be more than it says."""

_SEPARATORS = re.compile(r"[\s,，、;；/|]+")


def translate(text: str, words: Mapping[str, T]) -> tuple[list[T], list[str]]:
    """Return what the `words` in `text` mean, each once, and the words that mean nothing there.

    The words may be separated or run together.
    """
    known = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    meanings = list(dict.fromkeys(words[word] for word in re.findall(known, text)))
    rest = re.split(f"(?:{known}|{_SEPARATORS.pattern})", text)
    return meanings, [word for word in rest if word]
