"""Values of templates: what goes out never breaks the platform's rules (47003)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat.push import check, fit

FITTABLE = [
    "thing1",
    "number2",
    "character_string3",
    "amount4",
    "phone_number5",
    "car_number6",
    "name7",
    "phrase8",
]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("thing1", "重" * 20),
        ("time2", "09:30"),
        ("time2", "09:30:15"),
        ("time2", "2026年11月23日 09:30"),
        ("time2", "2026-11-23 09:30"),
        ("time2", "2026年11月23日 09:30 ~ 2026年11月23日 11:30"),
        ("date3", "2026年11月23日"),
        ("date3", "2026/11/23 08:00~2026/11/24"),
        ("number4", "12.5"),
        ("character_string5", "A-17 b"),
        ("amount6", "¥12.50元"),
        ("phone_number7", "+86 0551-12345678"[:17]),
        ("car_number8", "皖A12345"),
        ("name9", "欧阳上官司马诸葛东方"),
        ("name9", "Zhang San"),
        ("phrase10", "已确认"),
        ("letter11", "abc"),
        ("symbol12", "***"),
    ],
)
def test_good_value_passes_and_is_not_changed(key: str, value: str):
    assert check({key: value}) == []
    assert fit({key: value}) == {key: value}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("thing1", "重" * 21),
        ("thing1", "😀" * 11),
        ("thing1", "两\n行"),
        ("thing1", ""),
        ("thing1", "   "),
        ("time2", "明天"),
        ("time2", "25:00"),
        ("time2", "2026-11/23 09:30"),
        ("date3", "09:30"),
        ("number4", "十二"),
        ("number4", "1" * 33),
        ("character_string5", "编号"),
        ("phrase10", "已经确认完毕"),
        ("phrase10", "ok"),
        ("name9", "甲" * 11),
        ("name9", "a" * 21),
        ("first", "旧键"),
        ("remark1", "旧键"),
    ],
)
def test_value_that_breaks_its_rule_is_named(key: str, value: str):
    assert check({"thing99": "好", key: value}) == [key]


@pytest.mark.parametrize(
    ("key", "value", "fitted"),
    [
        ("thing1", "一二三四五六七八九十一二三四五六七八九十多", "一二三四五六七八九十一二三四五六七八九…"),
        ("thing1", "  第一行\r\n第二行\t尾 ", "第一行 第二行 尾"),
        ("thing1", "", "-"),
        ("thing1", "😀" * 11, "😀" * 9 + "…"),
        ("number2", "共 12 人", "12"),
        ("number2", "无", "0"),
        ("phrase3", "已确认（OK）", "已确认"),
        ("phrase3", "ok", "无"),
        ("character_string4", "编号A-17", "A-17"),
        ("name5", "甲" * 11, "甲" * 9 + "…"),
        ("amount6", "约¥30", "¥30"),
    ],
)
def test_bad_value_is_fitted(key: str, value: str, fitted: str):
    assert fit({key: value}) == {key: fitted}


@given(st.dictionaries(st.sampled_from(FITTABLE), st.text(alphabet=st.characters(codec=None), max_size=60)))
def test_fitted_values_never_break_a_rule(data: dict[str, str]):
    assert check(fit(data)) == []


@given(st.text(max_size=60))
def test_fitting_twice_changes_nothing_more(value: str):
    once = fit({"thing1": value})
    assert fit(once) == once


def test_time_that_is_none_stays_for_the_check_to_name():
    assert check(fit({"time2": "明天上午"})) == ["time2"]
