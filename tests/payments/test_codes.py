"""Reference codes survive being copied by hand, or are recognised as wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokers.payments import codes


def test_a_new_code_is_valid_and_unlike_the_last():
    first, second = codes.new_code(), codes.new_code()
    assert codes.normalise(first) == first
    assert first != second


@pytest.mark.parametrize("written", ["{}", " {} ", "{a} {b}", "{a}-{b}", "\t{}\n"])
def test_blanks_dashes_and_case_do_not_matter(written):
    code = codes.new_code()
    text = written.format(code.lower(), a=code[:4].lower(), b=code[4:])
    assert codes.normalise(text) == code


@given(st.integers(0, codes.LENGTH - 1), st.sampled_from(codes.ALPHABET))
def test_one_wrong_letter_is_noticed(place, letter):
    code = codes.new_code()
    wrong = code[:place] + letter + code[place + 1 :]
    assert (codes.normalise(wrong) == code) == (wrong == code)
    assert wrong == code or codes.normalise(wrong) is None


@given(st.integers(0, codes.LENGTH - 2))
def test_two_swapped_letters_are_noticed(place):
    code = codes.new_code()
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert wrong == code or codes.normalise(wrong) is None


@pytest.mark.parametrize(
    "text", ["", "ABC", "0123456789", "１２３４５６７８９", "A" * 10_000, "II0O11lll"]
)
def test_what_is_no_code_is_none(text):
    assert codes.normalise(text) is None
