"""Splits by largest remainder, worked example B and the properties that every split has."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokers.settlement.shares import portion, split, split_with_minimum

weights = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 10_000)).filter(
    lambda by_key: sum(by_key.values()) > 0
)
totals = st.integers(0, 10**15)


def test_example_b():
    assert split(10_001, {"team": 7000, "institution": 2000, "broker": 1000}) == {
        "team": 7001,
        "institution": 2000,
        "broker": 1000,
    }
    assert split(7001, {"user:1": 1, "user:2": 1, "user:3": 1}) == {
        "user:1": 2334,
        "user:2": 2334,
        "user:3": 2333,
    }


@given(totals, weights)
def test_parts_sum_to_the_total_and_are_within_one_unit_of_exact(total, by_key):
    parts = split(total, by_key)
    whole = sum(by_key.values())
    assert list(parts) == list(by_key)
    assert sum(parts.values()) == total
    for key, weight in by_key.items():
        assert parts[key] >= 0
        assert abs(parts[key] - Fraction(total * weight, whole)) < 1
        assert weight or parts[key] == 0


@given(totals, weights, st.randoms())
def test_ties_go_by_key_and_not_by_the_order_given(total, by_key, random):
    shuffled = list(by_key.items())
    random.shuffle(shuffled)
    assert split(total, dict(shuffled)) == split(total, by_key)


@given(totals, weights, st.data())
def test_a_minimum_is_kept_and_nothing_is_lost(total, by_key, data):
    heavy = sorted(key for key, weight in by_key.items() if weight)
    protected = frozenset(data.draw(st.sets(st.sampled_from(heavy), min_size=1)))
    minimum = data.draw(st.integers(0, total))
    parts = split_with_minimum(total, by_key, protected=protected, minimum=minimum)
    assert sum(parts.values()) == total
    assert sum(parts[key] for key in protected) >= minimum
    assert all(part >= 0 for part in parts.values())
    if sum(split(total, by_key)[key] for key in protected) >= minimum:
        assert parts == split(total, by_key)


@pytest.mark.parametrize(
    ("total", "by_key"), [(-1, {"a": 1}), (1, {"a": -1, "b": 2}), (1, {"a": 0}), (1, {})]
)
def test_what_cannot_be_split_is_refused(total, by_key):
    with pytest.raises(ValueError, match=r"not negative|nothing to split by"):
        split(total, by_key)
    assert split(0, {"a": 0}) == {"a": 0}


def test_a_portion_is_rounded_half_up():
    assert [portion(amount, 1250) for amount in (0, 3, 4, 1000)] == [0, 0, 1, 125]
