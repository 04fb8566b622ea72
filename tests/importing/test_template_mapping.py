import datetime
from decimal import Decimal

import pytest
from django.utils import translation

from marketplace.listings.importing.faults import BadRowError
from marketplace.listings.importing.template import TemplateMapping

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("codes")]

RESULT = {
    "external_id": "R-1",
    "title_zh": "石墨烯膜",
    "title_en": "Graphene membrane",
    "industry": "制造业——纺织业",
    "region": "杭州",
    "trl": "6",
    "cooperation_modes": "licence; 技术入股",
    "currency": "JPY",
    "price_min": "1000",
    "price_max": "2000",
    "ownership": "shared",
    "team_share": "62.5",
    "ipc": "A61K 31/00; A61P 3/10",
    "figures": "能耗：1.1 kWh/t → 0.4 kWh/t; yield: 85 % -> 93 %",
    "ip_rights": "invention_patent ZL 201710000000.0 granted; utility_model",
    "tier_details": "nda",
    "tier_team": "",
}
NEED = {
    "external_id": "N-1",
    "title_en": "A battery",
    "min_trl": "4",
    "budget_min": "1200.5",
    "budget_max": "3000",
    "deadline": "2026-12-31",
    "anonymous": "是",
    "reward": "50000",
    "metrics": "能量密度：≥ 180 Wh/kg; cycle life: 3000",
}


def read(kind, cells):
    with translation.override("en"):
        return TemplateMapping(kind).read(cells)


def faults(kind, cells):
    with pytest.raises(BadRowError) as bad:
        read(kind, cells)
    return dict(bad.value.reasons)


def test_a_result_with_everything():
    entry = read("results", RESULT)
    assert entry.external_id == "R-1"
    assert entry.values == {
        "title_zh": "石墨烯膜",
        "title_en": "Graphene membrane",
        "industry_id": "C17",
        "region_id": "3301",
        "trl": 6,
        "cooperation_modes": ["licence", "equity"],
        "currency": "JPY",
        "price_min": 1000,
        "price_max": 2000,
        "ownership": "shared",
        "team_share": Decimal("62.5"),
        "tiers": {"details": 2},
    }
    assert entry.related == {
        "ipc": ["A61"],
        "figures": [
            {"name_zh": "能耗", "today": "1.1 kWh/t", "reached": "0.4 kWh/t"},
            {"name_en": "yield", "today": "85 %", "reached": "93 %"},
        ],
        "ip_rights": [
            {"type": "invention_patent", "number": "ZL 201710000000.0", "status": "granted"},
            {"type": "utility_model", "number": "", "status": ""},
        ],
    }


def test_a_need_with_everything():
    entry = read("needs", NEED)
    assert entry.values == {
        "title_en": "A battery",
        "min_trl": 4,
        "currency": "CNY",
        "budget_min": 120050,
        "budget_max": 300000,
        "deadline": datetime.date(2026, 12, 31),
        "anonymous": True,
        "reward": 5000000,
    }
    assert entry.related == {
        "metrics": [
            {"name_zh": "能量密度", "value": "≥ 180 Wh/kg"},
            {"name_en": "cycle life", "value": "3000"},
        ]
    }


@pytest.mark.parametrize(("kind", "row"), [("results", RESULT), ("needs", NEED)])
def test_empty_cells_state_nothing(kind, row):
    entry = read(kind, dict.fromkeys(row, ""))
    assert not any(
        value for field, value in entry.values.items() if field not in {"currency", "tiers"}
    )
    assert not any(entry.related.values())
    assert entry.values["currency"] == "CNY"


@pytest.mark.parametrize(
    ("kind", "column", "text"),
    [
        ("results", "industry", "魔法"),
        ("results", "region", "Atlantis"),
        ("results", "trl", "0"),
        ("results", "trl", "10"),
        ("results", "trl", "six"),
        ("results", "cooperation_modes", "licence; barter"),
        ("results", "currency", "XYZ"),
        ("results", "ownership", "nobody"),
        ("results", "team_share", "101"),
        ("results", "team_share", "NaN"),
        ("results", "ipc", "Z99"),
        ("results", "ip_rights", "promise"),
        ("results", "figures", "yield: 93 %"),
        ("results", "figures", "yield: 85 % ->"),
        ("results", "figures", "85 % -> 93 %"),
        ("results", "tier_details", "secret"),
        ("needs", "deadline", "31.12.2026"),
        ("needs", "anonymous", "maybe"),
        ("needs", "metrics", "more is better"),
        ("needs", "metrics", ": 5"),
    ]
    + [
        ("results", "price_min", text)
        for text in [
            "-1", "-0", "1e2", "1_000", "١٢٣", "９９", "NaN", "Infinity", "5.005", "9223372036854775808",
            "1,000", "0",
        ]
    ],
)  # fmt: skip
def test_a_value_that_says_nothing_is_a_fault_at_its_column(kind, column, text):
    row = RESULT | {"currency": "CNY"} if kind == "results" else NEED
    found = faults(kind, row | {column: text})
    assert found[column]


def test_decimals_of_a_currency_without_any_are_a_fault():
    assert "JPY" in faults("results", RESULT | {"price_min": "0.1"})["price_min"]


def test_all_faults_of_a_row_are_told_at_once():
    assert set(faults("results", RESULT | {"trl": "x", "industry": "x", "region": "x"})) == {
        "trl",
        "industry",
        "region",
    }
