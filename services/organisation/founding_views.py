"""What the console shows of founding applications: those one may see, one whole, who could lead (S31–S33)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import Centre, Founding, Region, Team, TeamMember, TeamRegion, Volunteer
from services import decisions, permissions, regions, rules, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.organisation import centres, founding, names, soft_rules, specialities, teams
from services.organisation.centres import Attached
from services.organisation.founding import FoundingDraft
from services.organisation.soft_rules import Condition
from services.permissions import CLOSED_TEAMS
from services.regions import lineage


@dataclass(frozen=True, slots=True)
class FoundingLine:
    """An application in the list; `mine`: waits for the reader's decision."""

    id: int
    team: str
    place: str
    kind: str
    state: str
    applicant: str
    submitted_at: datetime | None
    mine: bool


@dataclass(frozen=True, slots=True)
class FoundingPage:
    """One application whole."""

    id: int
    state: str
    team_id: int
    team_code: str
    team: str
    kind: str
    region_code: str
    place: str
    reviewing: str
    applicant: str
    statement: str
    reason: str
    pilot: bool
    answer: str
    decided_by: str
    submitted_at: datetime | None
    decided_at: datetime | None
    leader: str
    liaison: str
    covers: list[str]
    checklist: list[Condition]
    broken: Mapping[str, Mapping[str, Any]]
    account: Attached
    members: int
    may_edit: bool
    may_decide: bool


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[FoundingLine]:
    """Applications of the divisions the actor may look at, his own too; filters: state (else: open ones), region."""
    applicant = Volunteer.alias()
    mine = Founding.applicant == (actor.volunteer_id or 0)
    query = (
        Founding.select(Founding, Team, applicant.id, applicant.name)
        .join(Team)
        .switch(Founding)
        .join(applicant, JOIN.LEFT_OUTER, on=(Founding.applicant == applicant.id), attr="by")
        .where(scopes.within(Team.region_code, scopes.readable(actor=actor, at=at)) | mine)
    )
    state = wanted.chosen("state")
    if state != "all":
        query = query.where(Founding.state == state if state else Founding.state.in_(founding.OPEN))
    if wanted.chosen("region"):
        query = query.where(scopes.within(Team.region_code, [wanted.chosen("region")]))
    if wanted.text:
        query = query.where(Team.name.contains(wanted.text) | Team.standard_name.contains(wanted.text))
    sorts = {"submitted": Founding.submitted_at, "team": Team.name, "state": Founding.state}
    page = cut(query, wanted=wanted, sorts=sorts, default="-submitted", tie=Founding.id, row=lambda row: row)
    places = regions.path_names([row.team.region_code for row in page.rows])
    lines = [
        FoundingLine(
            row.id, row.team.name, places[row.team.region_code], row.team.kind, row.state,
            row.by.name if row.applicant_id else "", row.submitted_at,
            row.state == "submitted" and _may_decide(actor, row, at),
        )
        for row in page.rows
    ]  # fmt: skip
    return Found(lines, page.total, page.page, page.size)


def _may_decide(actor: Actor, made: Founding, at: datetime) -> bool:
    return decisions.may_decide(
        actor=actor, region_code=made.reviewing_region, parties=founding.parties(made), at=at
    )


def page(*, actor: Actor, founding_id: int, at: datetime) -> FoundingPage:
    """One application for its applicant, those who look after its division, and its reviewers.

    Refusals: NOT_FOUND, NOT_ALLOWED (who may see only numbers there).
    """
    made = Founding.get_or_none(Founding.id == founding_id)
    if made is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    team: Team = made.team
    own = actor.volunteer_id is not None and made.applicant_id == actor.volunteer_id
    manages = permissions.manages(actor=actor, region_code=team.region_code, at=at)
    if not own:
        permissions.require_look(actor=actor, region_code=team.region_code, at=at)
    named = teams.people([made.applicant_id, made.decided_by_id, team.leader_id, team.liaison_id])

    def name(person: int | None) -> str:
        return named.get(person, ("", ""))[1]

    covered = teams.covers(team.id)
    places = regions.path_names([team.region_code, made.reviewing_region, *covered])
    open_one = made.state in founding.OPEN
    return FoundingPage(
        id=made.id, state=made.state, team_id=team.id, team_code=team.code, team=team.name, kind=team.kind,
        region_code=team.region_code, place=places[team.region_code], reviewing=places[made.reviewing_region],
        applicant=name(made.applicant_id), statement=made.statement, reason=str(made.checklist.get("reason", "")),
        pilot=made.pilot, answer=made.answer, decided_by=name(made.decided_by_id), submitted_at=made.submitted_at,
        decided_at=made.decided_at, leader=name(team.leader_id), liaison=name(team.liaison_id),
        covers=[places[code] for code in covered],
        checklist=soft_rules.checklist(team=team, at=at) if open_one else _as_it_was(made),
        broken=soft_rules.broken(team=team, at=at) if open_one else {},
        account=centres.attached_account(team.region_code), members=len(teams.members(team.id)),
        may_edit=open_one and (own or manages),
        may_decide=made.state == "submitted" and _may_decide(actor, made, at),
    )  # fmt: skip


def _as_it_was(made: Founding) -> list[Condition]:
    """The list of conditions as it stood when the application was handed up."""
    items = made.checklist.get("items", {})
    return [Condition(key, have, need) for key, (have, need) in items.items()]


def kept(*, actor: Actor, founding_id: int, at: datetime) -> FoundingDraft:
    """An application as its form holds it. Refusals: NOT_FOUND, NOT_ALLOWED."""
    made = founding.own(actor=actor, founding_id=founding_id, at=at)
    team: Team = made.team
    named = teams.people([team.leader_id, team.liaison_id])
    return FoundingDraft(
        teams.kept(team), named.get(team.leader_id, ("", ""))[0], named.get(team.liaison_id, ("", ""))[0],
        made.statement, made.pilot, str(made.checklist.get("reason", "")),
    )  # fmt: skip


def candidates(*, region_code: str, text: str = "") -> list[tuple[str, str]]:
    """(public number, name with place) of who could lead here: the heads of the stations and centre above first (S79),
    then those who live in the division or whose name was typed. The caller may found here."""
    rows = Centre.select().where(
        Centre.region_code.in_(lineage(region_code)), Centre.director_id.is_null(False)
    )
    heads = sorted(rows, key=lambda row: -len(row.region_code))
    named = teams.people([row.director_id for row in heads])
    found = {
        named[row.director_id][0]: f"{named[row.director_id][1]} {row.name}"
        for row in heads
        if row.director_id in named
    }
    for number, name, place in centres.people_for(region_code=region_code, text=text):
        found.setdefault(number, f"{name} {place}")
    return list(found.items())


@dataclass(frozen=True, slots=True)
class MyFounding:
    """An application of one's own in a list."""

    id: int
    team: str
    state: str


def mine(*, volunteer_id: int) -> list[MyFounding]:
    """A person's own applications, the newest first."""
    rows = Founding.select(Founding, Team).join(Team).where(Founding.applicant == volunteer_id)
    return [MyFounding(row.id, row.team.name, row.state) for row in rows.order_by(Founding.id.desc())]


def joined(*, actor: Actor, founding_id: int, at: datetime) -> list[tuple[str, str]]:
    """(public number, name) of who has joined the young team, and of a liaison named by an officer.

    Refusals: NOT_FOUND, NOT_ALLOWED.
    """
    made = founding.own(actor=actor, founding_id=founding_id, at=at)
    rows = (
        TeamMember.select(TeamMember, Volunteer)
        .join(Volunteer)
        .where(TeamMember.team == made.team_id, TeamMember.to_at.is_null(), Volunteer.state == "active")
        .order_by(TeamMember.id)
    )
    found = {row.volunteer_id: (row.volunteer.public_no, row.volunteer.name) for row in rows}
    liaison = teams.people([made.team.liaison_id])
    return list(({**found, **liaison}).values())


@dataclass(frozen=True, slots=True)
class Place:
    """A division where somebody may found: how many teams it has, the code of one that is being founded."""

    code: str
    name: str
    level: int
    teams: int
    young: str


def places(*, volunteer_id: int) -> list[Place]:
    """Where a volunteer may found: his village and its township; who is written down at a township alone, its
    villages. None where only a county is known of him."""
    home = str(Volunteer.get_by_id(volunteer_id).region_code)
    if len(home) < founding.TOWNSHIP_LENGTH:
        return []
    below = [each.code for each in regions.children(home)] if len(home) == founding.TOWNSHIP_LENGTH else []
    codes = [*below, *reversed([code for code in lineage(home) if len(code) >= founding.TOWNSHIP_LENGTH])]
    known = {
        row.code: row for row in Region.select().where(Region.code.in_(codes), Region.closed_on.is_null())
    }
    living = [known[code] for code in codes if code in known]
    own = Team.select(Team.region_code, Team.code, Team.state).where(
        Team.region_code.in_(codes), Team.state.not_in(CLOSED_TEAMS)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for team in own:
        found.setdefault(team.region_code, []).append((team.code, team.state))
    joint = (
        TeamRegion.select(TeamRegion, Team.id, Team.code, Team.state)
        .join(Team)
        .where(TeamRegion.region_code.in_(codes), Team.state.not_in(CLOSED_TEAMS))
    )
    for row in joint:
        found.setdefault(row.region_code, []).append((row.team.code, row.team.state))
    return [
        Place(
            row.code, row.place_name, row.level,
            sum(state != "founding" for _, state in found.get(row.code, ())),
            next((code for code, state in found.get(row.code, ()) if state == "founding"), ""),
        )
        for row in living
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class KindHere:
    """What a team here could be for, and its name then; `usual`: the policy would have it at this level (S23, S26)."""

    code: str
    kind: str
    name: str
    team: str
    usual: bool


def kinds_here(*, region_code: str, brand: str, at: datetime) -> list[KindHere]:
    """All that a team can be for, what is usual at this level first. Refusal: REGION_UNKNOWN."""
    region = regions.region(region_code)
    params = rules.rule("team", region_code, at).params
    usual = {
        "professional": region.level <= int(params["professional_min_level"]),
        "grassroots": region.level == int(params["grassroots_level"]),
    }
    found = [
        KindHere(
            each.code, each.kind, each.name,
            names.standard_name(region=region, kind=each.kind, speciality=each.name, brand=brand), usual[each.kind],
        )
        for each in specialities.listed()
    ]  # fmt: skip
    return sorted(found, key=lambda each: not each.usual)
