"""Where a person belongs: to the divisions of his running teams; without one, to where he lives (S43).

Only that line, his divisions and those above, sees his personal data. So the day a person's home team moves to
another county is the day the old county's view ends. Of somebody under 18 the details are for the county and those
above alone; station and leader have what their duty needs (《未成年人网络保护条例》 §36).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from peewee import fn

from clock import local_day
from models import Team, TeamMember, Volunteer
from services import permissions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.gates.ages import minor_on
from services.permissions import LEADING, Verb

#: A province: whoever lives there has his teams there, so that the whole list needs no look at memberships.
WIDEST = 2
#: A county: from there upwards the details of somebody under 18 may be seen.
COUNTY = 6


def people_in(codes: Iterable[str]) -> Any:
    """The condition on `Volunteer` that he belongs to one of these divisions.

    One list of people, not "one or the other" for each of them: PostgreSQL would look at every membership there is.
    """
    wide = [code for code in codes if len(code) <= WIDEST]
    narrow = [code for code in codes if len(code) > WIDEST]
    if not narrow:
        return scopes.within(Volunteer.region_code, wide)
    running = TeamMember.to_at.is_null()
    members = (
        TeamMember.select(TeamMember.volunteer)
        .join(Team)
        .where(running, scopes.within(Team.region_code, narrow))
    )
    there = Volunteer.alias()
    any_team = TeamMember.select(TeamMember.id).where(TeamMember.volunteer == there.id, running)
    lives = there.select(there.id).where(scopes.within(there.region_code, narrow), ~fn.EXISTS(any_team))
    belongs = Volunteer.id.in_(members.union_all(lives))
    return belongs | scopes.within(Volunteer.region_code, wide) if wide else belongs


def divisions_of(person: Volunteer) -> list[str]:
    """The codes of the divisions a person belongs to, that of his home team first."""
    rows = (
        TeamMember.select(TeamMember, Team)
        .join(Team)
        .where(TeamMember.volunteer == person.id, TeamMember.to_at.is_null())
        .order_by(TeamMember.home.desc(), TeamMember.id)
    )
    return [row.team.region_code for row in rows] or [person.region_code]


def belongs(person: Volunteer, code: str) -> bool:
    """Whether a person belongs to this division, as `people_in` finds it."""
    if len(code) <= WIDEST:
        return str(person.region_code).startswith(code)
    return any(own.startswith(code) for own in divisions_of(person))


def may(*, actor: Actor, person: Volunteer, verb: Verb, at: datetime) -> bool:
    """Whether the actor may do this with a person who belongs to one of his divisions."""
    reach = scopes.granted(actor=actor, verb=verb, at=at)
    codes = divisions_of(person)
    return any(scopes.covers(reach, code) for code in codes) or (
        any(len(code) <= WIDEST and person.region_code.startswith(code) for code in reach)
    )


def is_minor(person: Volunteer, at: datetime) -> bool:
    """Whether he is under 18 today; who has no birth date is taken for grown up."""
    return minor_on(person.birth_date, local_day(at))


def closed_among(
    *, actor: Actor, people: Collection[Volunteer], at: datetime, verb: Verb = Verb.LOOK
) -> set[int]:
    """Whose details of these people, each of whom the actor may otherwise see, are not for him: minors, unless he has a
    right at the county of one of their divisions or above it."""
    minors = {person.id for person in people if is_minor(person, at)}
    high = [code for code in scopes.granted(actor=actor, verb=verb, at=at) if len(code) <= COUNTY] if minors else []
    if not high:
        return minors
    open_ones = Volunteer.select(Volunteer.id).where(Volunteer.id.in_(sorted(minors)), people_in(high))
    return minors - {row.id for row in open_ones}


def seen_person(*, actor: Actor, public_no: str, at: datetime) -> Volunteer:
    """The person, for those who may look at his division's people and for those who lead one of his teams.

    Refusals: NOT_FOUND (nobody, or none of the actor's business).
    """
    person = Volunteer.get_or_none(Volunteer.public_no == public_no, Volunteer.state != "merged")
    if person is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    if may(actor=actor, person=person, verb=Verb.LOOK, at=at) or _leads(actor, person, at):
        assert isinstance(person, Volunteer)
        return person
    raise Refusal(RefusalCode.NOT_FOUND)


def seen_among(*, actor: Actor, ids: Collection[int], at: datetime) -> set[int]:
    """Whom of these people `seen_person` would show to the actor, asked at once."""
    led = [g.team_id for g in permissions.roles_of(volunteer_id=actor.volunteer_id, at=at) if g.role in LEADING]
    mates = TeamMember.select(TeamMember.volunteer).where(TeamMember.team.in_(led), TeamMember.to_at.is_null())
    looked = people_in(scopes.readable(actor=actor, at=at))
    here = Volunteer.select(Volunteer.id).where(
        Volunteer.id.in_(ids), Volunteer.state != "merged", looked | Volunteer.id.in_(mates)
    )
    return {row.id for row in here}


def _leads(actor: Actor, person: Volunteer, at: datetime) -> bool:
    teams = {g.team_id for g in permissions.roles_of(volunteer_id=actor.volunteer_id, at=at) if g.team_id}
    running = TeamMember.select().where(
        TeamMember.volunteer == person.id, TeamMember.to_at.is_null(), TeamMember.team.in_(teams)
    )
    return any(permissions.leads(actor=actor, team_id=row.team_id, at=at) for row in running)


def require_over(*, actor: Actor, public_no: str, at: datetime) -> Volunteer:
    """The person, for those who manage his division. Refusals: NOT_FOUND, NOT_ALLOWED (who may only look)."""
    person = seen_person(actor=actor, public_no=public_no, at=at)
    if not may(actor=actor, person=person, verb=Verb.MANAGE, at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    return person


def require_details(*, actor: Actor, person: Volunteer, at: datetime) -> None:
    """Refusals: MINOR_DETAILS (under 18, and the actor manages only below the county)."""
    if closed_among(actor=actor, people=[person], at=at, verb=Verb.MANAGE):
        raise Refusal(RefusalCode.MINOR_DETAILS)
