"""One pattern for many phrases finds the same as the phrases tried longest first."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from loaders.narrative.phrases import longest

words = st.text(alphabet="预算年初数（", min_size=1, max_size=5)


@given(st.sets(words, min_size=1, max_size=12), st.text(alphabet="预算年初数（全", max_size=40))
def test_the_longest_phrase_at_each_place_is_found(phrases, text):
    plain = "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
    assert re.findall(longest(phrases), text) == re.findall(plain, text)


def test_a_character_may_be_spelled_in_several_ways():
    pattern = longest(["社会保障和就业支出"], lambda c: "[和与]" if c == "和" else re.escape(c))
    assert re.fullmatch(pattern, "社会保障与就业支出")
