"""What a screen or a sheet of paper shows to be scanned: rotating code, poster, a person's own code."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from clock import local_day
from frozen import dataclass
from models import Activity, Shift, Signup, Volunteer
from queries import attendance as sql
from services import codes, permissions, rules
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation import privacy, revoked
from services.parts import Parts
from wechat.gateway import QrTicket, WechatFailure

PERSONAL_LIFE = timedelta(hours=24)
#: WeChat keeps a temporary code no longer.
CHAT_LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Stage:
    """The rotating code of this step: `url` is what the QR holds, when the next one is due, and how long a screen that
    gets no next one may go on showing this."""

    url: str
    title: str
    direction: str
    next_at: datetime
    good_until: datetime
    server_now: datetime


@dataclass(frozen=True, slots=True)
class Personal:
    """A person's own code for the leader to scan."""

    url: str
    name: str
    public_no: str
    expires_at: datetime


def _led_shift(*, actor: Actor, shift_code: str, at: datetime) -> Shift:
    shift = Shift.select(Shift, Activity).join(Activity).where(Shift.code == shift_code).first()
    if shift is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=shift.activity.team_id, at=at)
    if shift.activity.state == "cancelled":
        raise Refusal(RefusalCode.ACTIVITY_CANCELLED, title=shift.activity.title)
    return shift


def _printed_shift(*, actor: Actor, shift_code: str, at: datetime) -> Shift:
    """A shift whose code may hang on a wall: of nothing that strangers must not know of; NO_POSTER."""
    shift = _led_shift(actor=actor, shift_code=shift_code, at=at)
    if privacy.is_hidden(shift.activity):
        raise Refusal(RefusalCode.NO_POSTER)
    return shift


def stage(*, parts: Parts, actor: Actor, shift_code: str, direction: str, at: datetime) -> Stage:
    """The code the leader's screen shows at `at`. Refusals: NOT_FOUND, ACTIVITY_CANCELLED."""
    shift = _led_shift(actor=actor, shift_code=shift_code, at=at)
    code = codes.venue_code(shift_code=shift.code, shift_key=shift.code_key, direction=direction, at=at)
    next_at = codes.step_ends(codes.step_of(at))
    return Stage(
        url=f"{parts.public_url}/q/{code}",
        title=shift.activity.title,
        direction=direction,
        next_at=next_at,
        good_until=next_at + timedelta(seconds=shift.activity.code_life - codes.STEP_SECONDS),
        server_now=at,
    )


def poster(*, parts: Parts, actor: Actor, shift_code: str, direction: str, at: datetime) -> str:
    """The address that a printed poster holds. Refusals: NOT_FOUND, ACTIVITY_CANCELLED, NO_POSTER."""
    shift = _printed_shift(actor=actor, shift_code=shift_code, at=at)
    code = codes.poster_code(shift_code=shift.code, shift_key=shift.code_key, direction=direction)
    return f"{parts.public_url}/q/{code}"


def chat_scene(*, actor: Actor, shift_code: str, direction: str, at: datetime) -> str:
    """The scene of the official-account QR that checks in (`i.<shift>`) or out (`o.<shift>`) in the chat."""
    shift = _led_shift(actor=actor, shift_code=shift_code, at=at)
    return f"{direction[0]}.{shift.code}"


def chat_poster(*, parts: Parts, actor: Actor, shift_code: str, direction: str, at: datetime) -> QrTicket:
    """The official-account QR of a shift to print; it lives until a day after the shift, thirty days at most.

    Refusals: NOT_FOUND, ACTIVITY_CANCELLED, NO_POSTER, WECHAT_UNAVAILABLE.
    """
    shift = _printed_shift(actor=actor, shift_code=shift_code, at=at)
    scene = chat_scene(actor=actor, shift_code=shift_code, direction=direction, at=at)
    life = min(max(shift.ends_at - at, timedelta(0)) + timedelta(days=1), CHAT_LIFE)
    try:
        return parts.gateway.create_qr(scene, seconds=int(life.total_seconds()))
    except WechatFailure as failure:
        raise Refusal(RefusalCode.WECHAT_UNAVAILABLE) from failure


def person_code(*, parts: Parts, volunteer_id: int, at: datetime) -> Personal:
    """A person's own code, good for 24 hours, the same all through one Shanghai day so that it can be kept.

    Whoever has a place in an activity keeps a code that lasts until the activity's scans end: where he goes there may
    be no network to fetch another one.
    """
    person = Volunteer.get_or_none(Volunteer.id == volunteer_id)
    if person is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    midnight = datetime.combine(local_day(at), datetime.min.time(), tzinfo=at.tzinfo) - timedelta(hours=8)
    expires = max(midnight + timedelta(days=1) + PERSONAL_LIFE, _last_scan(volunteer_id, at))
    issued = max(midnight, revoked.issued_before(volunteer_id) or midnight)
    code = codes.person_code(
        sign_key=parts.sign_key, public_no=person.public_no, expires_at=expires, issued_at=issued
    )
    return Personal(f"{parts.public_url}/q/{code}", person.name, person.public_no, expires)


def _last_scan(volunteer_id: int, at: datetime) -> datetime:
    """When the last activity in which he has a place takes its last scan; `at` if he has none."""
    ends = (
        Shift.select(Shift.ends_at, Activity.hours_rule)
        .join(Activity)
        .join(Signup, on=Signup.shift == Shift.id)
        .where(
            Signup.volunteer == volunteer_id, Signup.state == "confirmed", Activity.state == "published",
            Shift.ends_at > at,
        )
        .order_by(Shift.ends_at.desc())
        .first()
    )  # fmt: skip
    if ends is None:
        return at
    after = rules.rule_by_id(ends.activity.hours_rule_id).params["scan_after"]
    return cast("datetime", ends.ends_at + timedelta(minutes=after))


def activity_of(shift_code: str) -> tuple[str, str] | None:
    """(title, activity code) of a shift; None if there is none."""
    key = sql.shift_key(shift_code)
    return (key.title, key.activity_code) if key else None
