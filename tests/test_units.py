"""Units, printed numbers and words for a time: exact where they are declared, and refused where they are not."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdecon.errors import NotAvailable, QdeconError
from qdecon.sources.tables.numerals import is_blank, narrow, printed_number, read_numeral
from qdecon.sources.tables.timewords import read_period
from qdecon.sources.tables.units import convert, declared_units, factor, known_unit, scaled, split_unit

UNITS = declared_units()
NAMES = sorted(unit.name for unit in UNITS.by_name.values())
PRINTED = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**14), max_value=10**14)


@given(PRINTED, st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_converting_is_exact_there_and_back_or_refused(value, first, second):
    given_unit, wanted = UNITS.find(first), UNITS.find(second)
    if given_unit.dimension != wanted.dimension:
        with pytest.raises(NotAvailable, match="cannot be converted"):
            convert(value, given_unit, wanted)
        return
    there = convert(value, given_unit, wanted)
    assert Fraction(there) == Fraction(value) * given_unit.times / wanted.times
    assert there.as_tuple().digits == value.as_tuple().digits, "the printed digits are kept"
    back = convert(there, wanted, given_unit)
    assert back == value and back.as_tuple() == value.as_tuple()


@pytest.mark.parametrize(
    ("value", "first", "second", "printed"),
    [
        ("16719.46", "亿元", "万亿元", "1.671946"),
        ("167194600", "万元", "亿元", "16719.4600"),
        ("1.50", "万亿元", "亿元", "15000"),
        ("16.7", "100 million yuan", "亿元", "16.7"),
        ("1.6", "Trillion  Yuan", "亿元", "16000"),
        ("10442500", "人", "万人", "1044.2500"),
        ("274.5", "million US dollars", "亿美元", "2.745"),
        ("28.5", "per cent", "%", "28.5"),
        ("2", "万家", "家", "20000"),
    ],
)
def test_units_mean_what_the_publishers_mean(value, first, second, printed):
    assert printed_number(convert(Decimal(value), known_unit(first, UNITS), known_unit(second, UNITS))) == printed


@pytest.mark.parametrize(
    ("first", "second"), [("亿元", "亿美元"), ("%", "个百分点"), ("家", "户"), ("元", "元/人"), ("万人", "万元")]
)
def test_units_of_two_kinds_never_mix(first, second):
    with pytest.raises(NotAvailable):
        convert(Decimal(1), UNITS.find(first), UNITS.find(second))


@pytest.mark.parametrize("name", ["", "亿", "亿日元", "万万元", "yuan per head", "％ of GDP"])
def test_an_unknown_unit_is_refused_with_what_to_declare(name):
    assert UNITS.find(name) is None
    with pytest.raises(QdeconError, match="declare it"):
        known_unit(name, UNITS)


def test_a_mapping_may_declare_units_but_not_redefine_them():
    own = declared_units({"万标准箱": ("标准箱", Decimal(10000)), "打": ("件", Decimal(12))}, ["万标准箱"])
    assert printed_number(convert(Decimal("3071.5"), own.find("万标准箱"), own.find("标准箱"))) == "30715000"
    assert factor(own.find("打"), own.find("件")) == "12"
    assert convert(Decimal("1.5"), own.find("打"), own.find("件")) == 18
    with pytest.raises(NotAvailable, match="no finite number"):
        convert(Decimal(1), own.find("件"), own.find("打"))
    for times in ("0", "-1", "NaN", "1e30"):
        with pytest.raises(NotAvailable):
            declared_units({"x": ("y", Decimal(times))})
    with pytest.raises(NotAvailable, match="declared already"):
        declared_units({"亿元": ("元", Decimal(10000))})


def test_the_unit_of_an_indicator_counts_as_declared_and_is_its_own_kind():
    own = declared_units(of_indicators=["吨标准煤/万元"])
    assert convert(Decimal("0.5"), own.find("吨标准煤/万元"), own.find("吨标准煤/万元")) == Decimal("0.5")


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        ("地区生产总值（亿元）", ("地区生产总值", "亿元")),
        ("GDP [100 million yuan]", ("GDP", "100 million yuan")),
        ("增长（％）", ("增长", "%")),
        ("技术合同成交额（不含税）", ("技术合同成交额（不含税）", "")),
        ("（亿元）", ("（亿元）", "")),
    ],
)
def test_brackets_hold_a_unit_only_if_it_is_declared(label, parts):
    assert split_unit(label, UNITS) == parts


@given(PRINTED)
def test_a_printed_number_is_read_with_every_digit(value):
    text = printed_number(value)
    assert read_numeral(text).value.as_tuple() == value.as_tuple()
    wide = text.translate({ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789.-"})
    assert read_numeral(wide).value.as_tuple() == value.as_tuple()


@given(st.integers(0, 10**12), st.sampled_from(",，\u2009\u202f"), st.sampled_from(["", ".50"]))
def test_separators_of_thousands_are_taken_out(whole, mark, rest):
    assert read_numeral(f"{whole:,}{rest}".replace(",", mark)).value == Decimal(f"{whole}{rest}")


@pytest.mark.parametrize(
    ("text", "value", "scale", "unit"),
    [
        ("12.3万", "12.3", 4, ""),
        ("1.2 亿", "1.2", 8, ""),
        ("２８．５％", "28.5", 0, "%"),
        ("−3.1", "-3.1", 0, ""),
        ("16719.46亿元", "16719.46", 0, "亿元"),
        ("16719.46①", "16719.46", 0, "①"),
        ("16719.46*", "16719.46", 0, "*"),
        ("1e5", "1", 0, "e5"),
    ],
)
def test_what_stands_behind_a_number_is_kept_apart(text, value, scale, unit):
    numeral = read_numeral(text)
    assert (str(numeral.value), numeral.scale, numeral.unit) == (value, scale, unit)


@pytest.mark.parametrize(
    "text",
    ["", "约300", ">500", "1,6719.46", "12,34", "1.2.3", ".5", "5.", "2024 123", "①", "²", "٣", "1" * 500],
)
def test_anything_else_is_no_number(text):
    assert read_numeral(text) is None


def test_marks_for_a_missing_figure_are_blank_and_zero_is_not():
    assert all(map(is_blank, ["", " ", "-", "—", "——", "…", "......"[:3], "..", "无", "NA", "－", "n/a"]))
    assert not any(map(is_blank, ["0", "0.0", "0%", "无数", "?"]))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3), st.integers(0, 12))
def test_a_scale_moves_the_point_and_nothing_else(value, zeros):
    assert scaled(value, zeros).as_tuple().digits == value.as_tuple().digits
    assert Fraction(scaled(value, zeros)) == Fraction(value) * 10**zeros


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("2024", "2024"),
        ("２０２４年", "2024"),
        ("2024 年", "2024"),
        ("2024年度", "2024"),
        ("2024年末", "2024"),
        ("2024年1-12月", "2024"),
        ("2024年上半年", "2024Q2ytd"),
        ("2024年1-2季度", "2024Q2ytd"),
        ("2024年前三季度", "2024Q3ytd"),
        ("2024年一季度", "2024Q1ytd"),
        ("2024年第1季度", "2024Q1ytd"),
        ("2024年1—4季度", "2024"),
        ("2024年1-5月", "2024M05ytd"),
        ("2024年1至11月", "2024M11ytd"),
        ("2024年7月末", "2024-07"),
        ("2021-2025年", "2021-2025"),
        ("2021年—2025年", "2021-2025"),
        ("2024Q3ytd", "2024Q3ytd"),
        ("2024M05ytd", "2024M05ytd"),
        ("2024-07", "2024-07"),
    ],
)
def test_words_for_a_time_become_periods_of_the_contract(words, label):
    assert read_period(words).label == label


@pytest.mark.parametrize(
    "words",
    ["", "24", "FY2024", "2024财年", "2024年二季度", "2024Q2", "2024年7月", "2024①", "2024年下半年", "2024年5-7月",
     "2025-2021", "9999", "0000", "20240", "十四五", "٢٠٢٤", "2024.0", "2024-13"],
)  # fmt: skip
def test_a_time_that_is_not_clear_is_none(words):
    assert read_period(words) is None


@given(st.text(max_size=60))
def test_no_text_is_too_strange_for_the_readers(text):
    assert narrow(narrow(text)) == narrow(text)
    assert is_blank(text) in (True, False)
    for found in (read_numeral(text), read_period(text), UNITS.find(text)):
        assert found is None or found
    assert split_unit(text, UNITS)[0] is not None
