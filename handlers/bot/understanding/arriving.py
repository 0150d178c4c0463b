"""半小时到, 大概40分钟能到, 一个半小时左右到: how many minutes somebody needs until he is there."""

from __future__ import annotations

import re

from handlers.bot.understanding import numerals

_NUMBER = rf"([0-9]{{1,3}}|{numerals.NUMBER})"
_BEFORE = r"(?:我|俺|大概|大约|差不多|估计|最多|还要|还得|再过|再有|要|得|也就|就)*"
_AFTER = r"(?:左右|以后|之后|以内|后|内|的样子)?"
_THERE = r"(?:我|就|能|可以|会|才能|才)*(?:赶到|到达|到|过来|过去)(?:场|那|那里|那边)?"
_LONG = rf"(?P<hours>{_NUMBER})个?(?P<more>半)?(?:小时|钟头)(?:(?P<rest>{_NUMBER})分钟?|(?P<too>半))?"
_HOURS = rf"(?:(?P<half>半)个?(?:小时|钟头)|{_LONG})"
_TIME = rf"(?:{_HOURS}|(?P<minutes>{_NUMBER})分钟|(?P<quarters>[一二三两123])刻钟)"
_SAID = re.compile(f"{_BEFORE}{_TIME}{_AFTER}(?P<there>{_THERE})?")


def minutes(bare: str, *, alone: bool) -> int | None:
    """The minutes of a text that says nothing else; `alone`: also without 到 (40分钟)."""
    found = _SAID.fullmatch(bare)
    if found is None or not (alone or found["there"]):
        return None
    if found["half"]:
        return 30
    if found["quarters"]:
        return 15 * numerals.value(found["quarters"])
    if found["minutes"]:
        return _value(found["minutes"])
    half = 30 if found["more"] or found["too"] else _value(found["rest"]) if found["rest"] else 0
    return 60 * _value(found["hours"]) + half


def _value(text: str) -> int:
    return int(text) if text.isdigit() else numerals.value(text)
