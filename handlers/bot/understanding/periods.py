"""When somebody means: 昨天, 上个月, 三月份, 去年下半年, 五一, 近三个月, 15号.

What a sentence leaves open (三月份 in February, 周六) is the last such time past, or, where the intent looks ahead, the
next one to come. So a period is found first and settled when the intent is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from frozen import dataclass
from handlers.bot.understanding.calendar import DAY, Days
from handlers.bot.understanding.kinds_of_period import ANY, RULES, Make, day_of_month
from handlers.bot.words import Period

Settle = Callable[[date, bool], Days | None]
#: So many periods of one sentence are told apart.
MOST = 4
#: What joins two of them.
_JOINS = frozenset(
    ("和", "跟", "与", "同", "、", "及", "以及", "还有", "加", "加上", ",", "或", "或者", "的和", "比", "对比")
)


@dataclass(frozen=True, slots=True)
class Found:
    """A period in a text, or several side by side (三月和五月): where they stand, as each was said, and how to settle
    it. `bare_day`: a 15号 without a month."""

    start: int
    end: int
    parts: tuple[tuple[str, Settle], ...]
    bare_day: bool = False

    def settled(self, today: date, *, ahead: bool) -> list[Period]:
        """The days of each as they were said, neighbouring days in one (明天后天); none for what no calendar has
        (2月30号)."""
        found: list[Period] = []
        for spoken, settle in self.parts:
            try:
                days = settle(today, ahead)
            except (ValueError, OverflowError):
                continue
            if days is not None:
                _add(found, Period(*days, spoken))
        return found


def find(text: str) -> Found | None:
    """The first kind of period that stands in the text, in the order of `RULES`, with what is joined to it; of several
    of a kind the last one, and today only where no other day is named (今天下雨, 明天的活动我不去了)."""
    if ANY.search(text) is None:
        return None
    for pattern, make in RULES:
        matches = list(pattern.finditer(text))
        if matches:
            match = next((each for each in reversed(matches) if each[0][0] != "今"), matches[-1])
            if make is day_of_month:
                return Found(match.start(), match.end(), ((match[0], _bound(make, match)),), bare_day=True)
            return _with_neighbours(text, match, make)
    return None


def _with_neighbours(text: str, match: re.Match[str], make: Make) -> Found:
    """三月和五月, 明天后天: with what stands right beside it, joined by a word, or by nothing between two of a kind."""
    start, end, parts = match.start(), match.end(), [(match[0], _bound(make, match))]
    rules = [(pattern, kind) for pattern, kind in RULES if kind is not day_of_month]
    standing = [(each, kind) for pattern, kind in rules for each in pattern.finditer(text)]
    for each, kind in sorted(standing, key=lambda one: one[0].start()):
        if each.start() >= end and _joined(text[end : each.start()], kind is make):
            parts.append((each[0], _bound(kind, each)))
            end = each.end()
    for each, kind in sorted(standing, key=lambda one: -one[0].end()):
        if each.end() <= start and _joined(text[each.end() : start], kind is make):
            parts.insert(0, (each[0], _bound(kind, each)))
            start = each.start()
    return Found(start, end, tuple(parts[:MOST]))


def _joined(between: str, alike: bool) -> bool:
    return between in _JOINS or (alike and not between)


def _add(found: list[Period], new: Period) -> None:
    """A single day beside the one before it lengthens that one; a period within another stands for both."""
    last = found[-1] if found else None
    if last is not None and new.end - new.start == DAY and last.end - last.start <= DAY * 6:
        if last.start <= new.start < last.end:  # 上周周六
            found[-1] = new
            return
        if new.start == last.end:
            found[-1] = Period(last.start, new.end, last.spoken + new.spoken)
            return
        if new.end == last.start:
            found[-1] = Period(new.start, last.end, last.spoken + new.spoken)
            return
    if new not in found:
        found.append(new)


def _bound(make: Make, match: re.Match[str]) -> Settle:
    return lambda today, ahead: make(match, today, ahead)
