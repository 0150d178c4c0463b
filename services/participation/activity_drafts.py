"""What an activity must say before people may be asked to come (GB/T 40143 §6.1).

Time, place, content, whom and how many, how to sign up, which risks, what protection. A draft may lack some of
it; nothing is published that does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.participation import domains
from services.participation.positions import PositionDraft, invalid

#: The longest single activity: beyond a day it is several.
LONGEST = timedelta(hours=24)
OPENNESS = ("team", "area", "everyone")
#: How long each text may be, in characters.
LENGTHS = {
    "title": 40, "place": 60, "content": 2000, "risk_notice": 1000, "conditions": 500, "safeguards": 500,
    "contact": 60,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityDraft:
    """An activity as its leader writes it down. Moments are aware; `code_life` in seconds.

    Without a sign-up window: from publication until the start.
    """

    title: str
    domain: str
    sub_domain: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    content: str = ""
    risk_notice: str = ""
    conditions: str = ""
    safeguards: str = ""
    contact: str = ""
    signup_opens_at: datetime | None = None
    signup_closes_at: datetime | None = None
    openness: str = "everyone"
    walk_in: bool = True
    code_life: int = 60
    positions: tuple[PositionDraft, ...] = ()


def check_texts(texts: dict[str, str]) -> dict[str, str]:
    """The texts, trimmed; ACTIVITY_INVALID for the first that is too long, or for a title that says nothing."""
    trimmed = {}
    for field, text in texts.items():
        trimmed[field] = text.strip()
        if len(trimmed[field]) > LENGTHS[field] or "\x00" in text:
            raise invalid(field)
    if not trimmed.get("title", "-"):
        raise invalid("title")
    return trimmed


def check_kind(*, domain: str, sub_domain: str, openness: str, code_life: int) -> None:
    """The choices from closed lists; ACTIVITY_INVALID with the field."""
    if domain not in domains.CODES:
        raise invalid("domain")
    if domains.sub_domain(domain, sub_domain) is None:
        raise invalid("sub_domain")
    if openness not in OPENNESS:
        raise invalid("openness")
    if not 30 <= code_life <= 120:
        raise invalid("code_life")


def check_times(*, starts_at: datetime, ends_at: datetime, opens_at: datetime, closes_at: datetime) -> None:
    """Start before end, at most 24 hours, a sign-up window that closes by the end; ACTIVITY_INVALID."""
    if not starts_at < ends_at <= starts_at + LONGEST:
        raise invalid("ends_at")
    if opens_at >= closes_at or closes_at > ends_at:
        raise invalid("signup_closes_at")


def check_complete(
    *, place: str, content: str, risk_notice: str, safeguards: str, domain: str, sub_domain: str,
    positions: int, starts_at: datetime, at: datetime,
) -> None:  # fmt: skip
    """What has to be there before publication; ACTIVITY_INVALID with the first field that is missing.

    Dangerous service must also say how people are protected (S58).
    """
    for field, text in (("place", place), ("content", content), ("risk_notice", risk_notice)):
        if not text.strip():
            raise invalid(field)
    if domains.is_danger(domain, sub_domain) and not safeguards.strip():
        raise invalid("safeguards")
    if positions < 1:
        raise invalid("positions")
    if starts_at <= at:
        raise invalid("starts_at")
