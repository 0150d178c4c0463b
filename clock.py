"""The only place that asks what time it is.

`now()` is an aware UTC datetime, `today()` the calendar day in Asia/Shanghai. Everybody else is handed
the time. A demo or a test may shift the clock with a file (first line: seconds added to real time);
`settings` refuses such a file on a public address.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

UTC = timezone.utc
#: China has had one zone and no summer time since 1991: a fixed offset is exact and cheaper than tzdata.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

_shift_file: Path | None = None


def shift_by(path: str | Path | None) -> None:
    """Let the file at `path` move the clock by the whole seconds on its first line; None for real time."""
    global _shift_file
    _shift_file = Path(path) if path else None


def shift() -> timedelta:
    """How far ahead of the machine's clock this one is: nothing, but in a demo or a test."""
    if _shift_file is None:
        return timedelta()
    try:
        return timedelta(seconds=int(_shift_file.read_text().split("\n", 1)[0] or "0"))
    except (OSError, ValueError):
        return timedelta()


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC) + shift()


def today() -> date:
    """The calendar day in Asia/Shanghai."""
    return local_day(now())


def local_day(at: datetime) -> date:
    """The Shanghai day on which the aware moment `at` falls."""
    return at.astimezone(SHANGHAI).date()


def to_millis(at: datetime) -> int:
    """Epoch milliseconds of an aware moment; a naive one is a mistake and raises ValueError."""
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return (at - EPOCH) // _MILLISECOND


def from_millis(millis: int) -> datetime:
    """The aware UTC moment of epoch milliseconds."""
    return EPOCH + timedelta(milliseconds=millis)
