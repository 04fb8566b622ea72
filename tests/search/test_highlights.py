import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import highlights, tokens
from search.highlights import Word
from search.query import Query, Reading, Term
from search.shaping import Text


def ranks(*terms: str) -> dict[str, int]:
    return {term: len(terms) - n for n, term in enumerate(terms)}


def asking(text: str, **sources: str) -> Query:
    return Query(
        (
            Reading(
                tuple(Term(t, 1.0, sources.get(t, t)) for t in dict.fromkeys(tokens.terms(text)))
            ),
        )
    )


def test_overlapping_terms_make_one_mark() -> None:
    assert highlights.mark("高能锂电池组", ranks("锂电", "电池")) == "高能<mark>锂电池</mark>组"


def test_marks_find_other_forms_of_a_word() -> None:
    assert highlights.mark("ＬＥＤ Batteries", ranks("led", "batteri")) == (
        "<mark>ＬＥＤ</mark> <mark>Batteries</mark>"
    )
    assert highlights.mark("鋰電池", ranks("锂电", "电池")) == "<mark>鋰電池</mark>"


def test_everything_else_is_escaped() -> None:
    text = "<script>alert('battery')</script> & battery"
    assert highlights.mark(text, ranks("batteri")) == (
        "&lt;script&gt;alert(&#x27;<mark>battery</mark>&#x27;)&lt;/script&gt; &amp; "
        "<mark>battery</mark>"
    )


@given(st.text(st.sampled_from("<>&\"'电池battery "), max_size=60))
def test_no_text_can_bring_markup(text: str) -> None:
    for shown in (
        highlights.mark(text, ranks("电池", "batteri")),
        highlights.snippet([text], ranks("电池", "batteri"), length=20),
    ):
        bare = shown.replace("<mark>", "").replace("</mark>", "")
        assert "<" not in bare
        assert ">" not in bare


def test_a_lone_character_is_marked_only_when_it_was_asked_for_alone() -> None:
    assert highlights.mark("电源", ranks("电池", "电")) == "电源"
    assert highlights.mark("铝的", ranks("铝")) == "<mark>铝</mark>的"


def test_a_character_of_a_longer_translation_is_not_marked() -> None:
    terms = [Term("电池", 1.0, "batteri"), Term("酸", 0.5, "batteri"), Term("铝", 1.0, "aluminum")]
    assert highlights.telling(Query((Reading(tuple(terms)),))).keys() == {"电池", "铝"}


def test_the_snippet_shows_where_most_was_met() -> None:
    text = "无关。" * 100 + "废旧锂电池回收" + "无关。" * 100
    shown = highlights.snippet(["无关。", text], ranks("锂电", "电池", "回收"), length=40)
    assert "<mark>锂电池回收</mark>" not in text
    assert "锂电池</mark>" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 80


@pytest.mark.parametrize("blanks", range(12))
def test_the_snippet_cuts_no_word(blanks: int) -> None:
    text = " " * blanks + "internal short circuits " * 20 + "batteries " + "before they vent " * 20
    shown = highlights.snippet([text], ranks("batteri"), length=80)
    words = re.sub("</?mark>", "", shown).strip("…").split()
    assert set(words) <= set(text.split())
    assert "batteries" in words


def test_without_a_meeting_the_snippet_is_the_beginning() -> None:
    assert (
        highlights.snippet(["无关。" * 100, "别的"], ranks("电池"), length=9) == "无关。" * 3 + "…"
    )


def test_words_are_whole_and_the_most_telling_first() -> None:
    query = asking("生产线锂电池")
    found = highlights.words([Text("生产线锂电池")], [Text("智能涂装生产线与锂电池")], query)
    assert [word.text for word in found] == ["生产线", "锂电池"]


def test_words_of_another_language_say_what_they_stand_for() -> None:
    query = asking("heat exchangers", heat_exchang="换热器", heat="换热器", exchang="换热器")
    found = highlights.words([Text("换热器")], [Text("Compact heat exchangers")], query)
    assert found == (Word("heat exchangers", "换热器"),)
    assert str(found[0]) == "heat exchangers (换热器)"
    query = asking("换热器", 换热="heat exchang", 热器="heat exchang")
    found = highlights.words([Text("Heat Exchangers")], [Text("紧凑换热器")], query)
    assert found == (Word("换热器", "heat exchangers"),)


def test_digits_and_particles_are_no_words() -> None:
    query = asking("the 2025 的")
    assert highlights.words([Text("the 2025 的")], [Text("the 2025 的 report")], query) == ()
