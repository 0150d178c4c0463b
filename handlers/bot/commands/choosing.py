"""Which of a list does somebody mean: by number (2), by day (明天那个), by 2号, which may be either, or by name."""

from __future__ import annotations

from datetime import date
from typing import Any

from handlers.bot.words import Asked

#: Of 100: how much of a spoken name must stand in a title.
ALIKE = 80


def places(asked: Asked, topic: dict[str, Any]) -> list[int]:
    """The places (from 1) in the list `topic` that are meant; several where the words fit several, none where none."""
    by_number = [asked.number] if asked.number is not None and 1 <= asked.number <= len(topic["codes"]) else []
    by_day: list[int] = []
    if asked.period is not None:
        by_day = [
            place for place, day in enumerate(topic.get("days", ()), 1) if asked.means(date.fromisoformat(day))
        ]
    by_name = named(asked.activity, topic.get("titles", ())) if asked.activity else []
    if asked.period is not None and asked.activity:  # 周六的巡逻: both, or the day alone, for names are said loosely
        return [place for place in by_day if place in by_name] or by_day
    return list(dict.fromkeys([*by_number, *by_day, *by_name]))


def named(spoken: str, titles: list[str]) -> list[int]:
    """The places (from 1) of the titles that a spoken name fits best."""
    from rapidfuzz import fuzz

    scores = [fuzz.partial_ratio(spoken, title) if title else 0.0 for title in titles]
    top = max(scores, default=0.0)
    return [place for place, score in enumerate(scores, 1) if score == top] if top >= ALIKE else []
