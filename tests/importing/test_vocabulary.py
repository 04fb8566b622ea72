import pytest

from marketplace.listings.importing.vocabulary import (
    IP_TYPE_OF_WORD,
    MODE_OF_WORD,
    TRL_OF_MATURITY,
    translate,
)
from marketplace.listings.models import IpRight
from marketplace.listings.models.listing import CooperationMode as Mode


@pytest.mark.parametrize(
    ("text", "modes", "unknown"),
    [
        (
            "完全转让许可转让技术入股合作生产",
            [Mode.ASSIGNMENT, Mode.LICENCE, Mode.EQUITY],
            ["合作生产"],
        ),
        ("技术转让,技术许可,委托开发", [Mode.ASSIGNMENT, Mode.LICENCE, Mode.DEVELOPMENT], []),
        ("完全转让、技术转让", [Mode.ASSIGNMENT], []),
        ("其他", [], ["其他"]),
        ("", [], []),
    ],
)
def test_cooperation_modes_run_together_or_separated(text, modes, unknown):
    assert translate(text, MODE_OF_WORD) == (modes, unknown)


def test_the_longer_word_wins():
    assert translate("外观设计专利发明专利", IP_TYPE_OF_WORD) == (
        [IpRight.Type.DESIGN, IpRight.Type.INVENTION],
        [],
    )


def test_unpatented_technology_claims_no_right():
    assert translate("非专利技术", IP_TYPE_OF_WORD) == ([], ["非专利技术"])


def test_a_riper_word_never_means_a_lower_level():
    words = ["正在研发", "已有样品", "通过小试", "通过中试", "可以量产"]
    levels = [TRL_OF_MATURITY[word] for word in words]
    assert levels == sorted(set(levels))
    assert levels[0] >= 1
    assert levels[-1] <= 9
