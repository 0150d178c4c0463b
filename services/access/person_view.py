"""The whole of one person for those who look after him: masked data, teams, hours, consents, changes, looks.

Of somebody under 18 station and leader see his name and what their duty needs; the rest is for the county and above,
and each opening stands in the audit (《未成年人网络保护条例》 §36).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import (
    AuditEntry,
    History,
    Qualification,
    Skill,
    Team,
    TeamMember,
    Volunteer,
    VolunteerSkill,
    WechatIdentity,
)
from services import audit, permissions, regions, scopes
from services.access import belonging, people_list
from services.accounts.documents import mask_id, mask_phone
from services.accounts.registration import ConsentState, consents
from services.actors import Actor
from services.bookkeeping import hours
from services.bookkeeping.hours import HoursSummary, RecordLine
from services.parts import Parts
from services.permissions import Verb
from services.privacy import unsaid

RECORDS = 10
LINES = 50


@dataclass(frozen=True, slots=True)
class Membership:
    """A team he is or was in; `until` None while he is. `opens`: the reader may open its page."""

    code: str
    name: str
    home: bool
    since: datetime
    until: datetime | None
    why: str
    opens: bool


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role he has now and where."""

    grant_id: int
    role: str
    place: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Proof:
    """A qualification he has stated."""

    id: int
    name: str
    state: str
    expires_on: str


@dataclass(frozen=True, slots=True)
class Change:
    """One line of his history, or of who looked: who, when, what ({field: [old, new]} or facts), why."""

    at: datetime
    who: str
    verb: str
    facts: Mapping[str, Any]
    reason: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Everything; `over` says whether the reader manages his division, `audits` whether he sees who looked. `minor`:
    under 18 today; `narrow`: this reader is not told numbers, birth date, home, national number and changes."""

    volunteer_id: int
    public_no: str
    name: str
    identity: str
    state: str
    document: str
    phone: str
    phone_proof: str
    birth_date: str
    place: str
    national_no: str
    national_state: str
    died_on: str
    on_wechat: bool
    since: datetime
    entered_by: str
    teams: list[Membership]
    roles: list[HeldRole]
    hours: HoursSummary
    records: list[RecordLine]
    consents: tuple[ConsentState, ...]
    skills: list[str]
    qualifications: list[Proof]
    changes: list[Change]
    looks: list[Change]
    over: bool
    audits: bool
    is_me: bool
    minor: bool
    narrow: bool


def person(*, parts: Parts, actor: Actor, public_no: str, at: datetime) -> PersonPage:
    """The person for those who may look at his division's people, or lead one of his teams; that a minor was opened is
    in the audit before he is shown. Refusals: NOT_FOUND."""
    found = belonging.seen_person(actor=actor, public_no=public_no, at=at)
    minor, narrow = _opened(actor, found, at)
    audits = belonging.may(actor=actor, person=found, verb=Verb.AUDIT, at=at) and not narrow
    subject = f"volunteer:{found.id}"
    return PersonPage(
        volunteer_id=found.id, public_no=found.public_no, name=found.name, identity=found.identity, state=found.state,
        **_details(parts, found, narrow), phone_proof=found.phone_proof, died_on=found.died_on or "",
        on_wechat=WechatIdentity.select().where(WechatIdentity.volunteer == found.id).exists(),
        since=found.created_at, entered_by=found.entered_by.name if found.entered_by_id else "",
        teams=_teams(actor, found.id, at), roles=_roles(found.id, at),
        hours=hours.summary(volunteer_id=found.id, at=at), records=hours.recent(volunteer_id=found.id, limit=RECORDS),
        consents=consents(volunteer_id=found.id), skills=_skills(found.id), qualifications=_qualifications(found.id),
        changes=[] if narrow else _readable(found, changes(subject=subject)),
        looks=_readable(found, _looks(subject)) if audits else [],
        over=belonging.may(actor=actor, person=found, verb=Verb.MANAGE, at=at), audits=audits,
        is_me=found.id == actor.volunteer_id, minor=minor, narrow=narrow,
    )  # fmt: skip


def _opened(actor: Actor, found: Volunteer, at: datetime) -> tuple[bool, bool]:
    """Whether he is under 18, and whether little of him is for this reader; a look at another who is, is noted."""
    minor = belonging.is_minor(found, at)
    narrow = bool(belonging.closed_among(actor=actor, people=[found], at=at))
    if minor and found.id != actor.volunteer_id:
        audit.note(
            actor=actor, verb="person.minor", subject=f"volunteer:{found.id}",
            detail={"what": "duty" if narrow else "details"}, at=at, region_code=belonging.divisions_of(found)[0],
        )  # fmt: skip
    return minor, narrow


def _details(parts: Parts, found: Volunteer, narrow: bool) -> dict[str, str]:
    """Masked numbers, birth date, home and national number; none of them for who is to see little."""
    if narrow:
        names = ("document", "phone", "birth_date", "place", "national_no", "national_state")
        return dict.fromkeys(names, "")
    return {
        "document": mask_id(people_list.opened(parts, found, "document")),
        "phone": mask_phone(people_list.opened(parts, found, "phone")), "birth_date": found.birth_date or "",
        "place": regions.path_names([found.region_code])[found.region_code], "national_no": found.national_no,
        "national_state": found.national_state,
    }  # fmt: skip


def _teams(actor: Actor, volunteer_id: int, at: datetime) -> list[Membership]:
    readable = scopes.readable(actor=actor, at=at)

    def opens(team: Team) -> bool:
        return scopes.covers(readable, team.region_code) or permissions.leads(actor=actor, team_id=team.id, at=at)

    rows = (
        TeamMember.select(TeamMember, Team)
        .join(Team)
        .where(TeamMember.volunteer == volunteer_id)
        .order_by(TeamMember.to_at.is_null().desc(), TeamMember.home.desc(), TeamMember.id.desc())
    )
    return [
        Membership(
            row.team.code, row.team.name, bool(row.home and row.to_at is None), row.from_at, row.to_at, row.ended_why,
            opens(row.team),
        )
        for row in rows
    ]  # fmt: skip


def _roles(volunteer_id: int, at: datetime) -> list[HeldRole]:
    grants = permissions.roles_of(volunteer_id=volunteer_id, at=at)
    names = regions.path_names([g.region_code for g in grants if g.region_code])
    teams = {t.id: t.name for t in Team.select().where(Team.id.in_([g.team_id for g in grants if g.team_id]))}
    return [
        HeldRole(
            g.id, g.role.value, names.get(g.region_code or "", "") or teams.get(g.team_id or 0, ""), g.until
        )
        for g in grants
    ]


def _skills(volunteer_id: int) -> list[str]:
    rows = (
        Skill.select(Skill.code, Skill.name)
        .join(VolunteerSkill, on=VolunteerSkill.skill == Skill.code)
        .where(VolunteerSkill.volunteer == volunteer_id)
        .order_by(Skill.sort_order, Skill.code)
    )
    return [row.name for row in rows]


def _qualifications(volunteer_id: int) -> list[Proof]:
    rows = Qualification.select().where(Qualification.volunteer == volunteer_id).order_by(Qualification.id)
    return [Proof(row.id, row.name, row.state, row.expires_on or "") for row in rows]


def _readable(person: Volunteer, lines: list[Change]) -> list[Change]:
    """The lines without anybody's words, where the person's account was closed."""
    if not unsaid.is_closed(person.name):
        return lines
    return [replace(each, facts=unsaid.facts(each.facts), reason="") for each in lines]


def changes(*, subject: str, limit: int = LINES) -> list[Change]:
    """What changed on a record, newest first; the caller has looked at the reader's right."""
    rows = (
        History.select(History, Volunteer.id, Volunteer.name)
        .join(Volunteer, JOIN.LEFT_OUTER, on=History.actor)
        .where(History.subject == subject)
        .order_by(History.id.desc())
        .limit(limit)
    )
    return [Change(row.at, _name(row), row.verb, row.changes, row.reason) for row in rows]


def _looks(subject: str) -> list[Change]:
    rows = (
        AuditEntry.select(AuditEntry, Volunteer.id, Volunteer.name)
        .join(Volunteer, JOIN.LEFT_OUTER, on=AuditEntry.actor)
        .where(AuditEntry.subject == subject)
        .order_by(AuditEntry.id.desc())
        .limit(LINES)
    )
    return [
        Change(row.at, _name(row), row.verb, row.detail, str(row.detail.get("reason", ""))) for row in rows
    ]


def _name(row: Any) -> str:
    return row.actor.name if row.actor_id is not None else ""
