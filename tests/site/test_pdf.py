import pytest
from django.utils import translation

from marketplace.pdf import Paper
from tests.papers import read


def test_there_is_ink_where_chinese_stands_and_the_font_is_embedded() -> None:
    paper = Paper(title="尽职免责记录", reference="D2026")
    paper.heading("公示")
    paper.facts([("名称", "高温超导带材"), ("Price", "100.00 CNY")])
    content = paper.content()
    assert b"/FontFile3" in content
    seen = read(content)
    for character in "尽免公示名称高带":
        assert 0.08 < seen.ink(character) < 0.8, character
    assert "高温超导带材" in seen.text


def test_a_long_table_goes_on_with_its_head_on_every_page() -> None:
    paper = Paper(title="Rows")
    rows = [(f"row {number}", "1,000.00") for number in range(120)]
    paper.table(["Milestone", "Amount"], [*rows, ("Total", "1")], numeric={1}, totals=1)
    seen = read(paper.content())
    assert seen.pages > 2
    assert seen.text.count("Milestone") == seen.pages
    assert seen.text.count("1,000.00") == 120


@pytest.mark.parametrize(
    "text", ["a\x00b", "x\u202ey", "\u0007", "\ud800", "𠀀", "é" * 5000, "一" * 5000, "", "\n\n"]
)
def test_odd_text_makes_a_paper_all_the_same(text: str) -> None:
    paper = Paper(title=text, reference=text)
    paper.heading(text)
    paper.text(text)
    paper.facts([(text, text)])
    paper.table([text, "b"], [(text, text)])
    assert "\u202e" not in read(paper.content()).text


def test_no_line_begins_with_a_closing_mark() -> None:
    paper = Paper(title="x")
    paper.text("净收入，" * 400)
    lines = read(paper.content()).text.splitlines()
    assert len(lines) > 20
    assert not [line for line in lines if line.startswith("，")]


def test_pages_are_numbered_in_the_readers_language() -> None:
    with translation.override("en"):
        content = Paper(title="x").content()
    assert "Page 1 of 1" in read(content).text
