import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import tokens
from search.spelling import american


def test_chinese_is_characters_and_pairs() -> None:
    assert tokens.terms("锂电池") == ["锂", "锂电", "电", "电池", "池"]


def test_words_are_stems_and_pairs_of_stems() -> None:
    assert tokens.terms("Heat exchangers") == ["heat", "heat_exchang", "exchang"]


def test_pairs_reach_across_particles_and_hold_none() -> None:
    assert tokens.terms("transfer of the heat") == [
        "transfer",
        "of",
        "the",
        "transfer_heat",
        "heat",
    ]
    assert tokens.terms("of the") == ["of", "the"]
    [pair] = [t for t in tokens.tokens("Transfer of heat") if tokens.is_pair(t.term)]
    assert (pair.start, pair.end) == (0, len("Transfer of heat"))


def test_pairs_do_not_reach_across_punctuation_or_scripts() -> None:
    assert tokens.terms("heat. transfer") == ["heat", "transfer"]
    assert tokens.terms("LED灯，灯") == ["led", "灯", "灯"]
    assert tokens.terms("lithium-ion") == ["lithium", "lithium_ion", "ion"]


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("電池回收與再利用", "电池回收与再利用"),
        ("機器學習", "机器学习"),
        ("資訊 LED 燈", "资讯 LED 灯"),
    ],
)
def test_traditional_characters_equal_simplified_ones(traditional: str, simplified: str) -> None:
    assert tokens.terms(traditional) == tokens.terms(simplified)


def test_width_case_and_composition_do_not_matter() -> None:
    assert tokens.terms("ＬＥＤ ﬁlm é") == tokens.terms("led film e\u0301")


def test_a_possessive_s_is_no_empty_term() -> None:
    assert tokens.terms("the system's") == ["the", "system", "s"]


@pytest.mark.parametrize("text", ["", " \t\n", "!?。，—…", "\x00\x00", "🔋⚡", "____"])
def test_what_holds_no_word_has_no_terms(text: str) -> None:
    assert tokens.terms(text) == []


def test_an_endless_word_is_cut() -> None:
    assert tokens.terms("a" * 100_000) == ["a" * tokens.LONGEST_WORD]


@given(st.text())
def test_terms_hold_no_white_space_and_are_never_empty(text: str) -> None:
    assert all(term and term.split() == [term] for term in tokens.terms(text))


@given(st.text(st.sampled_from("電池电池Ａａé\u0301ﬁ㎡ 的,.Led-İ\x00🔋"), max_size=40))
def test_offsets_point_into_the_text_as_given(text: str) -> None:
    for term, start, end in tokens.tokens(text):
        assert 0 <= start < end <= len(text)
        assert tokens.terms(text[start:end])[0][:1] == term[:1]


@given(st.text(st.sampled_from("電池电池Aaé 的,.heats-灯"), max_size=40))
def test_tokens_and_terms_agree(text: str) -> None:
    assert [token.term for token in tokens.tokens(text)] == tokens.terms(text)


def test_threads_share_no_stemmer() -> None:
    words = [f"connection{n}s relational{n}" for n in range(500)]
    expected = [tokens.terms(word) for word in words]
    found: list[bool] = []

    def stem_all() -> None:
        found.append([tokens.terms(word) for word in words] == expected)

    threads = [threading.Thread(target=stem_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 4


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("optical fibres", "optical fiber"),
        ("vapour", "vapor"),
        ("ionisation", "ionization"),
        ("aluminium", "aluminum"),
        ("programmes for catalogues", "program for catalog"),
        ("centre, millimetre", "center, millimeter"),
    ],
)
def test_british_spelling_equals_american(british: str, american: str) -> None:
    assert tokens.terms(british) == tokens.terms(american)


@pytest.mark.parametrize(
    "word", ["four", "hour", "here", "more", "discuss", "programmer", "metric"]
)
def test_other_words_keep_their_spelling(word: str) -> None:
    assert american(word) == word
