"""Number formats of workbooks: what a person sees of a stored number or date."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.formats.number_formats import BUILT_IN, printed


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        (219.59000000000001, "219.59"),
        (0.30000000000000004, "0.3"),
        (2080505, "2080505"),
        (2080505.0, "2080505"),
        (1.0e-5, "0.00001"),
        (1.5e20, "150000000000000000000"),
        (123456789012345.6, "123456789012346"),
        (91110000123456789, "91110000123456789"),
        (-0.5, "-0.5"),
        (0, "0"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
    ],
)
def test_without_a_format_a_number_comes_as_stored_to_the_digits_excel_keeps(stored, text):
    assert printed(stored, "") == printed(stored, "General") == text


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (1234.5, "0.00", "1234.50"),
        (1234.5, "#,##0.00", "1,234.50"),
        (1234567.891, "#,##0.00_ ", "1,234,567.89"),
        (2.345, "0.00", "2.35"),
        (-2.345, "0.00", "-2.35"),
        (0.9565, "0.00%", "95.65%"),
        (5, "0.##", "5"),
        (5.125, "0.##", "5.13"),
        (201, "0000000", "0000201"),
        (20103, "000\\-00", "201-03"),
        (12, '0.00"万元"', "12.00万元"),
        (12, 'General"万元"', "12万元"),
        (1234.5, "G/通用格式", "1234.5"),
        (12, "\\¥#,##0.00", "¥12.00"),
        (12, "[$¥-804]#,##0.00", "¥12.00"),
        (-1234.5, "#,##0.00_);[Red]\\(#,##0.00\\)", "-1,234.50"),
        (-1234.5, "0.00_ ;[Red]0.00", "-1234.50"),
        (1234.5, '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "1,234.50"),
        (-1234.5, BUILT_IN[43], "-1,234.50"),
        (0, BUILT_IN[43], "0"),
        (0, "0.00;-0.00;", "0"),
        (0, "0.00;-0.00", "0.00"),
    ],
)
def test_a_plain_number_format_is_applied(value, code, text):
    assert printed(value, code) == text


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (12345678, "#,##0.00,", "12,345.68"),
        (123456789, "0.00,,", "123.46"),
        # 万元: the point is a literal between digits, the comma divides by a thousand.
        (123456, "0\\.0,", "12.3"),
        (123456, "0!.0,", "12.3"),
        (123456, '0"."0,', "12.3"),
        (123456, "0\\.0000", "12.3456"),
        (-123456, "0\\.0000", "-12.3456"),
        (56, "0\\.0000", "0.0056"),
        (1234567, '0\\.00,"万元"', "12.35万元"),
        (12345678, "#,##0\\.0000", "1234.5678"),
    ],
)
def test_a_format_that_shows_yuan_in_thousands_or_ten_thousands_is_applied(value, code, text):
    assert printed(value, code) == text


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (123456, '[>=10000]0\\.0,"万元";0"元"', "12.3万元"),
        (5000, '[>=10000]0\\.0,"万元";0"元"', "5000元"),
        (5, "[<=0]0.0;[>100]0;0.00", "5.00"),
        (500, "[<=0]0.0;[>100]0;0.00", "500"),
        (-5, "[Red][<0]0.0;0", "-5.0"),
        (7, "[<>7]0.0;0", "7"),
        (7, "[=7]0.0;0", "7.0"),
        (-5, "[>100]0;0.0;0.00", "-5.0"),
    ],
)
def test_a_format_with_conditions_is_the_one_that_holds(value, code, text):
    assert printed(value, code) == text


@pytest.mark.parametrize(
    "code", ["[DBNum2]0.00", "# ?/?", "0.00E+00", "@", ";;;", "**", '0.0"x"0', "yyyy", "[红色]0.0"]
)
def test_any_other_format_leaves_the_stored_number(code):
    assert printed(1234.5, code) == "1234.5"


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (datetime.date(2024, 1, 5), "yyyy/m/d", "2024/1/5"),
        (datetime.date(2024, 1, 5), "yyyy-mm-dd;@", "2024-01-05"),
        (datetime.date(2024, 1, 5), 'yyyy"年"m"月"d"日"', "2024年1月5日"),
        (datetime.date(2024, 1, 5), '[$-804]yyyy"年"m"月"', "2024年1月"),
        (datetime.date(2024, 1, 5), "[$-F800]dddd, mmmm dd, yyyy", "2024年1月5日"),
        (datetime.date(2024, 1, 5), "yy.mm", "24.01"),
        (datetime.datetime(2024, 1, 5, 13, 4, 9), "yyyy/m/d h:mm", "2024/1/5 13:04"),
        (datetime.datetime(2024, 1, 5, 13, 4, 9), "mm:ss", "04:09"),
        (datetime.time(13, 4), 'h"时"mm"分"', "13时04分"),
        (datetime.timedelta(days=1, hours=12), "[h]:mm", "36:00"),
        # names of months and days, Chinese digits, no format: ISO
        (datetime.date(2024, 1, 5), "d-mmm-yy", "2024-01-05"),
        (datetime.date(2024, 1, 5), '[DBNum1]yyyy"年"', "2024-01-05"),
        (datetime.datetime(2024, 1, 5), "", "2024-01-05"),
        (datetime.datetime(2024, 1, 5, 12), "", "2024-01-05 12:00:00"),
        (datetime.date(2024, 1, 5), "h:mm", "2024-01-05"),
    ],
)
def test_a_date_comes_as_displayed_or_else_in_iso_form(value, code, text):
    assert printed(value, code) == text


@pytest.mark.parametrize(("value", "text"), [(True, "TRUE"), (" 甲\r\n乙 ", " 甲\n乙"), ("   ", "")])
def test_truths_and_texts_have_no_format(value, text):
    assert printed(value, "0.00") == text


@given(st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_any_number_with_places_comes_back_with_its_digits(digits, places):
    number = Decimal(digits).scaleb(-places)
    code = "0." + "0" * places if places else "0"
    assert Decimal(printed(float(number), code)) == number
    assert Decimal(printed(float(number), "#,##" + code).replace(",", "")) == number


@given(st.text('0#?.,;\\!"%_*[]$<>=-+() /@yYmMdDhHsSEeGenral年月万元¥红Red804DBNum1', max_size=20), st.floats())
def test_no_format_code_makes_it_fail(code, number):
    assert printed(number, code)
    for moment in (datetime.datetime(2024, 1, 5, 13), datetime.time(1), datetime.timedelta(hours=-3)):
        assert printed(moment, code)
