"""The kinds of period there are, in the order in which they are looked for: a form of words and what settles it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from handlers.bot.understanding import lunar, numerals
from handlers.bot.understanding.calendar import (
    DAY,
    EARLIEST,
    FIXED,
    HOLIDAYS,
    LATEST,
    Days,
    back,
    day,
    holiday,
    months,
    week,
    years,
)
from handlers.bot.understanding.numerals import NUMBER

#: From a form found, today and whether the intent looks ahead to the days; None for what no calendar has.
Make = Callable[[re.Match[str], date, bool], Days | None]


def _nearest(candidates: Sequence[Days | None], today: date, ahead: bool) -> Days | None:
    """Of the same time in several years or months the last that has begun, or the first that is not over."""
    known = [each for each in candidates if each is not None]
    if ahead:
        return next((each for each in known if each[1] > today), None)
    return next((each for each in reversed(known) if each[0] <= today), None)


_OFFSETS = {
    "大前": -3, "前": -2, "昨": -1, "夜": -1, "今": 0, "当": 0, "明": 1, "听": 1, "赶明": 1, "后": 2, "大后": 3,
}  # fmt: skip
_STEPS = {"上上": -2, "上": -1, "这": 0, "本": 0, "今": 0, "当": 0, "这一": 0, "下": 1, "下下": 2}
_YEARS = {
    "大前": -3, "前": -2, "去": -1, "上": -1, "旧": -1, "头": -1, "昨": -1, "今": 0, "本": 0, "这": 0, "当": 0, "明": 1,
}  # fmt: skip
_STEP = r"(上上|下下|上|下|这一|这|本|当)"
_MONTH = rf"({NUMBER})月(?:份)?"
_WHOLE_YEAR = (
    r"年时个?|(?:大前|前|去|上|旧|头|昨|今|本|这|明)年子?(?![轻纪龄])"
    r"|20[0-9]{2}年?|二[零〇][零〇一二三四五六七八九]{2}年?"
)
#: Two digits are a year beside a month only: 当兵25年 is how long, not when.
_YEAR = rf"(?:({_WHOLE_YEAR}|[0-9]{{2}}年)(?:度|份)?的?)"


def _year(word: str, today: date) -> int:
    bare = "去" if word.startswith("年时") else word.removesuffix("子").removesuffix("年")
    found = today.year + _YEARS[bare] if bare in _YEARS else numerals.year(bare)
    if not EARLIEST <= found < LATEST:
        raise ValueError(word)
    return found


def _month(word: str) -> int:
    found = numerals.value(word)
    if not 1 <= found <= 12:
        raise ValueError(word)
    return found


def _years_around(today: date, year: str | None) -> range:
    if year is None:
        return range(today.year - 1, today.year + 2)
    named = _year(year, today)
    return range(named, named + 1)


def _near_day(match: re.Match[str], today: date, ahead: bool) -> Days:
    return day(today + DAY * _OFFSETS[match[1]])


def _days_ago(match: re.Match[str], today: date, ahead: bool) -> Days:
    return day(today + DAY * numerals.value(match[1]) * (-1 if match[2] == "前" else 1))


def _weekend(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    if match[1] is not None:
        monday, _ = week(today, _STEPS[match[1]])
        return monday + DAY * 5, monday + DAY * 7
    both = [(week(today, shift)[0] + DAY * 5, week(today, shift)[1]) for shift in (-1, 0)]
    return _nearest(both, today, ahead)


def _weekday(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    number = 6 if match[2] in "日天7" else int(numerals.value(match[2])) - 1
    if match[1] is not None:
        return day(week(today, _STEPS[match[1]])[0] + DAY * number)
    return _nearest([day(week(today, shift)[0] + DAY * number) for shift in (-1, 0, 1)], today, ahead)


def _week(match: re.Match[str], today: date, ahead: bool) -> Days:
    return week(today, _STEPS[match[1]])


def _range_of_months(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    first, last = _month(match[2]), _month(match[3])
    count = (last - first) % 12 + 1
    return _nearest([months(year, first, count) for year in _years_around(today, match[1])], today, ahead)


def _date(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    month, number = _month(match[2]), numerals.value(match[3])
    found = [day(date(year, month, number)) for year in _years_around(today, match[1])]
    return _nearest(found, today, ahead) if match[1] is None else found[0]


def _range_of_days(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    start = _date(match, today, ahead)
    if start is None:
        return None
    month = _month(match[4]) if match[4] is not None else start[0].month
    year = start[0].year + (1 if month < start[0].month else 0)
    end = date(year, month, numerals.value(match[5])) + DAY
    return (start[0], end) if end > start[0] else None


def _since_day(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    start = _date(match, today, False)
    return (start[0], today + DAY) if start is not None and start[0] <= today else None


def _since_the_first(match: re.Match[str], today: date, ahead: bool) -> Days:
    return today.replace(day=1), today + DAY


def _day_of_near_month(match: re.Match[str], today: date, ahead: bool) -> Days:
    start, _ = months(today.year, today.month + _STEPS[match[1]])
    return day(start.replace(day=numerals.value(match[2])))


def _month_of_year(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    month = _month(match[2])
    found: list[Days | None] = [months(year, month) for year in _years_around(today, match[1])]
    return _nearest(found, today, ahead) if match[1] is None else found[0]


def _near_month(match: re.Match[str], today: date, ahead: bool) -> Days:
    return months(today.year, today.month + _STEPS[match[1]])


def _half(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    month = 1 if match[2] in "上头前" else 7
    found: list[Days | None] = [months(year, month, 6) for year in _years_around(today, match[1])]
    return _nearest(found, today, ahead) if match[1] is None else found[0]


def _quarter(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    month = (numerals.value(match[2]) - 1) * 3 + 1
    found: list[Days | None] = [months(year, month, 3) for year in _years_around(today, match[1])]
    return _nearest(found, today, ahead) if match[1] is None else found[0]


def _near_quarter(match: re.Match[str], today: date, ahead: bool) -> Days:
    return months(today.year, (today.month - 1) // 3 * 3 + 1 + 3 * _STEPS[match[1]], 3)


def _since(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    if match[1] is not None:
        return date(today.year, 1, 1), today + DAY
    if match[2] is not None:
        start = months(today.year, today.month + _STEPS[match[2]])[0]
    elif match[3] is not None:
        begun = _nearest([months(year, _month(match[3])) for year in _years_around(today, None)], today, False)
        start = begun[0] if begun is not None else today
    else:
        start = date(_year(match[4], today), 1, 1)
    return start, today + DAY


def _year_alone(match: re.Match[str], today: date, ahead: bool) -> Days:
    return years(_year(match[1], today))


def _last_months(match: re.Match[str], today: date, ahead: bool) -> Days:
    count = numerals.value(match[1])
    return months(today.year, today.month - count, count)


def _recent(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    """近三个月, 最近一周, 这几天: so long up to today, or from today on where the intent looks ahead."""
    unit = match[2]
    if match[1] in ("几", "些", "两") and unit in ("天", "日"):
        return (today, today + DAY * 3) if ahead else (today - DAY * 2, today + DAY)
    if match[1] == "半":
        return (back(today, month=6) if unit == "年" else today - DAY * 13), today + DAY
    count = 3 if match[1] == "几" else numerals.value(match[1])
    if count == 0:  # 近0周
        return None
    if unit in ("月", "年"):
        return back(today, month=count * (12 if unit == "年" else 1)), today + DAY
    length = count * (1 if unit in ("天", "日") else 7)
    return (today, today + DAY * length) if ahead else (today - DAY * (length - 1), today + DAY)


def _holiday(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    return _nearest([holiday(match[2], year) for year in _years_around(today, match[1])], today, ahead)


def _long_holiday(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    return _nearest([holiday("国庆", year) for year in _years_around(today, match[1])], today, ahead)


def _feast(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    """腊八, 重阳: a feast of the farmers' calendar."""
    return _nearest([lunar.feast(match[2], year) for year in _lunar_years(today, match[1])], today, ahead)


def _lunar_years(today: date, year: str | None) -> Sequence[int]:
    """The last months of such a year lie in our next one."""
    return [_year(year, today)] if year is not None else range(today.year - 2, today.year + 2)


def _lunar_day(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    month = lunar.month_number(match[2] or match[3] or "正")
    number = lunar.day_number(match[4])
    return _nearest([lunar.day(year, month, number) for year in _lunar_years(today, match[1])], today, ahead)


def _lunar_month(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    month = lunar.month_number(match[2] or match[3])
    return _nearest([lunar.month(year, month) for year in _lunar_years(today, match[1])], today, ahead)


def _lunar_day_of_month(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    number = lunar.day_number(match[1])
    found = [lunar.in_this_month(today, shift, number) for shift in (-1, 0, 1)]
    return _nearest(found, today, ahead)


def _two_months(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    first = _month(match[2][0])
    return _nearest([months(year, first, 2) for year in _years_around(today, match[1])], today, ahead)


def day_of_month(match: re.Match[str], today: date, ahead: bool) -> Days | None:
    number = numerals.value(match[1])
    found: list[Days | None] = []
    for shift in range(-2, 3):
        start, end = months(today.year, today.month + shift)
        if start + DAY * (number - 1) < end:
            found.append(day(start + DAY * (number - 1)))
    return _nearest(found, today, ahead)


_TO = r"(?:到|至|-|~|—)"
_FEASTS = "|".join(sorted([*HOLIDAYS, *(each for each in FIXED if each != "十一")], key=len, reverse=True))
_LUNAR_FEASTS = "|".join(sorted(set(lunar.FEASTS) - set(HOLIDAYS), key=len, reverse=True))
_LUNAR_MONTH = rf"(?:(?:农历|阴历|旧历)({NUMBER}|[正冬腊])月|([正冬腊])月)"
_LUNAR_DAY = r"(初(?:十|[一二三四五六七八九])|廿[一二三四五六七八九]?|[一二]?十[一二三四五六七八九]?|三十)"
_IN_TWO = "|".join(f"{one}{other}" for one, other in zip("一二三四五六七八九", "二三四五六七八九十", strict=True))
_THEN = "(?:放假|假期|长假|期间|那天|当天|那几天|那两天|那阵子|那会儿|前后)*"
_WEEK = r"(?:个)?(?:周|星期|礼拜)"
#: What every period holds: a text without any of these is not looked at further.
ANY = re.compile(r"[天日儿个昨今明晚早朝周期拜月年季旬号节元清端中重国五七八十以至初听腊除龙三六]")
RULES: list[tuple[re.Pattern[str], Make]] = [
    (
        re.compile(
            rf"(?:从)?(?:(年初)|{_STEP}个?月|{_MONTH}|{_YEAR})(?:份)?(?:以来|起到现在|开始到现在|到现在|至今|到今天|开始)"
        ),
        _since,
    ),
    (re.compile(rf"(?:从)?{_YEAR}?{_MONTH}({NUMBER})(?:号|日){_TO}(?:{_MONTH})?({NUMBER})(?:号|日)"), _range_of_days),
    (re.compile(rf"(?:从)?{_YEAR}?{_MONTH}({NUMBER})(?:号|日)(?:以来|起|开始)?(?:到现在|至今|到今天)"), _since_day),
    (re.compile(r"(?:从)?(?:这个?|本)?月(?:初|头)(?:以来|起|开始)?(?:到现在|至今|到今天|到今个)"), _since_the_first),
    (re.compile(rf"(?:从)?{_YEAR}?({NUMBER})月?(?:份)?{_TO}{_MONTH}(?!{NUMBER}(?:号|日))"), _range_of_months),
    (re.compile(rf"{_YEAR}?{_MONTH}({NUMBER})(?:号|日)"), _date),
    (re.compile(rf"{_STEP}个?月(?:份)?的?({NUMBER})(?:号|日)"), _day_of_near_month),
    (re.compile(rf"{_YEAR}?(?:第)?([一二三四1-4])季度"), _quarter),
    (re.compile(rf"{_STEP}(?:一)?个?季度"), _near_quarter),
    (re.compile(rf"{_YEAR}?(上|下|头|前|后)半年(?!来)"), _half),
    (re.compile(rf"{_YEAR}?十一(?:长假|放假|假期|期间|黄金周)"), _long_holiday),
    (re.compile(rf"{_YEAR}?({_FEASTS})(?:劳动|建军)?节?{_THEN}"), _holiday),
    (re.compile(rf"{_YEAR}?({_LUNAR_FEASTS})(?:节)?{_THEN}"), _feast),
    (re.compile(rf"{_YEAR}?{_LUNAR_MONTH}{_LUNAR_DAY}(?:号|日)?{_THEN}"), _lunar_day),
    (re.compile(rf"{_YEAR}?({NUMBER})月()(初[一二三四五六七八九十]|廿[一二三四五六七八九]){_THEN}"), _lunar_day),
    (re.compile(rf"{_YEAR}?()()(?:大年|年|过年)(初[一二三四五六七八九十]|十五){_THEN}"), _lunar_day),
    (re.compile(rf"{_YEAR}?{_LUNAR_MONTH}(?:份|里头|里|间|底|头)?"), _lunar_month),
    (re.compile(rf"(?<![上读念是])(初[一二三四五六七八九十])(?![中学级班生的])(?:号|日)?{_THEN}"), _lunar_day_of_month),
    (re.compile(rf"{_YEAR}?({_IN_TWO})月(?:份)?(?!{NUMBER}(?:号|日))"), _two_months),
    (re.compile(rf"{_YEAR}?{_MONTH}"), _month_of_year),
    (re.compile(rf"{_STEP}个?月(?:份)?"), _near_month),
    (re.compile(rf"{_STEP}?(?:个)?(?:周末|星期末|礼拜末|双休日)"), _weekend),
    (re.compile(rf"{_STEP}?{_WEEK}([一二三四五六日天1-7])(?![0-9年个共直定起])"), _weekday),
    (re.compile(rf"{_STEP}(?:一)?{_WEEK}"), _week),
    (re.compile(rf"(?:前|头)({NUMBER})个月"), _last_months),
    (re.compile(rf"(?:最近|近|过去|这)(?:的)?({NUMBER}|几|半|些)(?:个)?(天|日|周|星期|礼拜|月|年)"), _recent),
    (re.compile(rf"({NUMBER})天(?:以|之)?(前|后)"), _days_ago),
    (
        re.compile(
            r"(?<![到至])(大前|大后|赶明|前|昨|夜(?=儿|个)|今|当|明|听|后)(?:天|日|儿个|儿|个|晚上|晚|早上|早|朝)(?:子|儿)?"
            r"(?:的|上午|下午|晚上|早上|头晌|上昼|下昼|晌午|晚黑|清早)?"
        ),
        _near_day,
    ),
    (re.compile(rf"(?<![0-9月第十])({_WHOLE_YEAR})(?:度|份)?的?"), _year_alone),
    (re.compile(rf"(?<![0-9月第十.])({NUMBER})(?:号|日)(?![0-9楼线院门路])"), day_of_month),
]
