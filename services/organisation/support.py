"""What a team is given and what it is honoured with: partner departments' support (S83–S85), commendations (S14)."""

from __future__ import annotations

from datetime import date, datetime

from peewee import fn

from clock import local_day
from frozen import dataclass
from models import Activity, Commendation, Department, TeamSupport, store
from services import audit, decisions, permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.organisation import teams

KINDS = ("project", "training", "exchange")
CONTENT_LONGEST = 200
TITLE_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Support:
    """Who supports a team with what, from–to ("" while it goes on)."""

    department: str
    kind: str
    content: str
    from_on: str
    to_on: str


@dataclass(frozen=True, slots=True)
class Honour:
    """A commendation of a team."""

    title: str
    awarded_by: str
    awarded_on: str


@dataclass(frozen=True, slots=True)
class Capability:
    """What a team has to show (S84): activities and trainings run, support by kind, partners, commendations."""

    activities: int
    trainings: int
    partners: int
    support: list[Support]
    honours: list[Honour]


def departments() -> list[tuple[str, str]]:
    """(code, name) of the partner departments in use."""
    rows = Department.select().where(Department.retired_at.is_null()).order_by(Department.sort_order)
    return [(row.code, row.name) for row in rows]


def capability(team_id: int) -> Capability:
    """A team's capability file; the caller has looked at the reader's right."""
    rows = (
        TeamSupport.select(TeamSupport, Department)
        .join(Department)
        .where(TeamSupport.team == team_id)
        .order_by(TeamSupport.from_on.desc(), TeamSupport.id.desc())
    )
    given = [
        Support(row.department.name, row.kind, row.content, row.from_on, row.to_on or "")
        for row in list(rows)
    ]
    honours = Commendation.select().where(Commendation.team == team_id, Commendation.revoked_at.is_null())
    run = Activity.select(fn.COUNT(Activity.id)).where(
        Activity.team == team_id, Activity.purpose == "service", Activity.state.in_(("published", "ended"))
    )
    taught = Activity.select(fn.COUNT(Activity.id)).where(
        Activity.team == team_id, Activity.purpose == "training", Activity.state.in_(("published", "ended"))
    )
    return Capability(
        int(run.scalar() or 0), int(taught.scalar() or 0), len({each.department for each in given}), given,
        [
            Honour(row.title, row.awarded_by, row.awarded_on)
            for row in honours.order_by(Commendation.awarded_on.desc())
        ],
    )  # fmt: skip


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refusal(RefusalCode.FIELD_WRONG, field=name) from None


def _words(text: str, longest: int, name: str) -> str:
    plain = text.strip()
    if not plain or len(plain) > longest or set("<>") & set(plain):
        raise Refusal(RefusalCode.FIELD_WRONG, field=name)
    return plain


def add(
    *, actor: Actor, code: str, department: str, kind: str, content: str, from_on: str, to_on: str = "", at: datetime
) -> None:  # fmt: skip
    """Note that a department supports a team.

    Refusals: NOT_FOUND, NOT_ALLOWED (`permissions.require_guide`), FIELD_WRONG (`department`, `kind`, `content`,
    `from_on`, `to_on`).
    """

    def act() -> None:
        team = teams.by_code(code)
        permissions.require_guide(actor=actor, team_id=team.id, at=at)
        if department not in dict(departments()):
            raise Refusal(RefusalCode.FIELD_WRONG, field="department")
        if kind not in KINDS:
            raise Refusal(RefusalCode.FIELD_WRONG, field="kind")
        words = _words(content, CONTENT_LONGEST, "content")
        first = _day(from_on, "from_on")
        last = _day(to_on, "to_on") if to_on.strip() else None
        if last is not None and last < first:
            raise Refusal(RefusalCode.FIELD_WRONG, field="to_on")
        TeamSupport.create(
            team=team, department=department, kind=kind, content=words, from_on=first.isoformat(),
            to_on=last.isoformat() if last else None, actor=actor.volunteer_id, at=at,
        )  # fmt: skip
        audit.changed(
            actor=actor,
            verb="support_noted",
            subject=f"team:{team.id}",
            changes={"support": ["", words]},
            at=at,
        )

    store.write(act)


def commend(*, actor: Actor, code: str, title: str, awarded_by: str, awarded_on: str, at: datetime) -> None:
    """Note that a team was commended; never by who leads it.

    Refusals: NOT_FOUND, NOT_ALLOWED, OWN_RECORD, FIELD_WRONG (`title`, `awarded_by`, `awarded_on`).
    """

    def act() -> None:
        team = teams.by_code(code)
        teams.require_manager(actor=actor, team=team, at=at)
        decisions.require_decider(
            actor=actor, region_code=team.region_code, parties=[team.leader_id, team.liaison_id], at=at
        )
        words = _words(title, TITLE_LONGEST, "title")
        who = _words(awarded_by, TITLE_LONGEST, "awarded_by")
        day = _day(awarded_on, "awarded_on")
        if day > local_day(at):
            raise Refusal(RefusalCode.FIELD_WRONG, field="awarded_on")
        Commendation.create(
            team=team,
            title=words,
            awarded_by=who,
            awarded_on=day.isoformat(),
            actor=actor.volunteer_id,
            at=at,
        )
        audit.changed(
            actor=actor,
            verb="team_commended",
            subject=f"team:{team.id}",
            changes={"commendation": ["", words]},
            at=at,
        )

    store.write(act)
