"""Printed numbers: read exactly, in the unit and to the place that was printed, or known for what is no figure."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.numbers import NumberScanner, PrintedNumber, Unit, UnitKind
from loaders.repair import repair
from loaders.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def scanner(vocabulary: Vocabulary) -> NumberScanner:
    return NumberScanner(vocabulary.units)


def printed(text: str, number: PrintedNumber) -> str:
    return text[number.start : number.end]


# Amounts


@pytest.mark.parametrize(
    ("text", "digits", "decimals", "unit", "kind", "value", "resolution"),
    [
        ("219.59万元", "219.59", 2, "万元", UnitKind.YUAN, "2195900", "100"),
        ("0.75359万元", "0.75359", 5, "万元", UnitKind.YUAN, "7535.9", "0.1"),
        ("6921.854452万元", "6921.854452", 6, "万元", UnitKind.YUAN, "69218544.52", "0.01"),
        ("1.2亿元", "1.2", 1, "亿元", UnitKind.YUAN, "120000000", "1000000"),
        ("06万元", "06", 0, "万元", UnitKind.YUAN, "60000", "100"),
        ("20万元", "20", 0, "万元", UnitKind.YUAN, "200000", "100"),
        ("43.3万元", "43.3", 1, "万元", UnitKind.YUAN, "433000", "100"),
        ("5万元整", "5", 0, "万元整", UnitKind.YUAN, "50000", "100"),
        ("7千元", "7", 0, "千元", UnitKind.YUAN, "7000", "10"),
        ("4,419.00元", "4419.00", 2, "元", UnitKind.YUAN, "4419", "0.01"),
        ("26,942,600元", "26942600", 0, "元", UnitKind.YUAN, "26942600", "1"),
        ("-12.5万元", "-12.5", 1, "万元", UnitKind.YUAN, "-125000", "100"),
        ("73.59%", "73.59", 2, "%", UnitKind.PERCENT, "73.59", "0.01"),
        ("83%", "83", 0, "%", UnitKind.PERCENT, "83", "1"),
        ("3个百分点", "3", 0, "个百分点", UnitKind.PERCENT, "3", "1"),
        ("97.39分", "97.39", 2, "分", UnitKind.SCORE, "97.39", "0.01"),
        ("15名", "15", 0, "名", UnitKind.COUNT, "15", "1"),
        ("8批次", "8", 0, "批次", UnitKind.COUNT, "8", "1"),
        ("56人次", "56", 0, "人次", UnitKind.COUNT, "56", "1"),
        ("0台（套）", "0", 0, "台（套）", UnitKind.COUNT, "0", "1"),
        ("0台/套", "0", 0, "台/套", UnitKind.COUNT, "0", "1"),
    ],
)
def test_a_printed_number_is_read_exactly(scanner, text, digits, decimals, unit, kind, value, resolution):
    (number,) = scanner.scan(text)
    assert (number.start, number.end, number.digits_end) == (0, len(text), len(text) - len(unit))
    assert (number.digits, number.decimals, number.reason) == (digits, decimals, None)
    assert number.unit is not None
    assert (number.unit.text, number.unit.kind) == (unit, kind)
    assert (number.value, number.resolution) == (Decimal(value), Decimal(resolution))


def test_a_number_without_a_unit_has_the_printed_value_and_place(scanner):
    (number,) = scanner.scan("合同金额为79,500.5")
    assert (number.unit, number.value, number.resolution, number.reason) == (
        None,
        Decimal("79500.5"),
        Decimal("0.1"),
        None,
    )


def test_the_longest_unit_wins(scanner):
    assert [n.unit.text for n in scanner.scan("3人，3人次，3批，3批次，3元，3元整")] == [
        "人",
        "人次",
        "批",
        "批次",
        "元",
        "元整",
    ]


def test_value_and_resolution_are_never_floats(scanner):
    for number in scanner.scan("0.1万元，0.1%，3人，2021年，1、收入，12345"):
        assert type(number.value) is type(number.amount) is type(number.resolution) is Decimal


@pytest.mark.parametrize("text", ["9-11层", "2021-2022年", "5%-10%"])
def test_a_hyphen_behind_digits_joins_and_is_no_minus(scanner, text):
    assert all(not number.digits.startswith("-") for number in scanner.scan(text))


@pytest.mark.parametrize("text", ["：-12.5万元", "，-12.5万元", "（-12.5万元）", "增长-12.5万元"])
def test_a_hyphen_elsewhere_is_a_minus(scanner, text):
    (number,) = scanner.scan(text)
    assert number.value == Decimal(-125000)


# What cannot be a figure


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021年3月5日召开", [("2021年3月5日", "date")]),
        ("自2017年9月起", [("2017年9月", "date")]),
        ("发布时间：2022-04-08", [("2022-04-08", "date")]),
        ("日期2021/3/5", [("2021/3/5", "date")]),
        ("2022.3.5", [("2022.3.5", "date")]),
        ("于7月28日完成", [("7月28日", "date")]),
        ("于12月底完成", [("12月底", "date")]),
        ("坐席1-6月工资", [("1-6月", "date")]),
        ("截至31日", [("31日", "date")]),
        ("10：00开始", [("10：00", "date")]),
    ],
)
def test_dates_and_times_are_one_number_with_reason_date(scanner, text, expected):
    assert [(printed(text, n), n.reason) for n in scanner.scan(text)] == expected


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2021年度部门决算", ["2021"]),
        ("2021年末", ["2021"]),
        ("2022、2023年", ["2022", "2023"]),
        ("2021-2022年", ["2021", "2022"]),
        ("2021至2022年", ["2021", "2022"]),
        ("2021—2022年", ["2021", "2022"]),
        ("绩效评价报告（2017）", ["2017"]),
    ],
)
def test_years_have_reason_year(scanner, text, years):
    numbers = scanner.scan(text)
    assert [n.digits for n in numbers] == years
    assert {n.reason for n in numbers} == {"year"}


@pytest.mark.parametrize("text", ["攀编发〔2022〕40号", "官办通[2022]40号", "丰绩效（2022）40号", "〔2022〕第40号"])
def test_document_numbers_are_recognised_with_their_year(scanner, text):
    assert [(n.digits, n.reason) for n in scanner.scan(text)] == [
        ("2022", "document_number"),
        ("40", "document_number"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1、收入",
        "1.收入",
        "1。\n收入",
        "1)收入",
        "（1）收入",
        "支出；（1）收入",
        "支出。1、收入",
        "第1部分",
        "第1条",
        "概况\n1.收入",
        "概况\n  1、收入",
    ],
)
def test_list_numbering_has_reason_list_number(scanner, text):
    assert [(n.digits, n.reason) for n in scanner.scan(text)] == [("1", "list_number")]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.5万元", "15000"), ("12.34%", "12.34"), ("支出\n2.5万元", "25000"), ("合计：1.20元", "1.2")],
)
def test_a_decimal_at_the_start_of_a_line_is_no_list_number(scanner, text, value):
    (number,) = scanner.scan(text)
    assert (number.value, number.reason) == (Decimal(value), None)


@pytest.mark.parametrize(
    ("text", "digits"), [("12345热线", "12345"), ("110视频监控", "110"), ("共7层", "7"), ("30平方米", "30")]
)
def test_a_whole_number_that_runs_into_words_is_part_of_a_name(scanner, text, digits):
    assert [(n.digits, n.unit, n.reason) for n in scanner.scan(text)] == [(digits, None, "name_part")]


def test_an_amount_that_lost_its_unit_is_no_part_of_a_name(scanner):
    text = "合同金额7,026,000合同内容，费用404.96包含税费"
    assert [(n.digits, n.reason) for n in scanner.scan(text)] == [("7026000", None), ("404.96", None)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("APP2", ["2"]),
        ("A4纸", ["4"]),
        ("V2.0", ["2.0"]),
        ("010-87016810", ["010", "87016810"]),
        ("ftzw_110", ["110"]),
    ],
)
def test_parts_of_codes_and_telephone_numbers_have_reason_code(scanner, text, parts):
    assert [(printed(text, n), n.reason) for n in scanner.scan(text)] == [(part, "code") for part in parts]


def test_a_unit_behind_latin_letters_makes_a_figure_again(scanner):
    text = "国家商用密码VPN37.6万元"
    assert [(printed(text, n), n.value, n.reason) for n in scanner.scan(text)] == [("37.6万元", Decimal(376000), None)]


@pytest.mark.parametrize("text", ["1.2万元/月/人", "1.2万元/月"])
def test_an_amount_per_something_is_a_unit_price(scanner, text):
    (number,) = scanner.scan(text)
    assert (number.value, number.reason) == (Decimal(12000), "unit_price")


def test_what_is_no_figure_does_not_hide_the_figures_around_it(scanner):
    text = repair("1、2021年（攀编发〔2022〕40号）12345热线支出 5 万元，占10%。2、人员15名。").text
    assert [(printed(text, n), n.reason) for n in scanner.scan(text) if n.unit] == [
        ("5万元", None),
        ("10%", None),
        ("15名", None),
    ]


# Properties

UNITS = (
    Unit("元", UnitKind.YUAN, Decimal(1)),
    Unit("万元", UnitKind.YUAN, Decimal(10000)),
    Unit("亿元", UnitKind.YUAN, Decimal(100000000)),
    Unit("%", UnitKind.PERCENT, Decimal(1)),
    Unit("分", UnitKind.SCORE, Decimal(1)),
    Unit("人次", UnitKind.COUNT, Decimal(1)),
    Unit("台（套）", UnitKind.COUNT, Decimal(1)),
)
AMOUNTS = st.integers(0, 6).flatmap(lambda places: st.decimals(0, 10**12, places=places))


@given(AMOUNTS, st.sampled_from(UNITS), st.booleans(), st.sampled_from(["支出", "为：", "（", "，", "\n"]))
def test_any_decimal_printed_in_any_unit_is_read_back_exactly(amount, unit, separated, before):
    text = f"{before}{amount:{',' if separated else ''}f}{unit.text}。"
    (number,) = NumberScanner(UNITS).scan(text)
    assert number.value == amount * unit.factor
    assert (number.unit, number.reason) == (unit, None)
    assert number.decimals == -amount.as_tuple().exponent
    assert number.digits == f"{amount:f}"
    assert printed(text, number) == text[len(before) : -1]


@given(st.lists(AMOUNTS, max_size=8), st.sampled_from(UNITS))
def test_every_number_of_a_list_is_read(amounts, unit):
    text = "、".join(f"项目{amount:f}{unit.text}" for amount in amounts)
    assert [n.value for n in NumberScanner(UNITS).scan(text)] == [amount * unit.factor for amount in amounts]


TEXT = st.lists(
    st.one_of(
        st.sampled_from("0123456789.,，。：（）-—/[]〔〕\n支出年月日号第条%元人分项A 、_"),
        st.sampled_from(["万元", "2021", "1,234", "12.5", "个百分点", "台（套）"]),
    ),
    max_size=25,
).map("".join)


@given(TEXT)
def test_numbers_go_from_left_to_right_and_never_overlap(text):
    after = 0
    for number in NumberScanner(UNITS).scan(text):
        assert after <= number.start < number.digits_end <= number.end <= len(text)
        after = number.end


@given(TEXT)
def test_what_may_be_a_figure_has_the_digits_that_stand_at_its_place(text):
    for number in NumberScanner(UNITS).scan(text):
        assert isinstance(number.value, Decimal)
        if number.reason is None:
            assert text[number.start : number.digits_end].replace(",", "") == number.digits
            assert text[number.digits_end : number.end] == (number.unit.text if number.unit else "")
