"""What the reader can do about each shift of an activity now: take a place, ask for one, queue; or what keeps him."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from frozen import dataclass
from services.errors import Refusal, RefusalCode
from services.participation import coming, signups
from services.participation.activity_views import ActivityView
from services.participation.shift_views import LIVE, ShiftView

Can = Literal["signup", "ask", "queue", ""]
Remedy = Literal["mine", "guardian", "join", "training", "skills", ""]
REMEDIES: dict[RefusalCode, Remedy] = {
    RefusalCode.TIME_CLASH: "mine", RefusalCode.GUARDIAN_NEEDED: "guardian", RefusalCode.TEAM_ONLY: "join",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """`can`: signup (a place is free), ask (the leader decides), queue (it is full), "" for none of them now. `no`:
    what would keep him whatever he says yes to. `asked_coming`: now is the time to say 我会来."""

    can: Can
    no: Refusal | None
    asked_coming: bool


def is_open(view: ActivityView, at: datetime) -> bool:
    """Whether sign-up is open to those whom nobody invited."""
    closes = min(view.signup_closes_at, view.ends_at)
    return view.state == "published" and view.joining != "invite" and view.signup_opens_at <= at < closes


def ways(*, view: ActivityView, volunteer_id: int | None, at: datetime) -> dict[str, Way]:
    """By the code of each shift, as the reader stands; nothing is written."""
    opened = is_open(view, at)
    found = {}
    for shift in view.shifts:
        mine = shift.mine in LIVE
        no = None
        if opened and not mine and volunteer_id is not None:
            no = signups.hindrance(shift_code=shift.code, volunteer_id=volunteer_id, at=at)
        can = _can(view, shift, at) if opened and not mine and no is None else ""
        found[shift.code] = Way(can, no, _asked_coming(view, shift, at))
    return found


def _can(view: ActivityView, shift: ShiftView, at: datetime) -> Can:
    if view.joining == "approval":
        return "ask"
    if shift.taken < shift.quota and not shift.waiting:
        return "signup"
    return "queue" if shift.starts_at > at else ""


def _asked_coming(view: ActivityView, shift: ShiftView, at: datetime) -> bool:
    if view.state != "published" or shift.mine != "confirmed" or shift.coming or view.my_record is not None:
        return False
    return at < shift.starts_at <= at + coming.SOON


def remedy(no: Refusal) -> Remedy:
    """Where somebody puts right what keeps him from a place: `mine` (his sign-ups), `guardian`, `join` (the team),
    `training`, `skills` (what he can do, his papers); "" where there is nothing for him to do."""
    if no.code is RefusalCode.NOT_ELIGIBLE:
        return "training" if no.facts["training"] else "skills" if no.facts["own"] else ""
    return REMEDIES.get(no.code, "")
