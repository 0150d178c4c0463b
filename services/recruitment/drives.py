"""Recruitment drives (定向招募): a code at the door of an 适应性培训, or anywhere else, and what comes of it (S87).

The code is a link (`/r/<code>`) and a scene of the official account (`r.<code>`). Whoever opens it is counted once;
when he applies to a team within a month, the application says by which drive he came.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from peewee import JOIN

from clock import local_day
from frozen import dataclass
from models import (
    Activity,
    DriveScan,
    RecruitmentDrive,
    Team,
    TrainingCourse,
    TrainingSession,
    WechatIdentity,
    store,
)
from services import audit, leading, permissions, regions, scopes
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode

C = RefusalCode
LENGTHS = {"title": 40, "place": 60}
MOST_PEOPLE = 100_000
#: A drive lasts no longer; so long after a scan an application still counts for it.
LONGEST, REMEMBERED = timedelta(days=366), timedelta(days=30)
#: Phones counted for one drive: beyond, somebody plays.
MOST_SCANS = 50_000
ADAPTATION = "adaptation"


@dataclass(frozen=True, slots=True)
class DriveDraft:
    """A drive as it is written down; days ISO. `session` the code of a training it is bound to, "" for one that is held
    elsewhere or for none; `team` the code of the team one applies to, "" for a team near by; `audience` how many people
    were there (0: not counted, or those of the session)."""

    title: str
    from_on: str
    to_on: str
    place: str = ""
    session: str = ""
    team: str = ""
    audience: int = 0


@dataclass(frozen=True, slots=True)
class Door:
    """What a drive's code shows: over after its last day, or once it was closed."""

    code: str
    title: str
    place: str
    team: str
    team_code: str
    over: bool


def create(*, actor: Actor, region_code: str, draft: DriveDraft, at: datetime) -> str:
    """Begin a drive of a division, or of a team one leads; its code.

    Refusals: NOT_FOUND, NOT_ALLOWED, REGION_UNKNOWN, FIELD_WRONG (`title`, `place`, `from_on`, `to_on`, `audience`,
    `team`: none here, `session`: no adaptation training here).
    """
    team = _team(draft.team, region_code)
    if team is not None:
        permissions.require_lead(actor=actor, team_id=team.id, at=at)
        region_code = region_code or str(team.region_code)
    if team is None or not region_code.startswith(str(team.region_code)):
        permissions.require_manage(actor=actor, region_code=region_code, at=at)
    regions.region(region_code)
    fields = _fields(draft, region_code)

    def act() -> str:
        made = RecruitmentDrive.create(
            code=new_code(), region_code=region_code, team=team, created_by=actor.volunteer_id, created_at=at, **fields
        )
        _noted(actor, made.id, "created", {"title": ["", made.title]}, at)
        return str(made.code)

    return store.write(act)


def _team(code: str, region_code: str) -> Team | None:
    if not code:
        return None
    team = Team.get_or_none(Team.code == code, Team.state.not_in(permissions.CLOSED_TEAMS))
    if team is None or (region_code and not str(team.region_code).startswith(region_code)):
        raise _wrong("team")
    assert isinstance(team, Team)
    return team


def _fields(draft: DriveDraft, region_code: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, longest in LENGTHS.items():
        text = getattr(draft, name).strip()
        if len(text) > longest or "\x00" in text or (name == "title" and not text):
            raise _wrong(name)
        fields[name] = text
    first, last = _day(draft.from_on, "from_on"), _day(draft.to_on, "to_on")
    if not first <= last <= first + LONGEST:
        raise _wrong("to_on")
    if not 0 <= draft.audience <= MOST_PEOPLE:
        raise _wrong("audience")
    return {
        **fields, "from_on": first.isoformat(), "to_on": last.isoformat(), "audience": draft.audience,
        "activity": _session(draft.session, region_code),
    }  # fmt: skip


def _session(code: str, region_code: str) -> int | None:
    """The 适应性培训 a drive is bound to. FIELD_WRONG (`session`)."""
    if not code:
        return None
    row = (
        TrainingSession.select(TrainingSession, Activity, TrainingCourse)
        .join_from(TrainingSession, Activity)
        .join_from(TrainingSession, TrainingCourse)
        .where(Activity.code == code, Activity.state != "cancelled", TrainingCourse.kind == ADAPTATION)
        .first()
    )
    if row is None or not str(row.activity.region_code).startswith(region_code):
        raise _wrong("session")
    return int(row.activity_id)


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise _wrong(field) from None


def _wrong(field: str) -> Refusal:
    return Refusal(C.FIELD_WRONG, field=field)


def _noted(actor: Actor, number: int, verb: str, changes: dict[str, list[Any]], at: datetime) -> None:
    audit.changed(actor=actor, verb=f"drive_{verb}", subject=f"drive:{number}", changes=changes, at=at)


def led(*, actor: Actor, code: str, at: datetime) -> RecruitmentDrive:
    """The drive, for who manages its division or leads its team. Refusals: NOT_FOUND, NOT_ALLOWED."""
    drive = RecruitmentDrive.get_or_none(RecruitmentDrive.code == code)
    if drive is None:
        raise Refusal(C.NOT_FOUND)
    if drive.team_id is None or not permissions.leads(actor=actor, team_id=drive.team_id, at=at):
        permissions.require_manage(actor=actor, region_code=str(drive.region_code), at=at)
    assert isinstance(drive, RecruitmentDrive)
    return drive


def count_audience(*, actor: Actor, code: str, audience: int, at: datetime) -> None:
    """Write down how many people were there. Refusals: NOT_FOUND, NOT_ALLOWED, FIELD_WRONG (`audience`)."""
    drive = led(actor=actor, code=code, at=at)
    if not 0 <= audience <= MOST_PEOPLE:
        raise _wrong("audience")

    def act() -> None:
        RecruitmentDrive.update(audience=audience).where(RecruitmentDrive.id == drive.id).execute()
        _noted(actor, drive.id, "counted", {"audience": [drive.audience, audience]}, at)

    store.write(act)


def close(*, actor: Actor, code: str, at: datetime) -> None:
    """It is over before its last day. Twice is once. Refusals: NOT_FOUND, NOT_ALLOWED."""
    drive = led(actor=actor, code=code, at=at)

    def act() -> None:
        once = RecruitmentDrive.update(closed_at=at).where(
            RecruitmentDrive.id == drive.id, RecruitmentDrive.closed_at.is_null()
        )
        if once.execute():
            _noted(actor, drive.id, "closed", {}, at)

    store.write(act)


def opened(*, code: str, visitor: str, identity_id: int | None, door: str, at: datetime) -> Door:
    """Somebody opened a drive's code: counted once for each phone (`visitor`), and known by his WeChat from the moment
    that is known. What is over is shown and not counted. Refusals: NOT_FOUND."""
    drive = _drive(code)
    shown = _door(drive, at)
    if not shown.over:
        store.write(lambda: _count(drive.id, visitor, identity_id, door, at))
    return shown


def _count(drive_id: int, visitor: str, identity_id: int | None, door: str, at: datetime) -> None:
    known = DriveScan.get_or_none(DriveScan.drive == drive_id, DriveScan.visitor == visitor)
    if known is not None:
        if identity_id is not None and known.identity_id != identity_id:
            DriveScan.update(identity=identity_id, at=at).where(DriveScan.id == known.id).execute()
        return
    if DriveScan.select().where(DriveScan.drive == drive_id).count() >= MOST_SCANS:
        return
    fresh = DriveScan.insert(drive=drive_id, visitor=visitor, identity=identity_id, door=door, at=at)
    fresh.on_conflict_ignore().execute()


def go_on(*, actor: Actor, code: str, visitor: str, at: datetime) -> Door:
    """He wants to join: from now on the drive is remembered for his WeChat. Refusals: NOT_FOUND, DRIVE_OVER."""
    shown = opened(code=code, visitor=visitor, identity_id=actor.identity_id, door=actor.door, at=at)
    if shown.over:
        raise Refusal(C.DRIVE_OVER)
    return shown


def _drive(code: str) -> RecruitmentDrive:
    row = (
        RecruitmentDrive.select(RecruitmentDrive, Team)
        .join(Team, JOIN.LEFT_OUTER)
        .where(RecruitmentDrive.code == code)
        .first()
    )
    if row is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(row, RecruitmentDrive)
    return row


def _door(drive: RecruitmentDrive, at: datetime) -> Door:
    today = local_day(at).isoformat()
    team: Any = drive.team if drive.team_id is not None else None
    over = drive.closed_at is not None or drive.to_on < today
    return Door(
        drive.code, drive.title, drive.place, team.name if team else "", team.code if team else "", over
    )


def brought(*, actor: Actor, at: datetime) -> tuple[int | None, str]:
    """(drive, source) of an application that is made now: the newest drive whose code the person opened within a month,
    while it ran; (None, "") for none."""
    known = WechatIdentity.select(WechatIdentity.id).where(WechatIdentity.volunteer == (actor.volunteer_id or 0))
    row = (
        DriveScan.select(DriveScan, RecruitmentDrive)
        .join(RecruitmentDrive)
        .where(
            DriveScan.identity.in_(known) | (DriveScan.identity == (actor.identity_id or 0)),
            DriveScan.at > at - REMEMBERED, DriveScan.at <= at,
        )
        .order_by(DriveScan.at.desc(), DriveScan.id.desc())
        .first()
    )  # fmt: skip
    if row is None:
        return None, ""
    return int(row.drive_id), "training" if row.drive.activity_id is not None else "drive"


def offered_sessions(*, actor: Actor, at: datetime) -> list[tuple[str, str]]:
    """(code, what it is) of the 适应性培训 sessions that the actor may bind a drive to, the newest first."""
    seen = leading.led(actor=actor, at=at) | scopes.within(Activity.region_code, scopes.managed(actor=actor, at=at))
    query = (
        TrainingSession.select(TrainingSession, Activity, Team, TrainingCourse)
        .join_from(TrainingSession, Activity)
        .join_from(Activity, Team)
        .join_from(TrainingSession, TrainingCourse)
        .where(seen, TrainingCourse.kind == ADAPTATION, Activity.state.in_(("published", "ended")))
        .order_by(Activity.starts_at.desc(), Activity.id.desc())
        .limit(100)
    )
    return [(row.activity.code, f"{row.activity.local_day} {row.activity.title} {row.activity.team.short_name}")
            for row in query]  # fmt: skip
