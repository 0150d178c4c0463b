"""The leader's day: who is due and has not come, who is inside, who left; the call, the end, what waits for him.

Telephone numbers stay masked. Who leads the activity may open one to call somebody on its list, and each time the
audit keeps it (issue of the day screen; 条例 §20); nobody else is shown any.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import datetime

from frozen import dataclass
from models import Activity, History, ServiceRecord, Signup, Volunteer, store
from services import audit, limits
from services.access import people_list
from services.accounts.documents import mask_phone
from services.actors import Actor
from services.bookkeeping.records import activity_led
from services.errors import Refusal, RefusalCode
from services.participation import names, outcomes, roster
from services.participation.judging import perform
from services.participation.roster import Roster, RosterEntry
from services.participation.scan_codes import Seen
from services.participation.scans import Scanned, Try
from services.parts import Parts

C = RefusalCode
#: Numbers a leader may open in ten minutes: forty people in the rain, not a county.
MOST_CALLS, CALL_SECONDS = 60, 600


@dataclass(frozen=True, slots=True)
class Day:
    """The list by what the leader has to do about it; `phones` are masked, "" for nobody's.

    `away` are marked as not come or excused; in the shifts of `over` (by code) such marks can be set: past their end,
    and all that had begun when the leader ended the activity.
    """

    roster: Roster
    due: list[RosterEntry]
    away: list[RosterEntry]
    coming: list[RosterEntry]
    inside: list[RosterEntry]
    to_name: list[RosterEntry]
    to_review: list[RosterEntry]
    left: list[RosterEntry]
    phones: dict[str, str]
    unknown: list[names.Unknown] = field(default_factory=list)
    over: frozenset[str] = frozenset()


def day(*, parts: Parts, actor: Actor, activity_code: str, at: datetime) -> Day:
    """The day of an activity that the actor leads. Refusals: NOT_FOUND, NOT_ALLOWED."""
    sheet = roster.roster(actor=actor, activity_code=activity_code, at=at)
    starts = {shift.code: shift.starts_at for shift in sheet.shifts}
    not_in = [each for each in sheet.entries if each.state == "expected"]
    expected = [each for each in not_in if not each.outcome]
    review = [each for each in sheet.entries if each.review and each.state not in ("confirmed", "void")]
    sure = [each for each in sheet.entries if not each.review]
    return Day(
        roster=sheet,
        due=[each for each in expected if starts[each.shift_code] <= at],
        away=[each for each in not_in if each.outcome],
        coming=[each for each in expected if starts[each.shift_code] > at],
        inside=[each for each in sure if each.state in ("inside", "forgotten")],
        to_name=[each for each in sure if each.state == "to_name"],
        to_review=review,
        left=[each for each in sure if each.state in ("left", "confirmed")],
        phones=_phones(parts, [each.public_no for each in sheet.entries]),
        unknown=names.unknown(actor=actor, sheet=sheet, at=at),
        over=frozenset(
            each.code for each in sheet.shifts
            if outcomes.is_over(each.starts_at, each.ends_at, sheet.ended_at, at)
        ),
    )


def _phones(parts: Parts, numbers: list[str]) -> dict[str, str]:
    people = Volunteer.select(Volunteer.public_no, Volunteer.phone_sealed).where(
        Volunteer.public_no.in_(numbers), Volunteer.phone_sealed.is_null(False)
    )
    return {each.public_no: mask_phone(people_list.opened(parts, each, "phone")) for each in people}


def call(*, parts: Parts, actor: Actor, activity_code: str, public_no: str, at: datetime) -> tuple[str, str]:
    """(name, telephone number in full) of somebody on the activity's list; in the audit before it is shown.

    Refusals: NOT_FOUND (not his activity, or nobody on its list), NOT_ALLOWED, TOO_MANY_TRIES, NUMBER_MISSING.
    """
    activity = activity_led(actor=actor, activity_code=activity_code, at=at)
    person = Volunteer.get_or_none(Volunteer.public_no == public_no, Volunteer.state == "active")
    if person is None or not _on_list(activity.id, person.id):
        raise Refusal(C.NOT_FOUND)
    limits.count(key=f"call|{actor.volunteer_id}", limit=MOST_CALLS, seconds=CALL_SECONDS, at=at)
    number = people_list.opened(parts, person, "phone")
    if not number:
        raise Refusal(C.NUMBER_MISSING)
    audit.note(
        actor=actor, verb="person.call", subject=f"volunteer:{person.id}", detail={"activity": activity.code}, at=at,
        region_code=activity.region_code,
    )  # fmt: skip
    return str(person.name), number


def _on_list(activity_id: int, volunteer_id: int) -> bool:
    signed = Signup.select().where(
        Signup.activity == activity_id, Signup.volunteer == volunteer_id,
        Signup.state.in_(("confirmed", "offered", "waitlisted", "pending")),
    )  # fmt: skip
    came = ServiceRecord.select().where(
        ServiceRecord.activity == activity_id, ServiceRecord.volunteer == volunteer_id
    )
    return bool(signed.exists() or came.exists())


@dataclass(frozen=True, slots=True)
class Ended:
    """What ending did: how many were checked out, who stays inside, and who was refused with why."""

    out: int
    inside: list[str]
    refused: list[tuple[str, Refusal]]


def end(
    *,
    actor: Actor,
    activity_code: str,
    at: datetime,
    stay: Collection[str] = (),
    times: Mapping[str, datetime] | None = None,
) -> Ended:
    """End an activity in one tap: everybody inside is checked out now, or at his own moment in `times`.

    `stay` (public numbers) are left inside: the exceptions, seen to first. The leader himself stays, too: somebody
    else checks him out, or he scans. Once more changes nobody who is out. Late scans are still taken.
    Refusals: NOT_FOUND, NOT_ALLOWED, ACTIVITY_CANCELLED, ACTIVITY_STATE (a draft, or not begun).
    """
    activity = activity_led(actor=actor, activity_code=activity_code, at=at)
    if activity.state == "cancelled":
        raise Refusal(C.ACTIVITY_CANCELLED, title=activity.title)
    if activity.state == "draft" or at < activity.starts_at:
        raise Refusal(C.ACTIVITY_STATE)
    moments = times or {}

    def act() -> Ended:
        sheet = roster.roster(actor=actor, activity_code=activity_code, at=at)
        inside = [each for each in sheet.entries if each.state in ("inside", "forgotten")]
        left_in, refused, out = [], [], 0
        for entry in inside:
            if entry.public_no in stay or entry.is_me:
                left_in.append(entry.name)
                continue
            outcome = _check_out(actor, entry, min(moments.get(entry.public_no, at), at), at)
            if isinstance(outcome, Refusal):
                refused.append((entry.name, outcome))
            out += isinstance(outcome, Scanned)
        ended = Activity.update(state="ended", ended_at=at).where(
            Activity.id == activity.id, Activity.state == "published"
        )
        if ended.execute():
            changes = {"state": ["published", "ended"], "out": [0, out]}
            History.create(
                subject=f"activity:{activity.id}", verb="ended", actor=actor.volunteer_id, changes=changes, reason="",
                at=at,
            )  # fmt: skip
        return Ended(out, left_in, refused)

    return store.write(act)


def _check_out(actor: Actor, entry: RosterEntry, when: datetime, at: datetime) -> Scanned | Refusal:
    """The leader's list ticks him out, like every other tick."""
    person = Volunteer.select(Volunteer.id).where(Volunteer.public_no == entry.public_no).scalar()
    moment = max(when, entry.in_at or when)
    seen = Seen(shift_code=entry.shift_code, direction="out", mode="list", problem=None, seen_at=moment)
    return perform(Try(person, seen, actor, actor.volunteer_id, None, at, moment))


