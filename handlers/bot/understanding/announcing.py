"""发布活动 周六上午八点到十点 东湖公园 清理河岸 20人: when, where, what, how many, from one sentence or labelled lines.

Nothing is guessed that was not said: what is missing stays empty, and the command asks for it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from clock import SHANGHAI, UTC, local_day
from frozen import dataclass
from handlers.bot.understanding import lunar, numerals, periods, teams
from handlers.bot.understanding.numerals import NUMBER
from handlers.bot.understanding.vocabulary import vocabulary
from wording import entry

#: Of a text so much is looked at.
MOST = 300
MOST_DAYS = 4
#: 明早八点, 今晚七点.
_SHORT_DAY = re.compile(r"(今|明|后)(早|晚)(?!上|晨|饭|会)")
#: Brackets that nothing is left in.
_EMPTY = re.compile(r"\(\s*\)|\[\s*\]")
_PARTS_OF_DAY = {
    "凌晨": 0, "早上": 0, "早晨": 0, "清早": 0, "早": 0, "上午": 0, "中午": 12, "下午": 12, "傍晚": 12, "晚上": 12,
    "晚": 12,
}  # fmt: skip
_CLOCK = rf"({'|'.join(_PARTS_OF_DAY)})?({NUMBER})(?:(?:点钟?|时)(?:(半)|([一三])刻|({NUMBER})分?)?|:([0-5][0-9]))"
_TO = r"\s*(?:到|至|-|~|—)\s*"
_SPAN = re.compile(rf"{_CLOCK}(?:开始)?{_TO}{_CLOCK}(?:结束)?")
_LASTING = re.compile(rf"{_CLOCK}(?:开始)?[,，\s]*(?:干|做|服务|大概|大约|共)?({NUMBER})个?(半)?(?:小时|钟头)")
_BEGIN = re.compile(_CLOCK)
_QUOTA = re.compile(
    r"(?:人数[::]?|名额[::]?|需要|要|招募|招|限|共)?\s*([0-9]{1,4}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]百?)\s*(?:个人|名志愿者|个志愿者|人|名)(?:左右|以内)?"
)
_LABELS = {"place": r"(?:集合)?地点|在哪里?", "title": "内容|活动名称|名称|标题|做什么|干什么", "when": "时间|日期"}
_LABEL = re.compile(rf"(?:{'|'.join(_LABELS.values())})\s*:")
#: What places end in, and what is done there: where such a word begins, the place has ended.
_PLACE_END = rf"(?:{'|'.join(sorted(entry('understanding.announcing.places'), key=len, reverse=True))})+"
_DOING = rf"(?:{'|'.join(sorted(entry('understanding.announcing.doing'), key=len, reverse=True))})"
_AT = re.compile(rf"(?:在|到|去)(?P<place>[^\s,;]{{0,24}}?{_PLACE_END})(?:里|上|旁边|附近)?(?P<rest>.*)")
#: 在东湖大堤闸口清理垃圾: a verb of doing ends the place, whatever it is called.
_DONE_AT = re.compile(
    rf"(?:在|到|去)(?P<place>[^\s,;]{{2,24}}?)(?:里|上|旁边|附近)?(?:集合|去)?(?P<rest>{_DOING}[^\s]*)"
)
#: 东湖公园清理河岸 in one.
_GLUED = re.compile(rf"(?P<place>[^\s,;]{{1,16}}?{_PLACE_END})(?P<rest>[^\s,;]{{2,}})")
_DONE = re.compile(rf"(?P<place>[^\s,;]{{0,14}}?{_PLACE_END})(?:里|上|旁边|附近)?(?P<rest>{_DOING}[^\s,;]*)")
_SPLIT = re.compile(r"[\s,;。、]+")
_EDGES = re.compile(r"^(?:开展|举行|组织|搞|办|做|进行|的|去|集合)+|(?:活动|的)$")


@dataclass(frozen=True, slots=True)
class Announced:
    """What was said; None or "" for what was not. Moments are aware; `team` as it was said. `days`: how many were
    named; of several none is taken."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    title: str = ""
    quota: int | None = None
    team: str = ""
    days: int = 1


def read(text: str, at: datetime) -> Announced:
    """Take the sentence apart; `at` settles 周六 and 明天, which lie ahead."""
    left = unicodedata.normalize("NFKC", text[:MOST]).translate(vocabulary().simplified)
    left = _SHORT_DAY.sub(r"\1天\2上", re.sub(r"[\r\n]+", " ; ", left))
    team, left = _team(left)
    starts_at, ends_at, left, days = _when(left, at)
    quota, left = _quota(left)
    place, title = _where_and_what(left)
    return Announced(starts_at, ends_at, place, title, quota, team, days)


def _team(text: str) -> tuple[str, str]:
    """A team's name at the beginning, up to a blank or a sign."""
    first = re.match(r"\s*([^\s:,;]{2,30}队)[\s:,;]+", text)
    if first is None or teams.find(first[1]) is None:
        return "", text
    return first[1], text[first.end() :]


def _when(text: str, at: datetime) -> tuple[datetime | None, datetime | None, str, int]:
    begin, length, left = _hours(text)
    named, left = _days(left, at)
    if len(named) != 1 or begin is None:
        return None, None, left, len(named)
    starts = datetime.combine(named.pop(), time(*divmod(begin, 60)), SHANGHAI).astimezone(UTC)
    return starts, starts + length if length is not None else None, left, 1


def _days(text: str, at: datetime) -> tuple[set[date], str]:
    """The days that a text names, one said twice (12月12号（周六）) but once, and the text without them."""
    named: set[date] = set()
    for _ in range(MOST_DAYS):
        found = periods.find(text)
        spans = found.settled(local_day(at), ahead=True) if found is not None else []
        feasts = [lunar.feast(each.spoken[:2], each.start.year) or (each.start, each.end) for each in spans]
        days = [start + timedelta(days=n) for start, end in feasts for n in range((end - start).days)]
        if found is None or not days or len(days) > 7:
            break
        named.update(days)
        text = _EMPTY.sub(" ", f"{text[: found.start]} {text[found.end :]}")
    return named, text


def _hours(text: str) -> tuple[int | None, timedelta | None, str]:
    """(minutes after midnight, how long, the text without them)."""
    span = _SPAN.search(text)
    if span is not None:
        begin, end = _minutes(span.groups()[:6]), _minutes(span.groups()[6:12])
        if begin is None or end is None:
            return None, None, text
        if end <= begin and end < 12 * 60 and span.groups()[6] is None:
            end += 12 * 60
        length = timedelta(minutes=end - begin) if end > begin else None
        return begin, length, _cut(text, span)
    lasting = _LASTING.search(text)
    if lasting is not None:
        hours = numerals.value(lasting.groups()[6]) + (0.5 if lasting.groups()[7] else 0)
        return _minutes(lasting.groups()[:6]), timedelta(hours=hours), _cut(text, lasting)
    alone = _BEGIN.search(text)
    return (_minutes(alone.groups()[:6]), None, _cut(text, alone)) if alone is not None else (None, None, text)


def _cut(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _minutes(parts: tuple[str | None, ...]) -> int | None:
    """八点半 → 510, 下午两点 → 840; None for no time of any day."""
    word, hour, half, quarter, minute, digits = parts
    hours = numerals.value(hour or "0")
    shift = _PARTS_OF_DAY.get(word or "", 0)
    if shift and hours < 12 and not (word == "中午" and hours > 10):
        hours += shift
    rest = 30 if half else 15 * numerals.value(quarter) if quarter else numerals.value(minute or digits or "0")
    return hours * 60 + rest if hours < 24 and rest < 60 else None


def _quota(text: str) -> tuple[int | None, str]:
    found = _QUOTA.search(text)
    if found is None:
        return None, text
    word = found[1]
    hundreds = word.endswith("百")
    count = 100 * numerals.value(word[0]) if hundreds else int(word) if word.isdigit() else numerals.value(word)
    return count or None, _cut(text, found)


def _where_and_what(text: str) -> tuple[str, str]:
    labelled = _labelled(text)
    if labelled["place"] or labelled["title"]:
        return labelled["place"], labelled["title"]
    pieces = [piece for piece in _SPLIT.split(_LABEL.sub(" ", text)) if len(piece) > 1 and piece not in _PARTS_OF_DAY]
    for number, piece in enumerate(pieces):
        inside = _DONE_AT.match(piece) or _AT.match(piece)
        if inside is not None:
            rest = [*pieces[:number], inside["rest"], *pieces[number + 1 :]]
            return inside["place"], _joined(rest)
    glued = (_DONE.fullmatch(pieces[0]) or _GLUED.fullmatch(pieces[0])) if len(pieces) == 1 else None
    if glued is not None:
        return glued["place"], _joined([glued["rest"]])
    ending = [number for number, piece in enumerate(pieces) if re.search(_PLACE_END + "$", piece)]
    if ending or len(pieces) > 1:
        number = ending[0] if ending else 0
        return pieces[number].removeprefix("在"), _joined([*pieces[:number], *pieces[number + 1 :]])
    return "", _joined(pieces)


def _labelled(text: str) -> dict[str, str]:
    found = {}
    for name, label in _LABELS.items():
        match = re.search(rf"(?:{label})\s*:\s*([^;]+?)(?=\s*;|\s+\S{{2,4}}:|$)", text)
        found[name] = match[1].strip(" ,;") if match is not None else ""
    return found


def _joined(pieces: list[str]) -> str:
    return _EDGES.sub("", _EDGES.sub("", "".join(piece for piece in pieces if piece)))
