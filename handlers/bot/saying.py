"""The forms of an answer: lines to tap, moments, hours, and a length that WeChat shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from clock import SHANGHAI
from handlers.bot.understanding import numerals
from handlers.bot.words import Period, said
from wechat.replies import MAX_TEXT_BYTES
from wording import entry, say

#: A tappable line that stands for a command and for no list.
ALWAYS = 1
TITLE_LENGTH = 24
PLACE_LENGTH = 16
_CHINESE_NUMBER = re.compile(rf"(?=[{numerals.NUMERALS}]){numerals.NUMBER}")


def tap(content: str, label: str = "", stamp: int = ALWAYS) -> str:
    """A line that sends `content` when tapped; `stamp` says which list it belongs to.

    The content must hold nothing that a link could mistake: it is one of our own words and numbers.
    """
    return say("bot.tap", content=content.replace(" ", ""), label=label or content, stamp=stamp)


def page(url: str, label: str) -> str:
    """A line that opens a page."""
    return say("bot.page", url=url, label=label)


@cache
def steps(*commands: str) -> str:
    """What to do next, as lines to tap, one for each command."""
    return "\n\n" + "\n".join([say("bot.steps"), *(tap(said(command)) for command in commands)])


def with_further(answer: str, command: str) -> str:
    """The answer to the first of two thoughts, with the second one as a line to tap, where there is room for it."""
    whole = answer + "\n\n" + say("bot.further") + "\n" + tap(said(command))
    return whole if fits(whole) else answer


def duration(minutes: int) -> str:
    """200 → `3 小时 20 分钟`, 60 → `1 小时`, 0 → `0 分钟`."""
    hours, rest = divmod(minutes, 60)
    key = "hours_minutes" if hours and rest else "hours_only" if hours else "minutes_only"
    return say(f"bot.{key}", hours=hours, minutes=rest)


def clock_time(at: datetime) -> str:
    """`09:02` in Shanghai."""
    return f"{at.astimezone(SHANGHAI):%H:%M}"


def when(at: datetime, now: datetime) -> str:
    """`今天 09:00`, `明天 09:00`, else `6月12日周五 09:00`."""
    local, today = at.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    near = {today: "today", today + timedelta(days=1): "tomorrow"}.get(local.date(), "that_day")
    weekday = entry("bot.weekdays")[local.weekday()]
    return say(f"bot.{near}", month=local.month, day=local.day, weekday=weekday, clock=clock_time(at))


def countdown(at: datetime, now: datetime) -> str:
    """`还有 2 天 3 小时`, `还有 40 分`, `已经开始`; whole hours from a day on, and no more words than that."""
    left = int((at - now).total_seconds() // 60)
    if left <= 0:
        return say("bot.countdown.begun")
    days, rest = divmod(left, 24 * 60)
    if not days:
        return say("bot.countdown.left", left=duration(left))
    key = "days_hours" if rest >= 60 else "days"
    return say(f"bot.countdown.{key}", days=days, hours=rest // 60)


def span(period: Period, now: datetime) -> str:
    """`上个月（2026年5月）`, `去年（2025年）`, `五一（5月1日至5日）`; what was said alone where it says the same."""
    days, spoken = _days(period, now), short(period.spoken.removesuffix("的").removesuffix("份"), 12)
    if not spoken or _same(spoken, days):
        return days
    return say("bot.span.both", spoken=spoken, days=days)


def spans(periods: Sequence[Period], now: datetime) -> str:
    """Several of them, as `span` says each."""
    return say("bot.roster.comma").join(span(period, now) for period in periods)


def _same(spoken: str, days: str) -> bool:
    """Whether 12月12号 says what 12月12日 says, 去年12月 no less than 2025年12月."""
    bare = _CHINESE_NUMBER.sub(lambda found: str(numerals.value(found[0])), spoken).replace("号", "日")
    return bare in days


def _days(period: Period, now: datetime) -> str:
    first, last = period.start, period.end - timedelta(days=1)
    this_year = now.astimezone(SHANGHAI).year
    if first.day == 1 and (period.end.day, last.month) == (1, first.month) and last.year == first.year:
        return say("bot.span.month", year=first.year, month=first.month)
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        key = "year" if first.year == last.year else "years"
        return say(f"bot.span.{key}", year=first.year, last=last.year)
    start, end = (
        say(f"bot.span.{key}", year=each.year, month=each.month, day=each.day)
        for each in (first, last)
        for key in ("day" if each.year == this_year else "old_day",)
    )
    return start if first == last else say("bot.span.days", start=start, end=end)


def short(text: str, most: int) -> str:
    """At most so many characters, on one line, without what could end a link."""
    line = " ".join(text.replace("<", "〈").replace(">", "〉").split())
    return line if len(line) <= most else line[: most - 1] + "…"


def number_word(number: int) -> str:
    """1 → 一, for stars."""
    words = str(entry("bot.numerals"))
    return words[number - 1] if 1 <= number <= len(words) else str(number)


def fits(text: str) -> bool:
    """Whether WeChat shows the text whole."""
    return len(text.encode()) <= MAX_TEXT_BYTES


def numbered(head: str, items: list[str], tail: str, rest: str, *, beyond: bool = False) -> str:
    """A list as long as WeChat shows it; `rest` stands for what is left out, here or already before (`beyond`)."""
    for kept in range(len(items), -1, -1):
        lines = [head, *items[:kept], rest if beyond or kept < len(items) else ""]
        text = "\n".join(line for line in lines if line) + tail
        if fits(text):
            return text
    return head
