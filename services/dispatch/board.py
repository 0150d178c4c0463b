"""What stands on the board of a call, read anew every few seconds: figures, each team, what to do next (S44).

For those who look at the calling division or one above it, and for those of a county whose teams were called. Names of
members are for their own line alone (S43): a neighbouring county's people are numbers here, their leader a name.
"""

from __future__ import annotations

from datetime import datetime

from clock import from_millis, to_millis
from frozen import dataclass
from models import Activity, Dispatch, DrillMessage, PersonCall, RoleGrant, Signup, Team, TeamCall, Volunteer
from queries import dispatch as sql
from services import permissions, regions, scopes
from services.actors import Actor
from services.dispatch import aid, holding, lending, proposing, saying
from services.dispatch.answers import leaders_of
from services.dispatch.holding import Lack, found, standing
from services.dispatch.proposing import ProposedLine
from services.errors import Refusal, RefusalCode
from services.permissions import LEADING, Verb

C = RefusalCode
MOST_MESSAGES = 300
ANSWERS = ("asked", "accepted", "declined")


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A called team. `state`: asked, silent, coming, declined; `asked`, `declined`: of its members; `accepted`: with a
    place, `first_at` and `last_at`: when the first and the last of them who said so are there; `there`: on site now,
    `came`: ever; minutes so far. `leader`: who may be rung up, by name."""

    code: str
    name: str
    place: str
    outside: bool
    near: int
    km: int | None
    wave: int
    state: str
    people: int
    boats: int
    vehicles: int
    there_at: datetime | None
    note: str
    how: str
    answered_by: str
    recorded_by: str
    asked_at: datetime
    answered_at: datetime | None
    asked: int
    declined: int
    accepted: int
    first_at: datetime | None
    last_at: datetime | None
    there: int
    came: int
    minutes: int
    leader: str
    activity_code: str


@dataclass(frozen=True, slots=True)
class AidLine:
    """What a centre above was asked."""

    place: str
    state: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    answer: str


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the board. `commands`: the reader may act; `lends`: a centre above is asked, and he answers."""

    id: int
    code: str
    title: str
    content: str
    drill: bool
    urgent: bool
    state: str
    area: str
    place: str
    danger: bool
    starts_at: datetime
    ends_at: datetime
    command: str
    contact: str
    wanted: int
    boats_wanted: int
    vehicles_wanted: int
    skills: tuple[str, ...]
    wave: int
    wave_due_at: datetime | None
    reach: str
    closed_why: str
    fields: tuple[str, ...]
    teams: list[TeamLine]
    aid: list[AidLine]
    commands: bool
    lends: bool

    def total(self, name: str) -> int:
        """A figure over all teams: people, boats, vehicles (of those that come), accepted, there, came, minutes."""
        return sum(int(getattr(each, name)) for each in self.teams)

    def count(self, *states: str) -> int:
        """Teams in these states."""
        return sum(each.state in states for each in self.teams)

    def comes(self, name: str) -> int:
        """Boats or vehicles of the teams that somebody comes with."""
        return sum(int(getattr(each, name)) for each in self.teams if each.accepted)

    @property
    def lack(self) -> Lack:
        """What is still wanted."""
        return Lack(self.wanted, self.boats_wanted, self.vehicles_wanted).but(
            Lack(self.total("accepted"), self.comes("boats"), self.comes("vehicles"))
        )

    @property
    def missing(self) -> int:
        """People still wanted."""
        return self.lack.people

    @property
    def lacking(self) -> str:
        """What is still wanted, in words; "" for nothing."""
        return saying.wants(self.lack)


def may_look(*, actor: Actor, dispatch: Dispatch, at: datetime) -> bool:
    """Whether the call is any of the actor's business, as somebody who looks at a division of it."""
    if permissions.holds(actor=actor, verb=Verb.LOOK, region_code=str(dispatch.region_code), at=at):
        return True
    reach = scopes.readable(actor=actor, at=at)
    if not reach or dispatch.state == "draft":
        return False
    rows = TeamCall.select(TeamCall.id).join(Team).where(
        TeamCall.dispatch == dispatch.id, scopes.within(Team.region_code, reach)
    )
    return bool(rows.exists()) or lending.waiting_for(actor=actor, dispatch=dispatch, at=at)


def looked_at(*, actor: Actor, code: str, at: datetime) -> Dispatch:
    """The call, for those who may look at it. NOT_FOUND for everybody else."""
    one = found(code)
    if not may_look(actor=actor, dispatch=one, at=at):
        raise Refusal(C.NOT_FOUND)
    return one


def board(*, actor: Actor, code: str, at: datetime) -> Board:
    """The board. Refusal: NOT_FOUND."""
    one = looked_at(actor=actor, code=code, at=at)
    own = str(one.region_code)
    return Board(
        id=one.id, code=str(one.code), title=str(one.title), content=str(one.content), drill=bool(one.drill),
        urgent=bool(one.urgent), state=str(one.state), area=regions.path_name(str(one.place_region)),
        place=str(one.place), danger=proposing.is_danger(one), starts_at=one.starts_at, ends_at=one.ends_at,
        command=str(one.command), contact=str(one.contact), wanted=int(one.people), boats_wanted=int(one.boats),
        vehicles_wanted=int(one.vehicles), skills=_skills(one), wave=int(one.wave), wave_due_at=one.wave_due_at,
        reach=regions.name_of(str(one.reach)), closed_why=str(one.closed_why), fields=tuple(one.fields),
        teams=_teams(one, own, at), aid=_aid(one),
        commands=holding.commands(actor=actor, region_code=own, at=at),
        lends=lending.waiting_for(actor=actor, dispatch=one, at=at),
    )  # fmt: skip


def _skills(dispatch: Dispatch) -> tuple[str, ...]:
    from services.recruitment.skills import catalogue

    names = {each.code: each.name for each in catalogue()}
    return tuple(names.get(code, code) for code in dispatch.skills)


def _teams(dispatch: Dispatch, own: str, at: datetime) -> list[TeamLine]:
    answered, recorded = Volunteer.alias(), Volunteer.alias()
    rows = list(
        TeamCall.select(
            TeamCall, Team, Activity.id, Activity.code, answered.id, answered.name, recorded.id, recorded.name
        )
        .join(Team)
        .switch(TeamCall)
        .left_outer_join(Activity, on=(TeamCall.activity == Activity.id))
        .switch(TeamCall)
        .left_outer_join(answered, on=(TeamCall.answered_by == answered.id), attr="said")
        .switch(TeamCall)
        .left_outer_join(recorded, on=(TeamCall.recorded_by == recorded.id), attr="wrote")
        .where(TeamCall.dispatch == dispatch.id)
        .order_by(TeamCall.wave, TeamCall.id)
    )
    accepted = standing(dispatch).by_team
    there = sql.there(dispatch_id=dispatch.id, now=to_millis(at))
    asked = {row[0]: row[1:] for row in sql.rows(sql.ASKED, (dispatch.id,))}
    places = regions.path_names([row.team.region_code for row in rows])
    leaders = _leaders([row.team_id for row in rows], at)
    found = []
    for row in rows:
        inside, came, minutes = there.get(row.id, (0, 0, 0))
        people, declined, first, last = asked.get(row.id, (0, 0, None, None))
        found.append(TeamLine(
            row.team.code, row.team.name, places[row.team.region_code], not row.team.region_code.startswith(own),
            int(row.why.get("near", proposing.BEYOND)), row.why.get("km"), row.wave, row.state,
            row.people if row.state == "coming" else 0, row.boats if row.state == "coming" else 0,
            row.vehicles if row.state == "coming" else 0, row.there_at, row.note, row.how,
            _name(row, "said"), _name(row, "wrote"), row.asked_at, row.answered_at, people, int(declined or 0),
            accepted.get(row.id, 0), from_millis(first) if first else None, from_millis(last) if last else None, inside,
            came, minutes, leaders.get(row.team_id, ""),
            code_of(row),
        ))  # fmt: skip
    return found


def code_of(call: TeamCall) -> str:
    """The code of the team's activity, "" while there is none."""
    activity = call.activity if call.activity_id else None
    return str(activity.code) if activity is not None else ""


def _name(row: TeamCall, attr: str) -> str:
    person = getattr(row, attr, None)
    return str(person.name) if person is not None and person.id is not None else ""


def _leaders(team_ids: list[int], at: datetime) -> dict[int, str]:
    """The first of those who may answer for each team."""
    rows = (
        RoleGrant.select(RoleGrant.team_id, Volunteer.id, Volunteer.name)
        .join(Volunteer, on=RoleGrant.volunteer)
        .where(
            RoleGrant.team_id.in_(team_ids), RoleGrant.from_at <= at, Volunteer.state == "active",
            RoleGrant.role.in_([role.value for role in LEADING]), RoleGrant.until.is_null() | (RoleGrant.until > at),
        )
        .order_by(RoleGrant.id.desc())
    )  # fmt: skip
    return {int(row.team_id or 0): str(row.volunteer.name) for row in rows}


def _aid(dispatch: Dispatch) -> list[AidLine]:
    return [
        AidLine(
            regions.name_of(str(row.region_code)), row.state, row.asked_at,
            row.decided_by.name if row.decided_by else "", row.decided_at, row.answer,
        )
        for row in aid.of(dispatch)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A member who was asked; `state` asked, accepted, declined; `there_at`, `reason` as he said them with it; `own`:
    the reader himself."""

    public_no: str
    name: str
    state: str
    how: str
    recorded_by: str
    answered_at: datetime | None
    there_at: datetime | None
    reason: str
    own: bool


@dataclass(frozen=True, slots=True)
class TeamPage:
    """One called team. `people` None where the reader may see numbers alone; `may_record`: its answer, its people's."""

    team: TeamLine
    leaders: list[tuple[str, str]]
    people: list[PersonLine] | None
    may_record: bool
    may_record_people: bool


def team_page(*, actor: Actor, code: str, team_code: str, at: datetime) -> TeamPage:
    """A called team for whoever may look at the call, or leads the team. Refusal: NOT_FOUND."""
    one = found(code)
    row = TeamCall.select(TeamCall, Team).join(Team).where(TeamCall.dispatch == one.id, Team.code == team_code).first()
    leads = row is not None and permissions.leads(actor=actor, team_id=row.team_id, at=at)
    if row is None or not (leads or may_look(actor=actor, dispatch=one, at=at)):
        raise Refusal(C.NOT_FOUND)
    line = next(each for each in _teams(one, str(one.region_code), at) if each.code == team_code)
    sees = leads or permissions.holds(actor=actor, verb=Verb.LOOK, region_code=str(row.team.region_code), at=at)
    people = [Volunteer.get_by_id(number) for number in leaders_of(row.team_id, at)]
    commands = holding.commands(actor=actor, region_code=str(one.region_code), at=at)
    calling = one.state == "calling"
    return TeamPage(
        line, [(str(each.public_no), str(each.name)) for each in people if each.id != actor.volunteer_id],
        people_of(one, row, actor) if sees else None, calling and (leads or commands), calling and leads,
    )  # fmt: skip


def people_of(dispatch: Dispatch, call: TeamCall, actor: Actor) -> list[PersonLine]:
    """The members of a called team and what each said, by the sign-up where there is one; who still has to be asked
    on the telephone stands first."""
    wrote = Volunteer.alias()
    rows = (
        PersonCall.select(PersonCall, Volunteer, wrote.id, wrote.name)
        .join(Volunteer, on=PersonCall.volunteer)
        .switch(PersonCall)
        .left_outer_join(wrote, on=(PersonCall.recorded_by == wrote.id), attr="wrote")
        .where(PersonCall.team_call == call.id)
        .order_by(Volunteer.name, PersonCall.id)
    )
    places = set()
    if call.activity_id:
        placed = Signup.select(Signup.volunteer).where(Signup.activity == call.activity_id, Signup.state == "confirmed")
        places = {each.volunteer_id for each in placed}
    lines = []
    for row in rows:
        state = row.state
        if not dispatch.drill:  # the sign-up is what counts
            state = "accepted" if row.volunteer_id in places else "asked" if state == "accepted" else state
        writer = getattr(row, "wrote", None)
        lines.append(PersonLine(
            row.volunteer.public_no, row.volunteer.name, state, row.how, writer.name if writer else "",
            row.answered_at, row.there_at if state == "accepted" else None,
            row.reason if state == "declined" else "", row.volunteer_id == actor.volunteer_id,
        ))  # fmt: skip
    return sorted(lines, key=lambda line: ANSWERS.index(line.state))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a draft, or the next wave, would ask: the teams in order, how many of them next, those without insurance."""

    teams: list[ProposedLine]
    next_wave: int
    uncovered: list[str]
    has_point: bool


def proposal(*, actor: Actor, code: str, at: datetime) -> Proposal:
    """The first teams of the order. Refusals: NOT_FOUND, NOT_ALLOWED (who only looks)."""
    one = looked_at(actor=actor, code=code, at=at)
    holding.require_command(actor=actor, region_code=str(one.region_code), at=at)
    lack = standing(one).lack
    picked = proposing.pick(dispatch=one, missing=lack.people, teams=lack.teams, at=at) if lack else []
    return Proposal(
        proposing.lines(proposing.first(dispatch=one, at=at)), len(picked),
        proposing.names(proposing.uncovered(dispatch=one, at=at)), proposing.where(one) is not None,
    )  # fmt: skip


def messages(*, actor: Actor, code: str, at: datetime) -> list[tuple[datetime, str, str, str]]:
    """(when, who, title, body) of what a drill would have sent, newest first. Refusals: NOT_FOUND, NOT_ALLOWED."""
    one = looked_at(actor=actor, code=code, at=at)
    holding.require_command(actor=actor, region_code=str(one.region_code), at=at)
    rows = (
        DrillMessage.select(DrillMessage, Volunteer)
        .join(Volunteer)
        .where(DrillMessage.dispatch == one.id)
        .order_by(DrillMessage.id.desc())
        .limit(MOST_MESSAGES)
    )
    return [(row.at, row.volunteer.name, row.title, row.body) for row in rows]
