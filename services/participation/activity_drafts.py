"""What an activity must say before people may be asked to come (GB/T 40143 §6.1).

Time, place, content, whom and how many, how to sign up, which risks, what protection. A draft may lack some of
it; nothing is published that does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from frozen import dataclass
from services.participation import domains
from services.participation.positions import PositionDraft, invalid

#: The longest single activity: beyond a day it is several.
LONGEST = timedelta(hours=24)
OPENNESS = ("team", "area", "everyone")
JOINING = ("open", "approval", "invite")
LONGEST_NOTICE = 168  # hours before the start, a week
#: How long each text may be, in characters.
LENGTHS = {
    "title": 40, "place": 60, "content": 2000, "risk_notice": 1000, "conditions": 500, "safeguards": 500,
    "contact": 60, "how_to_join": 200, "host_contact": 60,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Links:
    """What an activity belongs to, by public codes; "" or 0 for none."""

    need: str = ""
    project: str = ""
    plan_item: int = 0
    campaigns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityDraft:
    """An activity as its leader writes it down. Moments are aware; `code_life` in seconds.

    Without a sign-up window: from publication until the start. Without `cancel_hours`: as the division's rule says.
    `emergency` is a centre's to declare. What is confidential or in a private home is open to the team alone.
    `purpose`: service, or training (`services.training.sessions`).
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
    code_life: int = 30
    how_to_join: str = ""
    joining: str = "open"
    cancel_hours: int | None = None
    venue_kind: str = ""
    host_contact: str = ""
    host_agreed: bool = False
    private_home: bool = False
    dangerous: bool = False
    emergency: bool = False
    agreement: bool = False
    purpose: str = "service"
    links: Links = Links()
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


def check_kind(
    *, domain: str, sub_domain: str, openness: str, code_life: int, joining: str = "open",
    cancel_hours: int | None = None, venue_kind: str = "", purpose: str = "service",
) -> None:  # fmt: skip
    """The choices from closed lists; ACTIVITY_INVALID with the field. A training has a domain of its own."""
    if domain not in ((domains.TRAINING,) if purpose == "training" else domains.CODES):
        raise invalid("domain")
    if domains.sub_domain(domain, sub_domain) is None:
        raise invalid("sub_domain")
    if openness not in OPENNESS:
        raise invalid("openness")
    if joining not in JOINING:
        raise invalid("joining")
    if cancel_hours is not None and not 0 <= cancel_hours <= LONGEST_NOTICE:
        raise invalid("cancel_hours")
    if venue_kind and venue_kind not in domains.venue_kinds():
        raise invalid("venue_kind")
    if not 30 <= code_life <= 120:
        raise invalid("code_life")


def check_times(*, starts_at: datetime, ends_at: datetime, opens_at: datetime, closes_at: datetime) -> None:
    """Start before end, at most 24 hours, a sign-up window that closes by the end; ACTIVITY_INVALID."""
    if not starts_at < ends_at <= starts_at + LONGEST:
        raise invalid("ends_at")
    if opens_at >= closes_at or closes_at > ends_at:
        raise invalid("signup_closes_at")


def check_complete(
    texts: Mapping[str, str], *, venue_kind: str, host_contact: str, host_agreed: bool, positions: int,
    starts_at: datetime, at: datetime,
) -> None:  # fmt: skip
    """What has to be there before publication; ACTIVITY_INVALID with the first field that is missing.

    `texts` in the order of the form: what GB/T 40143 §6.1 asks for. A school or barracks is asked
    first and has said yes (S55).
    """
    for field, text in texts.items():
        if not text.strip():
            raise invalid(field)
    if domains.needs_host(venue_kind):
        if not host_contact.strip():
            raise invalid("host_contact")
        if not host_agreed:
            raise invalid("host_agreed")
    if positions < 1:
        raise invalid("positions")
    if starts_at <= at:
        raise invalid("starts_at")
