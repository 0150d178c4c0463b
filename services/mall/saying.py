"""How the mall says digits, days and states."""

from __future__ import annotations

from datetime import date

from wording import say


def grouped(digits: str) -> str:
    """1234 5678, as it is read out."""
    return f"{digits[:4]} {digits[4:]}"


def day_words(day: str) -> str:
    """7月10日."""
    there = date.fromisoformat(day)
    return say("mall.day", month=there.month, day=there.day)
