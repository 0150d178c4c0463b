"""What drives came to: how many were there, opened the code, applied, were taken in, and have served since (S87)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from clock import local_day
from frozen import dataclass
from models import Activity, Application, DriveScan, RecruitmentDrive, ServiceRecord, Team, TrainingResult
from services import leading, regions, scopes
from services.actors import Actor
from services.listing import Found, Wanted, cut


@dataclass(frozen=True, slots=True)
class DriveLine:
    """A drive with its figures, all of different people; `audience` None where nobody counted. `joined`: share of the
    audience that was taken in, in per cent rounded down."""

    code: str
    title: str
    place: str
    where: str
    team: str
    session: str
    session_code: str
    from_on: str
    to_on: str
    over: bool
    audience: int | None
    scanned: int
    applied: int
    accepted: int
    served: int

    @property
    def joined(self) -> int | None:
        """Of those who were there, how many per cent joined; of those who scanned, where nobody counted."""
        base = self.audience or self.scanned
        return self.accepted * 100 // base if base else None


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[DriveLine]:
    """The drives of the actor's divisions and teams; filters: state (running, over), region, bound (session, other)."""
    today = local_day(at).isoformat()
    mine = Team.select(Team.id).where(leading.led(actor=actor, at=at))
    seen = scopes.within(RecruitmentDrive.region_code, scopes.readable(actor=actor, at=at))
    query = _query().where(seen | RecruitmentDrive.team.in_(mine))
    runs = RecruitmentDrive.closed_at.is_null() & (RecruitmentDrive.to_on >= today)
    if wanted.chosen("state"):
        query = query.where(runs if wanted.chosen("state") == "running" else ~runs)
    if wanted.chosen("region"):
        query = query.where(scopes.within(RecruitmentDrive.region_code, [wanted.chosen("region")]))
    if wanted.chosen("bound"):
        query = query.where(RecruitmentDrive.activity.is_null(wanted.chosen("bound") == "other"))
    if wanted.text:
        query = query.where(RecruitmentDrive.title.contains(wanted.text))
    page = cut(
        query, wanted=wanted, sorts={"from": RecruitmentDrive.from_on, "title": RecruitmentDrive.title},
        default="-from", tie=RecruitmentDrive.id, row=lambda row: row,
    )  # fmt: skip
    return Found(_lines(page.rows, at), page.total, page.page, page.size)


def one(*, drive_id: int, at: datetime) -> DriveLine:
    """The figures of one drive; the caller has looked at the reader's right."""
    return _lines([_query().where(RecruitmentDrive.id == drive_id).get()], at)[0]


def _query() -> Any:
    return (
        RecruitmentDrive.select(RecruitmentDrive, Team, Activity)
        .join_from(RecruitmentDrive, Team, JOIN.LEFT_OUTER, on=(RecruitmentDrive.team == Team.id))
        .join_from(RecruitmentDrive, Activity, JOIN.LEFT_OUTER, on=(RecruitmentDrive.activity == Activity.id))
    )


def _lines(rows: Sequence[Any], at: datetime) -> list[DriveLine]:
    ids = [row.id for row in rows]
    places = regions.path_names([str(row.region_code) for row in rows])
    scanned = _scanned(ids)
    applied, accepted, served = _applied(ids), _applied(ids, "approved"), _served(ids)
    came = _came([row.activity_id for row in rows if row.activity_id])
    today = local_day(at).isoformat()
    return [
        DriveLine(
            row.code, row.title, places[str(row.region_code)], row.place, row.team.short_name if row.team_id else "",
            row.activity.title if row.activity_id else "", row.activity.code if row.activity_id else "", row.from_on,
            row.to_on, row.closed_at is not None or row.to_on < today,
            row.audience or came.get(row.activity_id or 0) or None, scanned.get(row.id, 0), applied.get(row.id, 0),
            accepted.get(row.id, 0), served.get(row.id, 0),
        )
        for row in rows
    ]  # fmt: skip


def _scanned(ids: Sequence[int]) -> dict[int, int]:
    who = fn.COALESCE(DriveScan.identity.cast("TEXT"), DriveScan.visitor)
    query = DriveScan.select(DriveScan.drive, fn.COUNT(fn.DISTINCT(who))).where(DriveScan.drive.in_(ids))
    return dict(list[Any](query.group_by(DriveScan.drive).tuples()))


def _applied(ids: Sequence[int], state: str = "") -> dict[int, int]:
    query = Application.select(Application.drive_id, fn.COUNT(fn.DISTINCT(Application.volunteer))).where(
        Application.drive_id.in_(ids)
    )
    if state:
        query = query.where(Application.state == state)
    return dict(list[Any](query.group_by(Application.drive_id).tuples()))


def _served(ids: Sequence[int]) -> dict[int, int]:
    """Taken in, and with confirmed hours of service since."""
    since = ServiceRecord.select(ServiceRecord.id).where(
        ServiceRecord.volunteer == Application.volunteer, ServiceRecord.state == "confirmed",
        ServiceRecord.minutes > 0, ServiceRecord.in_at >= Application.decided_at,
    )  # fmt: skip
    query = (
        Application.select(Application.drive_id, fn.COUNT(fn.DISTINCT(Application.volunteer)))
        .where(Application.drive_id.in_(ids), Application.state == "approved", fn.EXISTS(since))
        .group_by(Application.drive_id)
    )
    return dict(list[Any](query.tuples()))


def _came(ids: Sequence[int]) -> dict[int, int]:
    query = (
        TrainingResult.select(TrainingResult.activity, fn.COUNT(TrainingResult.id))
        .where(TrainingResult.activity.in_(ids), TrainingResult.minutes > 0)
        .group_by(TrainingResult.activity)
    )
    return dict(list[Any](query.tuples()))
