"""Numbers and moments as people read them: Shanghai time, hours and minutes, places on the map of a day."""

from __future__ import annotations

from datetime import date, datetime

from markupsafe import Markup

import clock

WEEKDAYS = "一二三四五六日"


def duration(minutes: int) -> str:
    """90 → `1 小时 30 分钟`; 0 → `0 分钟`."""
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else ""
    parts = ([f"{hours} 小时"] if hours else []) + ([f"{rest} 分钟"] if rest or not hours else [])
    return sign + " ".join(parts)


def day(at: datetime | date | str) -> str:
    """`6月10日（周三）`, with 今天 or 明天 before it, and the year where it is not this one.

    Takes an aware moment, a day, or a day as text (`2026-06-10`).
    """
    if isinstance(at, str):
        when = date.fromisoformat(at)
    else:
        when = clock.local_day(at) if isinstance(at, datetime) else at
    today = clock.local_day(clock.now())
    near = {0: "今天 ", 1: "明天 "}.get((when - today).days, "")
    year = "" if when.year == today.year else f"{when.year}年"
    return f"{near}{year}{when.month}月{when.day}日（周{WEEKDAYS[when.weekday()]}）"


def hhmm(at: datetime) -> str:
    """`09:02` in Shanghai."""
    return at.astimezone(clock.SHANGHAI).strftime("%H:%M")


def moment(at: datetime) -> str:
    """`今天 6月10日（周三） 09:02`."""
    return f"{day(at)} {hhmm(at)}"


def span(starts: datetime, ends: datetime) -> str:
    """`今天 6月10日（周三） 09:00–11:00`; both days where it passes midnight."""
    if clock.local_day(starts) == clock.local_day(ends):
        return f"{moment(starts)}–{hhmm(ends)}"
    return f"{moment(starts)} 至 {moment(ends)}"


def span_html(starts: datetime, ends: datetime) -> Markup:
    """`span` for a narrow screen: a line never ends between two hours."""
    if clock.local_day(starts) == clock.local_day(ends):
        return Markup('{} <span class="nowrap">{}–{}</span>').format(day(starts), hhmm(starts), hhmm(ends))
    return Markup('{} 至 <span class="nowrap">{}</span>').format(moment(starts), moment(ends))


def big_duration(minutes: int) -> Markup:
    """`duration` as a big figure: large numbers, small units, so that a thousand hours still fit a phone."""
    numbers = duration(minutes).split(" ")
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return Markup(" ").join(Markup("{} <small>{}</small>").format(number, unit) for number, unit in pairs)


FILTERS = {"as_duration": duration, "as_day": day, "as_time": hhmm, "as_moment": moment, "as_figure": big_duration}
