"""Who holds which right in one's divisions, giving and taking it; and who looked at, changed and took away what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import AuditEntry, RoleGrant, Speciality, Team, Volunteer
from services import audit, permissions, regions, scopes
from services.access import belonging
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.permissions import LEADING, Role, Verb
from services.privacy import unsaid
from services.times import day_starts

#: Kinds of subject an auditor may ask for.
SUBJECTS = ("volunteer", "team", "region", "list", "house")
PLACES = 60
#: Lines whose names are looked up with one statement: a statement takes 32,766 values.
CHUNK = 5000
#: So many lines are asked one by one what the reader may do with them.
A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Holder:
    """A role somebody holds or held. `opens`: whether the person's page is the reader's to see; `may_end`: whether he
    may take it (not told in a list longer than a page)."""

    grant_id: int
    public_no: str
    name: str
    role: str
    place: str
    speciality: str
    since: datetime
    until: datetime | None
    ended: bool
    given_by: str
    reason: str
    acting_for: str
    opens: bool = False
    may_end: bool = False


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the audit; `subject` is a person's or team's name, a division, or the list's address."""

    at: datetime
    who: str
    verb: str
    kind: str
    subject: str
    public_no: str
    facts: Mapping[str, Any]


Giver: Any = Volunteer.alias()
Absent: Any = Volunteer.alias()


def _own_teams(actor: Actor, at: datetime) -> list[int]:
    """The teams he leads: there he names deputy and liaison."""
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    return [g.team_id for g in grants if g.team_id is not None and g.role is Role.TEAM_LEADER]


def _grants(actor: Actor, at: datetime) -> Any:
    reach = scopes.granted(actor=actor, verb=Verb.LOOK, at=at)
    own = _own_teams(actor, at)
    if not reach and not own:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    seen = scopes.within(RoleGrant.region_code, reach) | scopes.within(Team.region_code, reach)
    return (
        RoleGrant.select(
            RoleGrant, Volunteer.id, Volunteer.public_no, Volunteer.name, Giver.id, Giver.name, Absent.id,
            Absent.name, Team.id.alias("t_id"), Team.name.alias("t_name"),
            Team.region_code.alias("t_region"),
        )
        .join(Volunteer, on=RoleGrant.volunteer)
        .switch(RoleGrant)
        .join(Giver, JOIN.LEFT_OUTER, on=(RoleGrant.granted_by == Giver.id), attr="giver")
        .switch(RoleGrant)
        .join(Absent, JOIN.LEFT_OUTER, on=(RoleGrant.acting_for == Absent.id), attr="absent")
        .switch(RoleGrant)
        .join(Team, JOIN.LEFT_OUTER, on=(RoleGrant.team_id == Team.id), attr="at_team")
        .where(seen | RoleGrant.team_id.in_(own))
    )  # fmt: skip


def holders(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Holder]:
    """Who holds what in the divisions the actor may look at, or in the team he leads.

    Filters: role, state (now, ended), region. Refusals: NOT_ALLOWED (neither).
    """
    query = _grants(actor, at)
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))
    if role := wanted.chosen("role"):
        query = query.where(RoleGrant.role == role)
    if region := wanted.chosen("region"):
        query = query.where(
            scopes.within(RoleGrant.region_code, [region]) | scopes.within(Team.region_code, [region])
        )
    ended = RoleGrant.until.is_null(False) & (RoleGrant.until <= at)
    if state := wanted.chosen("state"):
        query = query.where(ended if state == "ended" else ~ended)
    found = cut(
        query, wanted=wanted, default="-since", tie=RoleGrant.id.desc(), row=lambda each: each,
        sorts={"name": Volunteer.name, "role": RoleGrant.role, "since": RoleGrant.from_at, "until": RoleGrant.until},
    )  # fmt: skip
    lines = _holders(actor, found.rows, at)
    if len(lines) <= A_PAGE:
        grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
        lines = [
            line if line.ended else replace(line, may_end=_may_end(actor, grants, row))
            for line, row in zip(lines, found.rows, strict=True)
        ]
    return Found(lines, found.total, found.page, found.size)


def _holders(actor: Actor, rows: list[Any], at: datetime) -> list[Holder]:
    seen = belonging.seen_among(actor=actor, ids=[row.volunteer_id for row in rows], at=at)
    names = regions.path_names(list({row.region_code for row in rows if row.region_code}))
    kinds = dict(specialities())
    return [
        Holder(
            row.id, row.volunteer.public_no, row.volunteer.name, row.role,
            names.get(row.region_code, row.region_code) if row.region_code else row.at_team.t_name,
            kinds.get(row.speciality, row.speciality), row.from_at, row.until,
            row.until is not None and row.until <= at,
            row.giver.name if row.granted_by_id else "", row.reason, row.absent.name if row.acting_for else "",
            row.volunteer_id in seen,
        )
        for row in rows
    ]  # fmt: skip


def holder(*, actor: Actor, grant_id: int, at: datetime) -> Holder:
    """One of `holders`. Refusals: NOT_FOUND (unknown, or in none of the actor's divisions), NOT_ALLOWED."""
    rows = list(_grants(actor, at).where(RoleGrant.id == grant_id))
    if not rows:
        raise Refusal(RefusalCode.NOT_FOUND)
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    return replace(_holders(actor, rows, at)[0], may_end=_may_end(actor, grants, rows[0]))


def _may_end(actor: Actor, grants: Sequence[permissions.Grant], given: Any) -> bool:
    """Whether the actor, with the rights he has, may end this one; his own everybody may."""
    return given.volunteer_id == actor.volunteer_id or permissions.appoints(
        grants=grants, role=Role(given.role), region_code=given.region_code or given.at_team.t_region,
        team_id=given.team_id,
    )  # fmt: skip


def places(*, actor: Actor, public_no: str, text: str, at: datetime) -> list[tuple[str, str]]:
    """Where the actor may give a role, as (`region:341522` or `team:<code>`, name): near the person, or by name.

    Refusals: NOT_FOUND (nobody of the actor's).
    """
    person = belonging.seen_person(actor=actor, public_no=public_no, at=at)
    reach = scopes.granted(actor=actor, verb=Verb.APPOINT, at=at)
    own = _own_teams(actor, at)
    if text:
        codes = [each.code for top in reach for each in regions.search(text, top)]
        teams = Team.select().where(Team.name.contains(text), scopes.within(Team.region_code, reach))
    else:
        codes = [
            each
            for code in belonging.divisions_of(person)
            for each in regions.lineage(code)
            if scopes.covers(reach, each)
        ]
        codes += [code for code in reach if code]
        near = scopes.within(Team.region_code, [code for code in codes if len(code) == 12])
        teams = Team.select().where((near & scopes.within(Team.region_code, reach)) | Team.id.in_(own))
    codes = list(dict.fromkeys(codes))[:PLACES]
    names = regions.path_names(codes)
    open_teams = teams.where(Team.state.not_in(permissions.CLOSED_TEAMS)).order_by(Team.name).limit(PLACES)
    return [(f"region:{code}", names[code]) for code in codes if names[code]] + [
        (f"team:{team.code}", team.name) for team in open_teams
    ]


def specialities() -> list[tuple[str, str]]:
    """What a partner's right can be limited to, as (code, name)."""
    rows = Speciality.select().where(Speciality.retired_at.is_null()).order_by(Speciality.sort_order)
    return [(row.code, row.name) for row in rows]


def give(
    *, actor: Actor, public_no: str, role: str, place: str, until: date | None, speciality: str, reason: str,
    at: datetime,
) -> int:  # fmt: skip
    """Give a person of one's divisions a role at `region:<code>` or `team:<code>`, up to and with a day.

    Refusals: NOT_FOUND (nobody of the actor's), BAD_REQUEST (`field` role, place, until or speciality), then
    `permissions.grant`.
    """
    person = belonging.seen_person(actor=actor, public_no=public_no, at=at)
    if role not in set(Role):
        raise Refusal(RefusalCode.BAD_REQUEST, why="role", field="role")
    wanted = Role(role)
    kind, _, code = place.partition(":")
    team = Team.get_or_none(Team.code == code) if kind == "team" else None
    if (kind == "team" and (team is None or wanted not in LEADING)) or kind not in ("team", "region"):
        raise Refusal(RefusalCode.BAD_REQUEST, why="place", field="place")
    if kind == "region" and wanted not in permissions.AT_DIVISIONS:
        raise Refusal(RefusalCode.BAD_REQUEST, why="place", field="place")
    if speciality and speciality not in {known for known, _ in specialities()}:
        raise Refusal(RefusalCode.BAD_REQUEST, why="speciality", field="speciality")
    end = day_starts(until + timedelta(days=1)) if until else None
    if end is not None and end <= at:
        raise Refusal(RefusalCode.BAD_REQUEST, why="until", field="until")
    return permissions.grant(
        actor=actor, volunteer_id=person.id, role=wanted, region_code=code if team is None else None,
        team_id=team.id if team is not None else None, reason=reason, at=at, until=end,
        speciality=speciality if wanted is Role.PARTNER else "",
    )  # fmt: skip


def take(*, actor: Actor, grant_id: int, reason: str, at: datetime) -> None:
    """End a role of one's divisions, or one's own. Refusals: NOT_FOUND, NOT_ALLOWED, then `permissions.revoke`."""
    holder(actor=actor, grant_id=grant_id, at=at)
    permissions.revoke(actor=actor, grant_id=grant_id, reason=reason, at=at)


def entries(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[AuditLine]:
    """The audit of the actor's divisions, newest first; who reads it, and what he asked for, stands in it, too.

    The words are a name, of the one who acted or (filter side = subject) of the person it was about. Filters: verb,
    subject (a kind), side, from and to (days). Refusals: NOT_ALLOWED (may audit nowhere).
    """
    reach = scopes.audited(actor=actor, at=at)
    if not reach:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    query = (
        AuditEntry.select(AuditEntry, Volunteer.id, Volunteer.name)
        .join(Volunteer, JOIN.LEFT_OUTER, on=AuditEntry.actor)
        .where(_in_reach(reach))
    )
    if verb := wanted.chosen("verb"):
        query = query.where(AuditEntry.verb == verb)
    if kind := wanted.chosen("subject"):
        query = query.where(AuditEntry.subject.startswith(f"{kind}:"))
    if wanted.text and wanted.chosen("side") == "subject":
        named = Volunteer.select(Volunteer.id).where(
            Volunteer.name.contains(wanted.text), belonging.people_in(reach)
        )
        query = query.where(AuditEntry.subject.in_([f"volunteer:{row.id}" for row in named.limit(500)]))
    elif wanted.text:
        other = Volunteer.alias()
        called = other.select(other.id).where(other.name.contains(wanted.text))
        query = query.where(AuditEntry.actor.in_(called))
    query = _between(query, wanted)
    found = cut(
        query,
        wanted=wanted,
        sorts={"at": AuditEntry.id},
        default="-at",
        tie=AuditEntry.id,
        row=lambda each: each,
    )
    lines = [line for start in range(0, len(found.rows), CHUNK) for line in _entries(found.rows[start : start + CHUNK])]
    audit.note(
        actor=actor, verb="audit.read", subject="list:/console/audit", at=at, region_code=min(reach, key=len),
        detail={"asked": {**wanted.filters, "text": wanted.text}, "page": found.page},
    )  # fmt: skip
    return Found(lines, found.total, found.page, found.size)


def _in_reach(reach: Iterable[str]) -> Any:
    """Lines of these divisions; those of the house itself belong to the highest."""
    here = scopes.within(AuditEntry.region_code, reach)
    highest = scopes.covers(reach, regions.widest())
    return here | (AuditEntry.region_code == "") if highest else here


def _between(query: Any, wanted: Wanted) -> Any:
    if day := _day(wanted.chosen("from")):
        query = query.where(AuditEntry.at >= day_starts(day))
    if day := _day(wanted.chosen("to")):
        query = query.where(AuditEntry.at < day_starts(day + timedelta(days=1)))
    return query


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _entries(rows: list[Any]) -> list[AuditLine]:
    asked: dict[str, set[str]] = {}
    for row in rows:
        kind, _, key = row.subject.partition(":")
        asked.setdefault(kind, set()).add(key)

    def ids(kind: str) -> list[int]:
        return [int(key) for key in asked.get(kind, ()) if key.isdigit()]

    people = {
        str(p.id): (p.name, p.public_no)
        for p in Volunteer.select(Volunteer.id, Volunteer.name, Volunteer.public_no).where(
            Volunteer.id.in_(ids("volunteer"))
        )
    }
    teams = {str(t.id): t.name for t in Team.select(Team.id, Team.name).where(Team.id.in_(ids("team")))}
    areas = regions.path_names(list(asked.get("region", ())))
    lines = []
    for row in rows:
        kind, _, key = row.subject.partition(":")
        name, public_no = people.get(key, ("", "")) if kind == "volunteer" else ("", "")
        shown = (
            name or (teams.get(key) if kind == "team" else areas.get(key) if kind == "region" else "") or key
        )
        lines.append(
            AuditLine(
                row.at, row.actor.name if row.actor_id is not None else "", row.verb, kind, shown, public_no,
                unsaid.facts(row.detail) if unsaid.is_closed(name) else row.detail,
            )
        )  # fmt: skip
    return lines
