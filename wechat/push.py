"""What the values of template and subscription messages may look like (wechat-platform.md §6.1).

A value that breaks its rule makes the whole message fail with 47003, so values are fitted before they
are queued. The rule hangs on the key's name: `thing1`, `time2`, `number3`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_DATE = r"\d{4}(?:年\d{1,2}月\d{1,2}日|-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\.\d{1,2}\.\d{1,2})"
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_MOMENT = rf"(?:{_DATE} ?)?{_CLOCK}"
_DAY = rf"{_DATE}(?: ?{_CLOCK})?"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)


def _whole(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: compiled.fullmatch(value) is not None


#: How a value of each kind must look; every kind also forbids emptiness and control characters.
_RULES: dict[str, Callable[[str], bool]] = {
    "thing": lambda value: _length(value) <= 20,
    "number": lambda value: len(value) <= 32 and _NUMBER.fullmatch(value) is not None,
    "letter": _whole(r"[A-Za-z]{1,32}"),
    "symbol": lambda value: re.fullmatch(r"[^\w\s]{1,5}", value) is not None,
    "character_string": _whole(r"[!-~](?:[ -~]{0,30}[!-~])?"),
    "time": _whole(rf"{_MOMENT}(?: ?~ ?{_MOMENT})?"),
    "date": _whole(rf"{_DAY}(?: ?~ ?{_DAY})?"),
    "amount": _whole(r"[¥￥$€£]?\d{1,10}(?:\.\d+)?元?"),
    "phone_number": _whole(r"[\d+\-() ]{1,17}"),
    "car_number": lambda value: len(value) <= 8,
    "name": lambda value: len(value) <= (20 if value.isascii() else 10),
    "phrase": _whole(r"[一-鿿]{1,5}"),
    "enum": lambda value: True,
}
_KEY = re.compile(r"([a-z_]+?)\d{1,3}", re.ASCII)
#: Control characters, line and paragraph separators, byte order marks, lone surrogates.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]+")
#: Stands where nothing is left of a value; an empty one is refused.
_NOTHING = {"number": "0", "amount": "0", "phrase": "无"}


def fit(data: dict[str, str]) -> dict[str, str]:
    """The same keys with values the platform takes: cleaned of line breaks and control characters, of
    characters their kind forbids, and shortened (`…` where the kind allows it).

    A `time` or `date` cannot be invented: one that is not a time stays, and `check` names it.
    """
    return {key: _fitted(_kind(key), value) for key, value in data.items()}


def check(data: dict[str, str]) -> list[str]:
    """The keys whose values (or whose own names) the platform would refuse, in the order given."""
    return [key for key, value in data.items() if not _good(_kind(key), value)]


def _good(kind: str, value: str) -> bool:
    rule = _RULES.get(kind)
    return bool(rule and value.strip() and not _UNPRINTABLE.search(value) and rule(value))


def _fitted(kind: str, value: str) -> str:
    value = " ".join(_UNPRINTABLE.sub(" ", value).split())
    if kind in _TRIMMERS:
        value = _TRIMMERS[kind](value)
    elif kind not in _RULES:
        value = _shorter(value, 20)
    return value or _NOTHING.get(kind, "-")


def _kind(key: str) -> str:
    found = _KEY.fullmatch(key)
    return found.group(1) if found else ""


def _length(value: str) -> int:
    """Characters as a phone counts them: one beyond the basic plane (emoji) is two."""
    return len(value) + sum(ord(each) > 0xFFFF for each in value)


def _shorter(value: str, most: int) -> str:
    if _length(value) <= most:
        return value
    kept = value[: most - 1]
    while _length(kept) > most - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _number(value: str) -> str:
    found = _NUMBER.search(value)
    return found.group()[:32].rstrip(".") if found else ""


def _amount(value: str) -> str:
    found = re.search(r"[¥￥$€£]?\d+(?:\.\d+)?元?", value, re.ASCII)
    whole = found.group() if found else ""
    return whole if _RULES["amount"](whole) else ""


def _only(pattern: str, most: int) -> Callable[[str], str]:
    forbidden = re.compile(pattern, re.ASCII)
    return lambda value: forbidden.sub("", value)[:most].strip()


_TRIMMERS: dict[str, Callable[[str], str]] = {
    "thing": lambda value: _shorter(value, 20),
    "number": _number,
    "letter": _only(r"[^A-Za-z]", 32),
    "symbol": lambda value: re.sub(r"[\w\s]", "", value)[:5],
    "character_string": _only(r"[^ -~]", 32),
    "amount": _amount,
    "phone_number": _only(r"[^\d+\-() ]", 17),
    "car_number": lambda value: value[:8].strip(),
    "name": lambda value: _shorter(value, 20 if value.isascii() else 10),
    "phrase": _only(r"[^一-鿿]", 5),
}
