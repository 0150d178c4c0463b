"""The wait-list of a full shift (候补): in order, a freed place offered to the first, with a deadline (U1).

States and their words: pending 待审核, waitlisted 候补第 n 位, offered 请确认名额, confirmed 已录用. A place on
offer is kept: `taken` counts it. Every act here holds the shift first, so two places that come free at once go to two
people, and nobody queues past a place that just came free.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from clock import from_millis, to_millis
from frozen import dataclass
from models import History, ServiceRecord, Shift, Signup, store
from models.store import Write
from queries import waitlist as sql
from services import rules
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import notices, outbox, places, quiet

#: Ended in one write of the worker.
BATCH = 100
#: Where a leader chooses, nobody moves up by himself.
SELF_MOVING = ("open",)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When an offer is told and until when it stands."""

    told_at: datetime
    until: datetime


def deadline(*, starts_at: datetime, region_code: str, at: datetime) -> Deadline:
    """Two hours to say yes, half an hour when the start is near (rule set `signup`), never beyond the start.

    In the quiet hours the time runs from the morning, unless the morning would leave less than the short time.
    """
    numbers = rules.rule("signup", region_code, at).params
    near = timedelta(minutes=numbers["near_minutes"])
    morning = quiet.morning(region_code=region_code, at=at)
    begins = morning if morning + near <= starts_at else at
    is_near = starts_at - begins < timedelta(hours=numbers["near_hours"])
    span = near if is_near else timedelta(minutes=numbers["offer_minutes"])
    return Deadline(begins, min(begins + span, starts_at))


def offer_free(*, shift_id: int, at: datetime) -> int:
    """Offer the free places of a shift to those first in the queue, inside the caller's write; how many.

    Nothing once it has begun, is called off, or where the leader chooses.
    """
    held, offered = sql.hold(shift_id), 0
    if held is None or held.activity_state != "published" or held.joining not in SELF_MOVING:
        return 0
    if to_millis(at) >= held.starts_at:
        return 0
    for _ in range(held.quota - held.taken):
        first = sql.first(shift_id)
        if first is None or not sql.take_place(shift_id):
            break
        _offer(held, *first, at)
        offered += 1
    return offered


def _offer(held: sql.Held, signup_id: int, volunteer_id: int, at: datetime) -> None:
    starts_at = from_millis(held.starts_at)
    until = deadline(starts_at=starts_at, region_code=held.region_code, at=at)
    sql.offer(signup_id=signup_id, until=to_millis(until.until), now=to_millis(at))
    _note(signup_id, None, "place_offered", ["waitlisted", "offered"], "", at)
    places.tell(
        "place_offered", activity_id=held.activity_id, shift_id=held.shift_id, people=[volunteer_id],
        key=f"{signup_id}:{to_millis(at)}", at=at, due_at=until.told_at, expires_at=until.until,
        when=notices.when(starts_at), until=notices.when(until.until),
    )  # fmt: skip


def freed(*, shift_id: int, at: datetime) -> int:
    """One place less is taken, and offered on; inside the caller's write. How many were offered.

    The one way by which places come free: a cancelled sign-up, a lapsed offer, somebody who left or died.
    """
    sql.free_place(shift_id)
    return offer_free(shift_id=shift_id, at=at)


def end(*, signup: Signup, reason: str, at: datetime, actor: Actor | None, verb: str, late: bool = False) -> bool:
    """End a sign-up in whatever state it stands, and free its place if it holds one; inside the caller's write.

    What waits to be sent to him about this shift is taken back. False if it had ended already.
    """
    sql.hold(signup.shift_id)
    was = Signup.get_by_id(signup.id).state
    if not sql.end(signup_id=signup.id, reason=reason, late=late, now=to_millis(at)):
        return False
    outbox.withdraw(shift_id=signup.shift_id, volunteer_id=signup.volunteer_id, at=at)
    _note(signup.id, actor, verb, [was, "cancelled"], reason, at)
    if was in ("confirmed", "offered"):
        freed(shift_id=signup.shift_id, at=at)
    return True


def end_all(*, volunteer_id: int, at: datetime, reason: str, team_id: int | None = None) -> list[int]:
    """End everything a person has to come, places freed and offered on; the ids of those that held a place.

    With `team_id`: what only that team's members may join. Inside the caller's write; where he has been stays.
    """
    been = ServiceRecord.select(ServiceRecord.shift).where(
        ServiceRecord.volunteer == volunteer_id, ServiceRecord.shift.is_null(False)
    )
    query = Signup.select(Signup, Shift).join(Shift).where(
        Signup.volunteer == volunteer_id, Signup.state.in_(("pending", "waitlisted", "offered", "confirmed")),
        Shift.ends_at > at, Signup.shift.not_in(been),
    )  # fmt: skip
    ended = []
    for row in list(query.order_by(Signup.shift)):
        activity = row.shift.activity
        if team_id is not None and (activity.team_id != team_id or activity.openness != "team"):
            continue
        held = row.state in ("confirmed", "offered")
        if end(signup=row, reason=reason, at=at, actor=None, verb="signup_ended") and held:
            ended.append(int(row.id))
    return ended


def claim(*, signup_id: int, shift_id: int, actor: Actor, risk_version: str, at: datetime) -> None:
    """Turn an offer into a place, inside the write of `signups.claim`, which looked whether he may come at all.

    Refusals: NOT_OFFERED (it is no offer any more).
    """
    sql.hold(shift_id)
    if not sql.claim(signup_id=signup_id, risk_version=risk_version, now=to_millis(at)):
        if Signup.get_by_id(signup_id).state == "confirmed":
            return
        raise Refusal(RefusalCode.NOT_OFFERED)
    _note(signup_id, actor, "place_claimed", ["offered", "confirmed"], "", at)


def _lapse(row: Signup, at: datetime) -> None:
    """The time to answer is over: the place goes to the next, the person is told."""
    invited = row.invited_by_id is not None
    if not end(signup=row, reason="", at=at, actor=None, verb="offer_lapsed"):
        return
    places.tell(
        "invitation_lapsed" if invited else "offer_lapsed", activity_id=row.activity_id, shift_id=row.shift_id,
        people=[row.volunteer_id], key=f"{row.id}:{to_millis(at)}", at=at,
    )  # fmt: skip


def run_due(*, at: datetime, write: Write = store.write) -> int:
    """What the clock does: offers that ran out go to the next, free places nobody was offered are offered, queues of
    what has begun are closed and told; how many sign-ups moved. Late, twice or by two workers it does the same."""
    moved = _each(write, sql.run_out(now=to_millis(at), limit=BATCH), lambda row: _run_out(row, at))
    for shift_id in sql.with_free_place(now=to_millis(at), limit=BATCH):
        moved += write(lambda shift_id=shift_id: offer_free(shift_id=shift_id, at=at))  # type: ignore[misc]
    return moved + _each(write, sql.begun(now=to_millis(at), limit=BATCH), lambda row: _close(row, at))


def _each(write: Write, found: list[tuple[Any, ...]], act: Any) -> int:
    return sum(write(lambda number=number: act(Signup.get_by_id(number))) for number, _ in found)  # type: ignore[misc]


def _run_out(row: Signup, at: datetime) -> int:
    sql.hold(row.shift_id)
    fresh = Signup.get_by_id(row.id)
    if fresh.state != "offered" or fresh.offer_until > at:
        return 0
    _lapse(fresh, at)
    return 1


def _close(row: Signup, at: datetime) -> int:
    """It has begun and he never got a place."""
    if not end(signup=row, reason="", at=at, actor=None, verb="queue_closed"):
        return 0
    places.tell(
        "queue_closed", activity_id=row.activity_id, shift_id=row.shift_id, people=[row.volunteer_id],
        key=str(row.id), at=at,
    )  # fmt: skip
    return 1


def _note(signup_id: int, actor: Actor | None, verb: str, change: list[str], reason: str, at: datetime) -> None:
    History.create(
        subject=f"signup:{signup_id}", verb=verb, actor=actor.volunteer_id if actor else None,
        changes={"state": change}, reason=reason, at=at,
    )  # fmt: skip
