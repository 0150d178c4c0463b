"""Numbers as people write them: 2, 第二个, 报名2.1, 2号那个, 十二."""

from __future__ import annotations

import re

from frozen import dataclass

NUMERALS = "零〇一二两三四五六七八九十"
#: Up to two Arabic digits or a Chinese number below a hundred.
NUMBER = r"(?:[0-9]{1,2}(?![0-9])|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_VALUES = {word: number for number, word in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PART = r"(?:[.,\-、]([0-9]{1,2}))?"
_BARE = re.compile(rf"(?:我|就)?(?:选|要)?第?({NUMBER}){_PART}(?:个|号|项|条)?(?:活动|岗位)?")
#: In a sentence: 第二个, 2号 (which may be a day as well), 报名2, 取消第2.
_NAMED = re.compile(rf"第({NUMBER}){_PART}(?:个|号|项|条|场)?(?![季次天年名])")
_COUNTED = re.compile(rf"(?<![0-9月第十.])({NUMBER})(?:号|项)(?![0-9楼线院门路])")
_AFTER_VERB = re.compile(
    rf"(?:报名|报上|报|参加|选|取消|名额|整|退)(?!一(?:个|下|项))({NUMBER}){_PART}(?:个|号|项|条)?(?=$|那|的|这|活动|[^\w])"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list, and where in the text it stands. `as_day`: written like a day of the month."""

    number: int
    part: int | None
    start: int
    end: int
    as_day: bool = False


def value(text: str) -> int:
    """十二 → 12, 二十 → 20, 7 → 7."""
    if text.isdigit():
        return int(text)
    tens, mark, ones = text.rpartition("十")
    if mark:
        return (_VALUES[tens] if tens else 1) * 10 + (_VALUES[ones] if ones else 0)
    return _VALUES[text]


def year(text: str) -> int:
    """二〇二五 → 2025, 25 → 2025."""
    written = int("".join(str(_VALUES.get(each, each)) for each in text))
    return written if written > 99 else 2000 + written


def bare(text: str) -> Place | None:
    """A text that is a number and nothing else."""
    found = _BARE.fullmatch(text)
    return _place(found) if found is not None else None


def find(text: str) -> Place | None:
    """The place in a list that a sentence names."""
    named = _NAMED.search(text)
    if named is not None:
        return _place(named)
    counted = _COUNTED.search(text)
    if counted is not None:
        return Place(value(counted[1]), None, counted.start(), counted.end(), as_day=counted[0].endswith("号"))
    after = _AFTER_VERB.search(text)
    if after is not None:
        return Place(value(after[1]), int(after[2]) if after[2] else None, after.start(1), after.end())
    return None


def _place(found: re.Match[str]) -> Place:
    return Place(value(found[1]), int(found[2]) if found[2] else None, found.start(), found.end())
