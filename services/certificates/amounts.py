"""Lengths of time and days as a certificate writes them: in figures and, against changed figures, in capitals."""

from __future__ import annotations

from datetime import date

from wording import entry, say

#: Groups of four digits, from the right.
GROUP = 10_000


def capitals(number: int) -> str:
    """A whole number as cheques write it: 105 → 壹佰零伍, 10020 → 壹万零贰拾; 0 → 零."""
    words = entry("certificates.capitals")
    digits, units = words["digits"], words["units"]
    if number <= 0:
        return str(digits[0])
    high, low = divmod(number, GROUP)
    text = capitals(high) + words["group"] if high else ""
    gap = bool(high)
    for place in (3, 2, 1, 0):
        digit = low // 10**place % 10
        if digit:
            zero = digits[0] if gap and (low // 10 ** (place + 1) % 10 == 0) and text else ""
            text += zero + digits[digit] + units[place]
            gap = True
    return text


def duration(minutes: int) -> str:
    """Whole minutes: 12 小时 5 分钟."""
    hours, rest = divmod(minutes, 60)
    key = "minutes" if not hours else "hours_minutes" if rest else "hours"
    return say(f"certificates.amount.{key}", hours=hours, minutes=rest)


def in_capitals(minutes: int) -> str:
    """Whole minutes in capitals: 壹拾贰小时零伍分钟."""
    hours, rest = divmod(minutes, 60)
    key = "minutes" if not hours else "hours_minutes" if rest else "hours"
    return say(f"certificates.capitals.{key}", hours=capitals(hours), minutes=capitals(rest))


def day(text: str) -> str:
    """`2026-06-10` as 2026年6月10日."""
    there = date.fromisoformat(text)
    return say("certificates.day", year=there.year, month=there.month, day=there.day)
