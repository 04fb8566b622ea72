import csv
import io

import pytest

from marketplace.money import Money
from marketplace.spreadsheets import csv_text, neutral


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠x", "\t=1", "\r=1", "\n=1", " =1",
     "\u3000=1", "\u200b=1", "\x00=1", "|x", "%x", "\tplain", "\u00a0＝1"],
)  # fmt: skip
def test_what_begins_like_a_formula_is_made_a_text(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "plain", "a=1", "1-2", "示例大学", "(=1)", "'=1"])
def test_other_text_stays(text: str) -> None:
    assert neutral(text) == text


def test_amounts_stay_numbers() -> None:
    rows = [("Fee", -Money(1050, "CNY"), 7, None)]
    text = csv_text(rows)
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text[1:]))) == [["Fee", "-10.50", "7", ""]]
