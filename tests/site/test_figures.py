"""Waterfalls and reasons: bars join, percentages are of the right whole, points add up."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.figures import (
    SCALE,
    Contribution,
    Step,
    column_heights,
    contribution_rows,
    shown_score,
    waterfall_rows,
)
from marketplace.money import Money
from marketplace.styleguide import CONTRIBUTIONS, WATERFALL


def _step(kind, amount, currency="CNY"):
    return Step(label=kind, amount=Money(amount, currency), kind=kind)


def _by_label(rows):
    return {str(row.step.label): row for row in rows}


def test_each_bar_of_worked_example_a_hangs_where_the_one_above_ended():
    rows = waterfall_rows(steps=WATERFALL)
    for above, below in pairwise(rows):
        assert above.hands_at == below.hangs_at
    assert rows[0].x == 0
    assert rows[0].width == SCALE
    assert rows[-1].x == 0
    assert rows[-1].hands_at is None


def test_percentages_are_of_what_was_received_of_the_net_and_of_the_share():
    rows = _by_label(waterfall_rows(steps=WATERFALL))
    assert rows["Payment fee"].percent == Decimal("2.9")
    assert rows["Net income"].percent == Decimal("74.1")
    assert rows["Institution"].percent == Decimal("20.0")
    assert rows["李 · Li"].percent == Decimal("30.0")


def test_only_deductions_carry_a_minus():
    rows = waterfall_rows(steps=WATERFALL)
    assert {row.step.kind for row in rows if row.is_negative} == {"deduction"}


def test_parts_lie_inside_their_share_and_the_line_passes_them_by():
    rows = waterfall_rows(
        steps=[_step("total", 90), _step("share", 60), _step("part", 30), _step("part", 30)]
    )
    assert [row.hangs_at for row in rows] == [None, SCALE, None, None]
    share, *parts = rows[1:]
    assert parts[0].x + parts[0].width == share.x + share.width
    assert parts[1].x == share.x


def test_a_shortfall_below_zero_stays_inside_the_picture():
    rows = waterfall_rows(
        steps=[_step("total", 100), _step("deduction", 150), _step("subtotal", 0)]
    )
    assert all(row.x >= 0 and row.x + row.width <= SCALE for row in rows)
    assert rows[1].x == 0


def test_a_waterfall_of_nothing_has_no_bars_and_no_percentages():
    rows = waterfall_rows(steps=[_step("total", 0), _step("subtotal", 0)])
    assert [(row.width, row.percent) for row in rows] == [(0, None), (0, None)]
    assert waterfall_rows(steps=[]) == []


def test_two_currencies_make_no_waterfall():
    with pytest.raises(ValueError, match="one currency"):
        waterfall_rows(steps=[_step("total", 1), _step("share", 1, "JPY")])


@given(
    gross=st.integers(0, 2**62),
    cuts=st.lists(
        st.tuples(st.sampled_from(["deduction", "share", "part"]), st.integers(0, 2**60))
    ),
)
def test_bars_never_leave_the_picture(gross, cuts):
    rows = waterfall_rows(steps=[_step("total", gross), *[_step(*cut) for cut in cuts]])
    for row in rows:
        assert 0 <= row.x <= row.x + row.width <= SCALE


@given(st.lists(st.floats(0, 100), max_size=12))
def test_points_shown_sum_to_the_score_shown(points):
    items = [Contribution(label="x", points=value, maximum=100) for value in points]
    rows = contribution_rows(contributions=items)
    assert sum((row.points for row in rows), Decimal(0)) == shown_score(contributions=items)
    for row, value in zip(rows, points, strict=True):
        assert abs(float(row.points) - value) <= 0.1


def test_tracks_are_relative_to_the_heaviest_criterion():
    rows = contribution_rows(contributions=CONTRIBUTIONS)
    assert max(row.track for row in rows) == SCALE
    assert all(row.width <= row.track for row in rows)
    assert contribution_rows(contributions=[]) == []


@given(st.lists(st.integers(0, 10**9), max_size=40))
def test_columns_stand_to_each_other_as_their_numbers(numbers):
    heights = column_heights(values=numbers)
    assert len(heights) == len(numbers)
    assert max(heights, default=0) == (SCALE if any(numbers) else 0)
    by_number = [height for _number, height in sorted(zip(numbers, heights, strict=True))]
    assert all(0 <= low <= high <= SCALE for low, high in pairwise(by_number))
