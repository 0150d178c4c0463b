"""What a template value may hold, by the letters of its key (§6.1): thing1 → thing."""

from __future__ import annotations

import re

_HOUR = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_MONTH, _DATE = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_DAY = rf"\d{{4}}(?:年{_MONTH}月(?:{_DATE}日)?|(?P<mark>[-/.]){_MONTH}(?P=mark){_DATE})"
_MOMENT = re.compile(rf"(?P<day>{_DAY})?\s?(?P<hour>{_HOUR})?")

RULES = {
    "number": r"-?\d{1,32}(\.\d{1,32})?",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^\w\s]{1,5}",
    "character_string": r"[\x21-\x7e](?:[\x20-\x7e]{0,30}[\x21-\x7e])?",
    "amount": r"[¥￥$€£]?\d{1,10}(\.\d+)?元?",
    "phone_number": r"[-+()#*\d ]{1,17}",
    "car_number": r"[\u4e00-\u9fffA-Za-z0-9]{1,8}",
    "phrase": r"[\u4e00-\u9fff]{1,5}",
}
LINE = re.compile(r"[\x00-\x1f\x7f]")


def _moment(text: str, need_hour: bool) -> bool:
    """One point of time: ``2026年5月1日 09:30``, ``2026-05-01 9:30``, ``09:30``, or a day alone."""
    found = _MOMENT.fullmatch(text.strip())
    return bool(found and found["hour" if need_hour else "day"])


def fits(key: str, text: str) -> bool:
    """Whether ``text`` may stand under ``key``; an unknown kind takes up to 20 characters."""
    kind = key.rstrip("0123456789")
    if not text.strip() or LINE.search(text):
        return False
    if kind in ("time", "date"):
        parts = text.split("~")
        return len(parts) <= 2 and all(_moment(part, kind == "time") for part in parts)
    if kind == "name":
        return len(text) <= (10 if re.search(r"[\u4e00-\u9fff]", text) else 20)
    if kind in RULES:
        return re.fullmatch(RULES[kind], text) is not None
    return len(text) <= 20
