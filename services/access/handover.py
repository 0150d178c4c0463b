"""A post changes hands in one act, or somebody stands in for its holder from one day to another (S79, S81).

With a post at a division go the seats its holder has in the teams of that centre, and what he has begun there. What
waits for the holder of a post (applications, foundings, hours to confirm) is found by his rights, so it goes over
with them; both sides are told, the new one also what waits.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from clock import local_day
from frozen import dataclass
from models import (
    Application,
    Centre,
    DeathReport,
    Founding,
    Handover,
    HomeTransfer,
    ImportBatch,
    Qualification,
    RoleGrant,
    ServiceRecord,
    Team,
    Volunteer,
    store,
)
from services import permissions, regions, scopes
from services.access import belonging, posts
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.permissions import Role
from services.times import day_starts
from wording import entry, say

#: Files that were read and wait for their importer's word.
BEGUN = ("reading", "checked")


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat in a team that goes over with a post at its centre."""

    grant_id: int
    role: str
    team: str


def seats(*, grant_id: int) -> list[Seat]:
    """The running seats that the holder of a post at a division has in the teams of its centre; none for a team's."""
    old = RoleGrant.get_or_none(RoleGrant.id == grant_id)
    if old is None or old.region_code is None:
        return []
    rows = (
        RoleGrant.select(RoleGrant, Team.name.alias("team_name"))
        .join(Team, on=(RoleGrant.team_id == Team.id), attr="team")
        .join(Centre)
        .where(
            RoleGrant.volunteer == old.volunteer_id, RoleGrant.until.is_null(), RoleGrant.acting_for.is_null(),
            Centre.region_code == old.region_code, Team.state.not_in(permissions.CLOSED_TEAMS),
        )
        .order_by(Team.name, RoleGrant.id)
    )  # fmt: skip
    return [Seat(row.id, row.role, row.team.team_name) for row in rows]


def tasks(*, grant_id: int) -> list[tuple[str, int]]:
    """What waits at a post, as (kind, how many); kinds with nothing are left out."""
    old = RoleGrant.get_by_id(grant_id)
    here = Team.id == old.team_id if old.team_id is not None else _below(Team.region_code, old)
    teams = Team.select(Team.id).where(here)
    counts: list[tuple[str, Any]] = [
        ("applications", Application.select().where(Application.state == "submitted", Application.team.in_(teams))),
        ("hours", ServiceRecord.select().where(
            ServiceRecord.state == "pending", ServiceRecord.source != "transferred",
            ServiceRecord.out_at.is_null(False), ServiceRecord.team.in_(teams),
        )),
    ]  # fmt: skip
    if old.region_code is not None:
        people = belonging.people_in([old.region_code])
        counts += [
            ("foundings", Founding.select().where(
                Founding.state == "submitted", _below(Founding.reviewing_region, old)
            )),
            ("qualifications", Qualification.select().join(Volunteer, on=Qualification.volunteer).where(
                Qualification.state == "stated", people
            )),
            ("transfers", HomeTransfer.select().where(
                HomeTransfer.state == "requested", HomeTransfer.agreed_at.is_null(False),
                _below(HomeTransfer.to_region, old),
            )),
            ("deaths", DeathReport.select().where(
                DeathReport.state == "reported", _below(DeathReport.region_code, old)
            )),
            ("imports", _begun(old)),
        ]  # fmt: skip
    found = [(kind, query.count()) for kind, query in counts]
    return [(kind, count) for kind, count in found if count]


def _below(column: Any, old: RoleGrant) -> Any:
    return scopes.within(column, [str(old.region_code)])


def _begun(old: RoleGrant) -> Any:
    return ImportBatch.select().where(
        ImportBatch.actor == old.volunteer_id, ImportBatch.state.in_(BEGUN), _below(ImportBatch.region_code, old)
    )


def hand_over(
    *, actor: Actor, grant_id: int, to_public_no: str, reason: str, with_seats: Collection[int] | None = None,
    at: datetime,
) -> int:  # fmt: skip
    """A post changes hands in one act: the old holder's right ends, the new one's begins, the team's or centre's page
    names him; deputies who stood in for the old holder end with him. `with_seats`: which of `seats` go over, all of
    them unless told. Files that the old holder has begun become the new one's. Answers the new grant's id.

    Refusals: NOT_FOUND (no such running right, or nobody has that number), ALREADY_HOLDS (the same person),
    NOT_ALLOWED (the actor may not appoint there), REASON_REQUIRED.
    """
    old, person = _post(grant_id, to_public_no, at)

    def act() -> int:
        open_tasks = tasks(grant_id=grant_id)
        taken = [each.grant_id for each in seats(grant_id=grant_id)]
        if with_seats is not None:
            taken = [each for each in taken if each in with_seats]
        # The seats first: who hands over his own post may appoint only as long as he holds it.
        gone = [(each, *_pass_on(actor, RoleGrant.get_by_id(each), person, reason, at)) for each in taken]
        made, ended = _pass_on(actor, old, person, reason, at)
        files = [row.id for row in _begun(old)] if old.region_code is not None else []
        ImportBatch.update(actor=person).where(ImportBatch.id.in_(files)).execute()
        kept = Handover.create(
            from_person=old.volunteer_id, to_person=person, post=old.role, region_code=old.region_code,
            team_id=old.team_id, reason=reason.strip(), actor=actor.volunteer_id, at=at,
            moved={
                "grant": [grant_id, made], "deputies_ended": ended + sum(also for _, _, also in gone),
                "seats": [[before, after] for before, after, _ in gone], "imports": files,
            },
        )  # fmt: skip
        _tell(kept, old, person, open_tasks, at)
        return made

    return store.write(act)


def _post(grant_id: int, to_public_no: str, at: datetime) -> tuple[RoleGrant, Volunteer]:
    """The running post and the person. Refusals: NOT_FOUND, ALREADY_HOLDS."""
    old = RoleGrant.get_or_none(RoleGrant.id == grant_id, RoleGrant.until.is_null() | (RoleGrant.until > at))
    person = Volunteer.get_or_none(Volunteer.public_no == to_public_no, Volunteer.state == "active")
    if old is None or person is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    if person.id == old.volunteer_id:
        raise Refusal(RefusalCode.ALREADY_HOLDS)
    return old, person


def _pass_on(actor: Actor, old: RoleGrant, person: Volunteer, reason: str, at: datetime) -> tuple[int, int]:
    """One right from its holder to another, and the end of those who stand in for him: (new grant, how many ended)."""
    made = permissions.grant(
        actor=actor, volunteer_id=person.id, role=Role(old.role), region_code=old.region_code, team_id=old.team_id,
        reason=reason, at=at, speciality=old.speciality,
    )  # fmt: skip
    permissions.revoke(actor=actor, grant_id=old.id, reason=reason, at=at)
    posts.show_at_centre(Role(old.role), old.region_code, person.id)
    deputies = RoleGrant.update(until=at).where(
        RoleGrant.acting_for == old.volunteer_id, RoleGrant.until.is_null() | (RoleGrant.until > at),
        RoleGrant.role.in_((old.role, stand_in_role(old))),
        RoleGrant.team_id == old.team_id if old.team_id is not None else RoleGrant.region_code == old.region_code,
    )  # fmt: skip
    return made, int(deputies.execute())


def _tell(
    kept: Handover, old: RoleGrant, person: Volunteer, open_tasks: list[tuple[str, int]], at: datetime
) -> None:
    words = "access.handover"
    waiting = say(f"{words}.separator").join(
        say(f"{words}.tasks.{kind}", count=count) for kind, count in open_tasks
    )
    facts = {"place": place_of(old), "role": entry("access.roles")[old.role], "key": str(kept.id), "at": at}
    telling.tell(
        kind="post_taken", people=[person.id], url="/console",
        tasks=say(f"{words}.waiting", tasks=waiting) if waiting else say(f"{words}.nothing"), **facts,
    )  # fmt: skip
    telling.tell(kind="post_given", people=[old.volunteer_id], name=person.name, **facts)


def place_of(post: RoleGrant) -> str:
    """Where a right is held: the team's name, or the division's."""
    if post.team_id is not None:
        return str(Team.get_by_id(post.team_id).name)
    code = str(post.region_code)
    return regions.path_names([code])[code]


def stand_in_role(post: RoleGrant) -> str:
    """What somebody who stands in for the holder of a post is: the same; for a team's leader, his deputy."""
    return Role.DEPUTY.value if post.role == Role.TEAM_LEADER.value else str(post.role)


def stand_in(
    *, actor: Actor, grant_id: int, to_public_no: str, since: date | None, until: date | None, reason: str,
    at: datetime,
) -> int:  # fmt: skip
    """Somebody stands in for the holder of a post, from one day up to and with another; the post stays the holder's.

    On the holder's own matters he decides nothing (`decisions`). Refusals: NOT_FOUND, ALREADY_HOLDS (the holder
    himself), NOT_ALLOWED (`permissions.require_appoint`), BAD_REQUEST (`field` until: none, or over; since: after it,
    or past), REASON_REQUIRED.
    """
    post, person = _post(grant_id, to_public_no, at)
    role, team = Role(stand_in_role(post)), Team.get_or_none(Team.id == post.team_id)
    permissions.require_appoint(
        actor=actor, volunteer_id=person.id, role=role, team_id=post.team_id, at=at,
        region_code=str(team.region_code if team else post.region_code),
    )  # fmt: skip
    today = local_day(at)
    first = since or today
    if until is None or until < today:
        raise Refusal(RefusalCode.BAD_REQUEST, why="until", field="until")
    if not today <= first <= until:
        raise Refusal(RefusalCode.BAD_REQUEST, why="since", field="since")
    begins = at if first == today else day_starts(first)

    def act() -> int:
        made = permissions.grant(
            actor=actor, volunteer_id=person.id, role=role, region_code=post.region_code, team_id=post.team_id,
            reason=reason, at=at, since=begins, until=day_starts(until + timedelta(days=1)),
            speciality=post.speciality, acting_for=post.volunteer_id,
        )  # fmt: skip
        telling.tell(
            kind="stand_in", people=[person.id], key=str(made), at=at, url="/console", name=post.volunteer.name,
            place=place_of(post), role=entry("access.roles")[post.role], first=_day(first), last=_day(until),
        )  # fmt: skip
        return made

    return store.write(act)


def _day(day: date) -> str:
    return say("access.handover.day", month=day.month, day=day.day)
