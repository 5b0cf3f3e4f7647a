"""Intervals against what is meant: whether any of them shares a character with another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loaders.narrative.intervals import Intervals

_INTERVAL = st.tuples(st.integers(0, 30), st.integers(1, 10)).map(lambda place: (place[0], place[0] + place[1]))


@given(st.lists(_INTERVAL), _INTERVAL)
def test_an_interval_overlaps_if_it_shares_a_character(intervals, asked):
    shares = any(set(range(*each)) & set(range(*asked)) for each in intervals)
    assert Intervals(intervals).overlap(*asked) == shares
