"""Money as people write and read it, and as it is kept: whole fen, never a fraction of a number."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from clock import local_day
from services.errors import Refusal, RefusalCode

#: Below a thousand million; a comma stands before three digits or nowhere, so that `1,5` is nobody's fifteen.
_YUAN = re.compile(r"¥?\s*(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{1,2}))?\s*元?", re.ASCII)


def fen(text: str, field: str = "amount") -> int:
    """`1,200.5`, `１２００.５`, `1200.50元` as 120050. Refusal: FIELD_WRONG (`field`) for no amount above zero."""
    found = _YUAN.fullmatch(unicodedata.normalize("NFKC", text).strip())
    value = int(found[1].replace(",", "")) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    if value <= 0:
        raise Refusal(RefusalCode.FIELD_WRONG, field=field)
    return value


def yuan(value: int) -> str:
    """120050 as `1200.50`, 120000 as `1200`."""
    sign, (whole, rest) = "-" if value < 0 else "", divmod(abs(value), 100)
    return f"{sign}{whole}.{rest:02d}" if rest else f"{sign}{whole}"


def past_day(text: str, at: datetime, field: str = "day") -> str:
    """A day that is not to come, as it is kept. Refusal: FIELD_WRONG (`field`)."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refusal(RefusalCode.FIELD_WRONG, field=field) from None
    if day > local_day(at) or day.year < 2000:
        raise Refusal(RefusalCode.FIELD_WRONG, field=field)
    return day.isoformat()
