"""Numbers and moments as people read them: Shanghai time, hours and minutes, places on the map of a day."""

from __future__ import annotations

from datetime import date, datetime

from flask import g, has_request_context
from markupsafe import Markup

import clock
from services import times

WEEKDAYS = "一二三四五六日"


def duration(minutes: int) -> str:
    """90 → `1 小时 30 分钟`; 0 → `0 分钟`."""
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else ""
    parts = ([f"{hours} 小时"] if hours else []) + ([f"{rest} 分钟"] if rest or not hours else [])
    return sign + " ".join(parts)


def day(at: datetime | date | str) -> str:
    """`6月10日（周三）`, with 今天 or 明天 before it, and the year where it is not this one.

    Takes an aware moment, a day, or a day as text (`2026-06-10`). In a file it is `2026-06-10`: it will be opened on
    another day, and put in order.
    """
    if isinstance(at, str):
        when = date.fromisoformat(at)
    else:
        when = clock.local_day(at) if isinstance(at, datetime) else at
    if has_request_context() and g.get("in_a_file"):
        return when.isoformat()
    today = clock.local_day(clock.now())
    near = {0: "今天 ", 1: "明天 "}.get((when - today).days, "")
    year = "" if when.year == today.year else f"{when.year}年"
    return f"{near}{year}{when.month}月{when.day}日（周{WEEKDAYS[when.weekday()]}）"


def hhmm(at: datetime) -> str:
    """`09:02` in Shanghai."""
    return at.astimezone(clock.SHANGHAI).strftime("%H:%M")


def last_day(due: datetime) -> str:
    """`day` of the last day that a deadline leaves: `11月5日 00:00以前` would be read as the 5th."""
    return day(times.last_day(due))


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
    return Markup('{} 至 {} <span class="nowrap">{}</span>').format(moment(starts), day(ends), hhmm(ends))


def big_duration(minutes: int) -> Markup:
    """`duration` as a big figure: large numbers, small units, so that a thousand hours still fit a phone."""
    numbers = duration(minutes).split(" ")
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return Markup(" ").join(Markup("{} <small>{}</small>").format(number, unit) for number, unit in pairs)


#: What a browser's own name holds → how people call the machine, and the browser; the first that fits.
MACHINES = (
    ("iPad", "苹果平板"), ("iPhone", "苹果手机"), ("OpenHarmony", "鸿蒙手机"), ("Android", "安卓手机"),
    ("Windows", "Windows 电脑"), ("Macintosh", "苹果电脑"), ("Linux", "Linux 电脑"),
)  # fmt: skip
BROWSERS = (
    ("MicroMessenger", "微信"), ("Edg/", "Edge 浏览器"), ("QQBrowser", "QQ 浏览器"), ("Firefox/", "火狐浏览器"),
    ("Chrome/", "Chrome 浏览器"), ("Safari/", "Safari 浏览器"),
)  # fmt: skip


def machine(agent: str) -> str:
    """A browser's own name as people say it: `Windows 电脑，Edge 浏览器`; "" if nothing in it is known."""
    found = [
        next((word for mark, word in names if mark in agent), "") for names in (MACHINES, BROWSERS)
    ]  # fmt: skip
    return "，".join(filter(None, found))


def local(at: datetime) -> str:
    """`2026-06-10T09:02` in Shanghai: what a field for day and time holds."""
    return at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def yuan(fen: int) -> str:
    """`1,200.50` for 120050 fen, `1,200` for 120000."""
    return f"{fen // 100:,}" if fen % 100 == 0 else f"{fen / 100:,.2f}"


def in_yuan(fen: int) -> int | float:
    """Fen as a number of yuan, for a column of a list: 1200, 1200.5."""
    return fen // 100 if fen % 100 == 0 else fen / 100


FILTERS = {
    "as_yuan": yuan,
    "as_duration": duration,
    "as_day": day,
    "as_last_day": last_day,
    "as_time": hhmm,
    "as_moment": moment,
    "as_local": local,
    "as_figure": big_duration,
}
