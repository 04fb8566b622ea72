"""Worked example E as pure arithmetic, and refunds in any order."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokers.settlement.refunds import take_back

EXAMPLE_A = {
    "fee": 29_030,
    "tax": 60_000,
    "cost": 150_000,
    "platform_fee": 20_000,
    "team": 518_679,
    "institution": 148_194,
    "broker": 74_097,
}


def test_example_e():
    first = take_back(333_333, allocated=EXAMPLE_A, taken={})
    assert first == {
        "fee": 9_676,
        "tax": 20_000,
        "cost": 50_000,
        "platform_fee": 6_667,
        "team": 172_893,
        "institution": 49_398,
        "broker": 24_699,
    }
    second = take_back(666_667, allocated=EXAMPLE_A, taken=first)
    assert {key: first[key] + second[key] for key in EXAMPLE_A} == EXAMPLE_A


def test_what_is_taken_back_never_has_to_be_given_again():
    allocated = {"a": 6, "b": 6, "c": 2}
    three = take_back(3, allocated=allocated, taken={})
    assert three == {"a": 1, "b": 1, "c": 1}
    assert take_back(1, allocated=allocated, taken=three) == {"a": 1, "b": 0, "c": 0}


@given(
    st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 10**9), min_size=1),
    st.lists(st.integers(1, 10**9) | st.integers(1, 5), max_size=20),
)
def test_refunds_of_any_size_and_order_take_back_what_was_given(allocated, refunds):
    whole, taken = sum(allocated.values()), dict.fromkeys(allocated, 0)
    for wanted in [*refunds, whole]:
        refund = min(wanted, whole - sum(taken.values()))
        back = take_back(refund, allocated=allocated, taken=taken)
        assert sum(back.values()) == refund
        assert all(amount >= 0 for amount in back.values())
        taken = {key: taken[key] + back[key] for key in allocated}
        for key, amount in allocated.items():
            assert taken[key] <= amount
            assert not whole or abs(taken[key] - Fraction(amount * sum(taken.values()), whole)) < 2
    assert taken == allocated


@pytest.mark.parametrize("refund", [-1, 11])
def test_more_than_is_left_is_refused(refund):
    with pytest.raises(ValueError, match="at most what is left"):
        take_back(refund, allocated={"a": 10, "b": 2}, taken={"a": 1, "b": 1})
