import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.listings.importing.headings import (
    LONGEST_LEAD,
    LONGEST_SUMMARY,
    sections_of_result,
)
from marketplace.listings.models import ResearchResult

TEXT = (
    "一种膜。\n应用领域 水处理。现有技术缺点：易堵。技术优势\n1.通量高。2.寿命长。"
    "摘要 本发明公开了一种膜。获奖情况：一等奖。"
)


def test_each_heading_takes_its_text_to_its_field():
    assert sections_of_result(TEXT) == {
        "application_zh": "水处理。",
        "problem_zh": "易堵。",
        "advantage_zh": "1.通量高。2.寿命长。",
        "summary_zh": "本发明公开了一种膜。",
        "details_zh": "一种膜。\n获奖情况：一等奖。",
    }


def test_without_headings_the_first_sentences_are_the_summary():
    first = "石" * (LONGEST_LEAD - 1) + "。"
    sections = sections_of_result(f"{first}第二句。")
    assert (sections["summary_zh"], sections["details_zh"]) == (first, "第二句。")


def test_a_short_text_is_all_summary():
    sections = sections_of_result("一句话。")
    assert (sections["summary_zh"], sections["details_zh"]) == ("一句话。", "")


def test_a_text_without_a_short_first_sentence_has_no_summary():
    text = "石" * 900
    sections = sections_of_result(text)
    assert (sections["summary_zh"], sections["details_zh"]) == ("", text)


def test_an_abstract_longer_than_a_summary_stays_in_the_details():
    sections = sections_of_result("摘要 " + "石" * (LONGEST_SUMMARY + 1))
    assert sections["summary_zh"] == ""
    assert len(sections["details_zh"]) > LONGEST_SUMMARY


@pytest.mark.parametrize("text", ["", "应用领域", "应用领域：", "应用领域耐磨材料"])
def test_a_heading_alone_or_without_an_end_is_no_heading(text):
    sections = sections_of_result(text)
    assert sections["application_zh"] == ""


_PARTS = st.sampled_from(
    [
        "应用领域：",
        "摘要 ",
        "技术优势\n",
        "现有技术缺点：",
        "关键技术：",
        "石墨烯。",
        "膜",
        "。",
        "\n",
        "1.",
    ]
)


@given(
    st.lists(st.one_of(_PARTS, st.text("石墨烯膜。；a1 ", max_size=300)), max_size=12).map("".join)
)
def test_no_text_is_lost_or_doubled_and_every_field_fits(text):
    sections = sections_of_result(text)
    joined = "".join(sections.values())
    for character in "石墨烯膜a":
        lost = text.count(character) - joined.count(character)
        assert lost == 0, (character, sections)
    for field, body in sections.items():
        assert len(body) <= ResearchResult._meta.get_field(field).max_length
