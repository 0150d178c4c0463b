"""What people see of activities: the list near them, one in full, a leader's day, one's own sign-ups."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from peewee import JOIN, Case, fn

from clock import from_millis, local_day, to_millis
from frozen import dataclass
from models import Activity, Position, ServiceRecord, Shift, Team
from queries import activities as sql
from services import leading, permissions, regions
from services.actors import Actor
from services.bookkeeping import classes
from services.bookkeeping.saying import rule_lines
from services.errors import Refusal, RefusalCode
from services.participation import privacy
from services.participation.domains import domain_name, sub_domain
from services.participation.shift_views import MySignup, ShiftView, brief_word, mine, shift_views
from services.times import day_starts

__all__ = [
    "ActivityBrief", "ActivityView", "LedActivity", "LedShift", "MyRecord", "MySignup", "ShiftView", "mine",
    "between", "open_near", "shift_now", "today", "view",
]  # fmt: skip

PAGE = 100
#: Ids in one `IN (…)`: SQLite and PostgreSQL both take far more, plans do not get better.
CHUNK = 500


@dataclass(frozen=True, slots=True)
class ActivityBrief:
    """An activity in a list. `mine`: the reader has a place in it; `my_state` how he stands to it ("" for not at all)
    and `my_word` that in the word that is its own; `cursor` continues the list after it."""

    code: str
    title: str
    place: str
    region_code: str
    team_name: str
    team_short_name: str
    domain: str
    domain_name: str
    starts_at: datetime
    ends_at: datetime
    signup_opens_at: datetime
    places_left: int
    mine: bool
    my_state: str
    my_word: str
    cursor: str


@dataclass(frozen=True, slots=True)
class MyRecord:
    """What was recorded of the reader there; whole minutes."""

    record_id: int
    shift_code: str
    state: str
    in_at: datetime | None
    out_at: datetime | None
    minutes: int


@dataclass(frozen=True, slots=True)
class ActivityView:
    """An activity in full, as GB/T 40143 §6.1 wants it published."""

    code: str
    state: str
    version: int
    title: str
    team_code: str
    team_name: str
    region_code: str
    domain: str
    domain_name: str
    sub_domain: str
    sub_domain_name: str
    danger: bool
    place: str
    content: str
    risk_notice: str
    conditions: str
    safeguards: str
    contact: str
    how_to_join: str
    openness: str
    joining: str
    cancel_hours: int
    venue_kind: str
    emergency: bool
    agreement: bool
    approval: str
    walk_in: bool
    code_life: int
    starts_at: datetime
    ends_at: datetime
    signup_opens_at: datetime
    signup_closes_at: datetime
    places_left: int
    hours_rule: tuple[str, ...]
    shifts: tuple[ShiftView, ...]
    my_record: MyRecord | None


@dataclass(frozen=True, slots=True)
class LedShift:
    """A shift on its leader's screen."""

    code: str
    position: str
    starts_at: datetime
    ends_at: datetime
    quota: int
    taken: int


@dataclass(frozen=True, slots=True)
class LedActivity:
    """An activity of a leader's day. `phase`: draft, coming, running, over, cancelled; then how many signed up,
    are inside, have left, and wait for confirmation."""

    code: str
    title: str
    place: str
    team_code: str
    team_name: str
    state: str
    phase: str
    starts_at: datetime
    ends_at: datetime
    signed_up: int
    inside: int
    left: int
    unconfirmed: int
    shifts: tuple[LedShift, ...]


def open_near(
    *, volunteer_id: int | None, region_code: str, at: datetime, limit: int = 20, after: str | None = None,
    domain: str = "", free: bool = False,
) -> list[ActivityBrief]:  # fmt: skip
    """Published activities whose sign-up is not over and which the reader may join, nearest division first,
    then by start (S59). One statement, two where the county does not fill the page. `domain`: D1 to D4, "" for all;
    `free`: only those with a place left.

    `after`: the `cursor` of the last one seen. Refusals: REGION_UNKNOWN, BAD_REQUEST for a foreign cursor.
    """
    regions.level_of(region_code)
    limit = max(1, min(limit, PAGE))
    place = _place(after)
    path = regions.lineage(region_code)
    steps = [path[min(index, len(path) - 1)] for index in (4, 3, 2, 1)]
    area = regions.below(steps[2])
    found: list[sql.OpenRow] = []
    for beyond in (False, True):
        if len(found) < limit:
            found += sql.open_page(
                beyond=beyond, volunteer_id=volunteer_id, steps=steps, area=area, now=to_millis(at),
                after=place, limit=limit - len(found), domain=domain, free=free,
            )  # fmt: skip
    return [_brief(row) for row in found]


def open_soon(*, at: datetime, limit: int) -> list[ActivityBrief]:
    """The next activities open to everybody, by start, wherever they are; for strangers. One statement."""
    return [_brief(row) for row in sql.open_soon(now=to_millis(at), limit=max(1, min(limit, PAGE)))]


def _place(after: str | None) -> tuple[int, int, int]:
    if after is None:
        return -1, 0, 0
    parts = after.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise Refusal(RefusalCode.BAD_REQUEST, why="cursor")
    rank, start, number = map(int, parts)
    return rank, start, number


def _brief(row: sql.OpenRow) -> ActivityBrief:
    return ActivityBrief(
        code=row.code, title=row.title, place=row.place, region_code=row.region_code, team_name=row.team_name,
        team_short_name=row.team_short_name, domain=row.domain, domain_name=domain_name(row.domain),
        starts_at=from_millis(row.starts_at), ends_at=from_millis(row.ends_at),
        signup_opens_at=from_millis(row.signup_opens_at), places_left=row.places_left, mine=row.my_state == "confirmed",
        my_state=row.my_state or "", my_word=brief_word(row.my_state),
        cursor=f"{row.rank}-{row.starts_at}-{row.id}",
    )  # fmt: skip


def view(*, code: str, volunteer_id: int | None, at: datetime) -> ActivityView:
    """One activity in full, with the reader's own places and record.

    NOT_FOUND for an unknown code, and for a draft except to those who lead its team; ACTIVITY_HIDDEN (facts `kind`,
    `village`) for what is confidential or in a home, except to its team and those who signed up (S61).
    """
    activity = Activity.select(Activity, Team).join(Team).where(Activity.code == code).first()
    if activity is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    reader = Actor(door="api", volunteer_id=volunteer_id)
    if activity.state == "draft" and not permissions.leads(actor=reader, team_id=activity.team_id, at=at):
        raise Refusal(RefusalCode.NOT_FOUND)
    privacy.require_seen(activity=activity, reader=reader, at=at)
    shifts = shift_views(activity=activity, volunteer_id=volunteer_id)
    kind = sub_domain(activity.domain, activity.sub_domain)
    same = (
        "code", "state", "version", "title", "region_code", "domain", "sub_domain", "place", "content",
        "risk_notice", "conditions", "safeguards", "contact", "how_to_join", "openness", "joining", "cancel_hours",
        "venue_kind", "emergency", "agreement", "approval", "walk_in", "code_life", "starts_at", "ends_at",
        "signup_opens_at", "signup_closes_at",
    )  # fmt: skip
    return ActivityView(
        **{field: getattr(activity, field) for field in same},
        team_code=activity.team.code,
        team_name=activity.team.name,
        domain_name=domain_name(activity.domain),
        sub_domain_name=kind.name if kind else activity.sub_domain,
        danger=activity.dangerous or (kind is not None and kind.danger),
        places_left=sum(max(0, shift.quota - shift.taken) for shift in shifts),
        hours_rule=tuple(rule_lines(activity.hours_rule_id)),
        shifts=shifts,
        my_record=_my_record(activity.id, volunteer_id),
    )


def _my_record(activity_id: int, volunteer_id: int | None) -> MyRecord | None:
    if volunteer_id is None:
        return None
    record = (
        ServiceRecord.select(ServiceRecord, Shift.id, Shift.code)
        .join(Shift, JOIN.LEFT_OUTER)
        .where(
            ServiceRecord.activity == activity_id,
            ServiceRecord.volunteer == volunteer_id,
            ServiceRecord.state != "void",
        )
        .order_by((ServiceRecord.id + 0).desc())  # not down the whole table by its key
        .first()
    )
    if record is None:
        return None
    shift_code = record.shift.code if record.shift_id else ""
    return MyRecord(record.id, shift_code, record.state, record.in_at, record.out_at, classes.shown(record))


def today(*, actor: Actor, at: datetime) -> list[LedActivity]:
    """The activities of the actor's teams that touch this Shanghai day, by start; drafts of the day included."""
    day = local_day(at)
    return between(actor=actor, first=day, until=day + timedelta(days=1), at=at)


def shift_now(*, actor: Actor, at: datetime) -> str | None:
    """The code of the shift of his teams that runs, the last to begin; else of the next one today; None without."""
    shifts = [
        shift for each in today(actor=actor, at=at) if each.phase not in ("draft", "cancelled") for shift in each.shifts
    ]
    begun = [shift for shift in shifts if shift.starts_at <= at < shift.ends_at]
    coming = [shift for shift in shifts if at < shift.starts_at < day_starts(local_day(at) + timedelta(days=1))]
    if begun:
        return max(begun, key=lambda shift: shift.starts_at).code
    return min(coming, key=lambda shift: shift.starts_at).code if coming else None


def between(
    *, actor: Actor, first: date, until: date, at: datetime, limit: int | None = None
) -> list[LedActivity]:
    """The activities of the actor's teams that touch the Shanghai days from `first` to before `until`, by start; with
    `limit` the last so many. Drafts included."""
    begins, ends = day_starts(first), day_starts(until)
    newest: list[Activity] = list(
        Activity.select(Activity, Team)
        .join(Team)
        .where(leading.led(actor=actor, at=at), Activity.starts_at < ends, Activity.ends_at > begins)
        .order_by(Activity.starts_at.desc(), Activity.id.desc())
        .limit(limit)
    )
    found = newest[::-1]
    ids = [activity.id for activity in found]
    shifts, counts = _shifts_of(ids), _counts_of(ids)
    return [
        _led(activity, shifts.get(activity.id, ()), counts.get(activity.id, (0, 0, 0)), at)
        for activity in found
    ]


def _chunks(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]


def _shifts_of(ids: list[int]) -> dict[int, tuple[LedShift, ...]]:
    found: dict[int, tuple[LedShift, ...]] = {}
    for chunk in _chunks(ids):
        query = Shift.select(Shift, Position).join(Position).where(Shift.activity.in_(chunk))
        for row in query.order_by(Shift.starts_at, Shift.id):
            shift = LedShift(row.code, row.position.name, row.starts_at, row.ends_at, row.quota, row.taken)
            found[row.activity_id] = (*found.get(row.activity_id, ()), shift)
    return found


def _counts_of(ids: list[int]) -> dict[int, tuple[int, int, int]]:
    """(inside, left, unconfirmed) of each activity that has records."""
    counts: dict[int, tuple[int, int, int]] = {}
    inside = fn.SUM(_one_if(ServiceRecord.out_at.is_null() & (ServiceRecord.closed_by == "")))
    left = fn.SUM(_one_if(ServiceRecord.out_at.is_null(False)))
    pending = fn.SUM(_one_if(ServiceRecord.state == "pending"))
    for chunk in _chunks(ids):
        query = (
            ServiceRecord.select(
                ServiceRecord.activity, inside.alias("inside"), left.alias("left_"), pending.alias("pending")
            )
            .where(ServiceRecord.activity.in_(chunk), ServiceRecord.state != "void")
            .group_by(ServiceRecord.activity)
        )
        for row in query:
            counts[row.activity_id] = (int(row.inside), int(row.left_), int(row.pending))
    return counts


def _one_if(condition: Any) -> Any:
    return Case(None, [(condition, 1)], 0)


def _led(
    activity: Activity, shifts: tuple[LedShift, ...], counts: tuple[int, int, int], at: datetime
) -> LedActivity:
    inside, left, unconfirmed = counts
    return LedActivity(
        code=activity.code, title=activity.title, place=activity.place, team_code=activity.team.code,
        team_name=activity.team.name, state=activity.state, phase=_phase(activity, at),
        starts_at=activity.starts_at, ends_at=activity.ends_at, signed_up=sum(shift.taken for shift in shifts),
        inside=inside, left=left, unconfirmed=unconfirmed, shifts=shifts,
    )  # fmt: skip


def _phase(activity: Activity, at: datetime) -> str:
    if activity.state in ("draft", "cancelled"):
        return str(activity.state)
    if at < activity.starts_at:
        return "coming"
    return "running" if at < activity.ends_at else "over"
