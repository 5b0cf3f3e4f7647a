"""Repair of broken print: numbers become whole, and every character still knows where it was printed."""

from __future__ import annotations

import re
import unicodedata
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.repair import repair


@pytest.mark.parametrize(
    ("printed", "repaired"),
    [
        ("基本支出数为128。\n93万元", "基本支出数为128.93万元"),
        ("占总支出的30.\n51%", "占总支出的30.51%"),
        ("年末合计为6。 \n　47万元", "年末合计为6.47万元"),
        ("下拨9297200。\n00元、余下不变", "下拨9297200.00元、余下不变"),
        ("面积603。\n3平方公里", "面积603.3平方公里"),
    ],
)
def test_a_decimal_broken_over_a_line_end_is_joined(printed, repaired):
    assert repair(printed).text == repaired


@pytest.mark.parametrize(
    "printed",
    [
        "1。\n2017年预算",  # list numbering, then a year
        "3。\n45万元",  # a number alone on its line is list numbering
        "共投诉11。\n2017年支出5万元",  # a year begins a new sentence
        "详见附件1。\n2、收入情况",  # the next item of a list
        "详见附件1。\n2.收入情况",
        "详见附件1。\n2）收入情况",
        "占12.3。\n4万元",  # it has its point already
        "本年支出\n93万元",  # no point at the line end
    ],
)
def test_what_only_looks_like_a_broken_decimal_stays_apart(printed):
    assert repair(printed).text == printed


@pytest.mark.parametrize(
    ("printed", "repaired"),
    [
        ("上缴收入0[image: ]万元", "上缴收入0万元"),
        ("收入12[bookmark: _Toc15396603]8.9[image: ]3万元", "收入128.93万元"),
        ("[bookmark: _Toc1][bookmark: _Toc2]一、收入", "一、收入"),
        ("收入[图片：饼图]5万元", "收入5万元"),
        ("收入12\u200b8.\ufeff93万元", "收入128.93万元"),
        ("收\u00ad入5万元", "收入5万元"),
    ],
)
def test_marks_of_converters_and_invisible_characters_are_removed_inside_numbers_too(printed, repaired):
    assert repair(printed).text == repaired


def test_brackets_that_are_no_marks_of_converters_stay():
    assert repair("官办通[2016]71号").text == "官办通[2016]71号"


@pytest.mark.parametrize(
    ("printed", "repaired"),
    [
        ("１２３．４５％", "123.45%"),
        ("增长５﹪", "增长5%"),
        ("城管ＡＰＰ", "城管APP"),
        ("－12万元", "-12万元"),
        ("−12万元", "-12万元"),
        ("(一)收入:5万元;支出", "（一）收入：5万元；支出"),
    ],
)
def test_full_width_digits_become_ascii_and_punctuation_becomes_chinese(printed, repaired):
    assert repair(printed).text == repaired


@pytest.mark.parametrize(
    ("printed", "repaired"),
    [
        ("核定编制 15 名", "核定编制15名"),
        ("　　资产总计 4.54 万元 ，", "资产总计4.54万元，"),
        ("支出4,419 .00元", "支出4,419.00元"),
        ("支出4 ,419.00元", "支出4,419.00元"),
        ("（ 2021 ）", "（2021）"),
        ("收入\u00a05\u2003万元", "收入5万元"),
        ("GIS data platform", "GIS data platform"),
        ("12345 12315", "12345 12315"),  # two numbers stay two
    ],
)
def test_spaces_beside_chinese_text_and_inside_numbers_go_and_others_stay(printed, repaired):
    assert repair(printed).text == repaired


def test_line_ends_and_tabs_stay():
    assert repair("收入\n\t5\n支出").text == "收入\n\t5\n支出"


@pytest.mark.parametrize(
    "printed", ["“三公”经费", '"三公"经费', "“三公经费", "「三公」经费", "‘三公’经费", "三公＂经费"]
)
def test_quotation_marks_of_every_shape_are_removed(printed):
    assert repair(printed).text == "三公经费"


@pytest.mark.parametrize(
    ("printed", "repaired"),
    [
        ("支出4,419.00元,其中", "支出4,419.00元，其中"),
        ("26,942,600.00元", "26,942,600.00元"),
        ("收入,支出", "收入，支出"),
        ("共1,2项", "共1，2项"),
        ("甲12,345,乙", "甲12,345，乙"),
    ],
)
def test_thousands_separators_stay_and_other_commas_become_chinese(printed, repaired):
    assert repair(printed).text == repaired


@pytest.mark.parametrize(
    ("printed", "repaired"),
    [
        ("固定资产4.54万元.其中", "固定资产4.54万元。其中"),
        ("占69.49%.其余", "占69.49%。其余"),
        ("1.基本支出", "1.基本支出"),
        ("合计1.5", "合计1.5"),
        ("见www.gov.cn", "见www.gov.cn"),
    ],
)
def test_a_point_typed_for_a_full_stop_becomes_one(printed, repaired):
    assert repair(printed).text == repaired


def test_a_span_of_repaired_text_leads_back_to_the_broken_print():
    printed = "支出“128。\n9[image: ]3” 万元。"
    repaired = repair(printed)
    assert repaired.text == "支出128.93万元。"
    start, end = repaired.span(2, 10)
    assert printed[start:end] == "128。\n9[image: ]3” 万元"
    start, end = repaired.span(2, 8)
    assert printed[start:end] == "128。\n9[image: ]3"


@pytest.mark.parametrize(("start", "end"), [(1, 1), (2, 1), (-1, 1), (0, 3)])
def test_an_empty_span_or_one_outside_the_text_is_an_error(start, end):
    with pytest.raises(ValueError, match=f"span {start}:{end} is not inside a text of 2 characters"):
        repair("收入").span(start, end)


# Properties of any text made of what disclosures are made of

PRINT = st.lists(
    st.one_of(
        st.sampled_from(
            "0123456789０１２３９.,，。：:；;()（）“”‘’\"'%％.．－-[]［］〔〕 　\n\t\r支出年月日号万元AbＡ"
        ),
        st.sampled_from(
            ["[bookmark: _Toc1]", "[image: ]", "\u200b", "\ufeff", "。\n", "2021年", "1,234", "93万元", "其中"]
        ),
    ),
    max_size=30,
).map("".join)


@given(PRINT)
def test_repairing_twice_changes_nothing_more(printed):
    once = repair(printed).text
    assert repair(once).text == once


@given(PRINT)
def test_every_digit_stands_for_the_same_digit_at_its_place_in_print(printed):
    repaired = repair(printed)
    for character, at in zip(repaired.text, repaired.origin, strict=True):
        if character in "0123456789":
            assert unicodedata.normalize("NFKC", printed[at]) == character


@given(PRINT)
def test_places_in_print_never_go_back_and_lie_inside_it(printed):
    origin = repair(printed).origin
    assert list(origin) == sorted(origin)
    assert all(0 <= at < len(printed) for at in origin)


@given(PRINT, st.data())
def test_a_span_covers_the_places_of_all_its_characters(printed, data):
    repaired = repair(printed)
    if not repaired.text:
        return
    start = data.draw(st.integers(0, len(repaired.text) - 1))
    end = data.draw(st.integers(start + 1, len(repaired.text)))
    first, last = repaired.span(start, end)
    assert 0 <= first < last <= len(printed)
    assert all(first <= at < last for at in repaired.origin[start:end])


@given(PRINT)
def test_every_printed_digit_outside_a_mark_of_a_converter_survives(printed):
    plain = printed.replace("[bookmark: _Toc1]", "")
    digits = [c for c in unicodedata.normalize("NFKC", plain) if c in "0123456789"]
    assert [c for c in repair(plain).text if c in "0123456789"] == digits


AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12)
CELLS = st.one_of(
    AMOUNTS.map("{:,}".format), AMOUNTS.map(str), st.text(st.sampled_from("合计本年支出万元一〇"), max_size=9)
)


@given(CELLS)
def test_what_is_told_to_be_whole_at_a_glance_is_what_a_close_look_leaves_alone(printed):
    never = re.compile("(?!)")
    with mock.patch("loaders.repair._WHOLE", never):
        closely = repair(printed)
    assert repair(printed) == closely
    assert closely.text == printed
