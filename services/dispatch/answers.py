"""A team's leader answers first: how many people, boats, vehicles, when they are there; or that they cannot come (S44).

With a yes the team's activity stands at once (check-in, insurance, hours as in any other) and its available members are
asked; nobody comes who does not say yes himself. What was said on the telephone is written down with who wrote it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from frozen import dataclass
from models import Activity, Dispatch, PersonCall, RoleGrant, Shift, Team, TeamCall, Volunteer, store
from queries import dispatch as sql
from services import permissions
from services.actors import Actor
from services.dispatch import proposing, saying
from services.dispatch.holding import commands, held_calling, note, standing
from services.errors import Refusal, RefusalCode
from services.messaging import notices
from services.participation import activities, publishing
from services.participation.activity_drafts import ActivityDraft
from services.participation.positions import MOST_PEOPLE, Conditions, PositionDraft
from services.permissions import LEADING, Verb
from wording import say

C = RefusalCode
MOST_THINGS = 999
NOTE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What a leader says; `people` 0: they cannot come. `there_at`: when they are at the place, aware."""

    people: int
    boats: int = 0
    vehicles: int = 0
    there_at: datetime | None = None
    note: str = ""


def answer(*, actor: Actor, code: str, answer: Answer, team_code: str = "", at: datetime) -> str:
    """A leader answers for his team; the call's state: coming or declined. Said again, the newest counts, but never
    fewer people than have said yes. `team_code`: which of his teams, where several are asked.

    Refusals in order: NOT_FOUND (no such call, or none of his teams is asked), DISPATCH_CLOSED, FIELD_WRONG (`people`,
    `boats`, `vehicles`, `there_at`), DISPATCH_TOO_FEW (than have said yes), DISPATCH_TOO_LATE (there when it is over),
    INSURANCE_MISSING, TEAM_NOT_FOUNDED.
    """

    def act() -> str:
        dispatch = held_calling(code, at)
        found = _mine(dispatch, actor, team_code, at)
        return _take(dispatch, found, answer, actor, actor.volunteer_id, actor.door, None, at)

    return store.write(act)


def record(*, actor: Actor, code: str, team_code: str, said_by: str, answer: Answer, at: datetime) -> str:
    """Write down what a leader said on the telephone; `said_by` is his public number. Who wrote it stands beside it.

    Refusals in order: NOT_FOUND (also: neither the calling centre's business nor the team's own line's), NOT_ALLOWED
    (who only looks), DISPATCH_CLOSED,
    FIELD_WRONG (`said_by`: he does not lead the team, or is the writer himself), then as `answer`.
    """

    def act() -> str:
        dispatch = held_calling(code, at)
        found = _call(dispatch, team_code)
        own = permissions.leads(actor=actor, team_id=found.team_id, at=at)
        if not own and not commands(actor=actor, region_code=str(dispatch.region_code), at=at):
            looks = permissions.holds(actor=actor, verb=Verb.LOOK, region_code=str(dispatch.region_code), at=at)
            raise Refusal(C.NOT_ALLOWED if looks else C.NOT_FOUND)
        person = Volunteer.get_or_none(Volunteer.public_no == said_by, Volunteer.state == "active")
        if person is None or person.id == actor.volunteer_id or person.id not in leaders_of(found.team_id, at):
            raise Refusal(C.FIELD_WRONG, field="said_by")
        return _take(dispatch, found, answer, actor, person.id, "phone", actor.volunteer_id, at)

    return store.write(act)


def leaders_of(team_id: int, at: datetime) -> list[int]:
    """Who may answer for a team: leader, deputies and liaison."""
    rows = RoleGrant.select(RoleGrant.volunteer).where(
        RoleGrant.team_id == team_id, RoleGrant.from_at <= at,
        RoleGrant.role.in_([role.value for role in LEADING]),
        RoleGrant.until.is_null() | (RoleGrant.until > at),
    )  # fmt: skip
    return [row.volunteer_id for row in rows]


def _call(dispatch: Dispatch, team_code: str) -> TeamCall:
    found = (
        TeamCall.select(TeamCall, Team)
        .join(Team)
        .where(TeamCall.dispatch == dispatch.id, Team.code == team_code)
        .first()
    )
    if found is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(found, TeamCall)
    return found


def mine(dispatch: Dispatch, actor: Actor, at: datetime) -> list[TeamCall]:
    """The calls to teams that the actor himself leads."""
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    own = [g.team_id for g in grants if g.team_id is not None and g.role in LEADING]
    rows = TeamCall.select(TeamCall, Team).join(Team).where(TeamCall.dispatch == dispatch.id, TeamCall.team.in_(own))
    return list(rows.order_by(TeamCall.id))


def _mine(dispatch: Dispatch, actor: Actor, team_code: str, at: datetime) -> TeamCall:
    found = [each for each in mine(dispatch, actor, at) if team_code in ("", each.team.code)]
    if not found:
        raise Refusal(C.NOT_FOUND)
    return found[0]


def _take(
    dispatch: Dispatch, found: TeamCall, said: Answer, actor: Actor, leader: int | None, how: str,
    writer: int | None, at: datetime,
) -> str:  # fmt: skip
    has = standing(dispatch).by_team.get(found.id, 0)
    _check(dispatch, said, has, at)
    before = [found.state, found.people]
    found.state = "coming" if said.people else "declined"
    found.people, found.boats, found.vehicles = said.people, said.boats, said.vehicles
    found.there_at, found.note = said.there_at, said.note.strip()[:NOTE_LENGTH]
    found.answered_by, found.recorded_by = leader, writer  # type: ignore[assignment]
    found.how, found.answered_at = how, at
    if said.people and not dispatch.drill:
        _open_activity(dispatch, found, actor, at)
    elif not said.people and found.activity_id is not None:
        _close_activity(found, actor, found.note, at)
    found.save()
    note(
        dispatch, f"team_{found.state}", actor, at,
        {"team": ["", found.team.name], "answer": [before, [found.state, found.people]], "how": ["", how]}, found.note,
    )  # fmt: skip
    if said.people:
        _ask_people(dispatch, found, at)
    return str(found.state)


def _check(dispatch: Dispatch, said: Answer, has: int, at: datetime) -> None:
    if not 0 <= said.people <= MOST_PEOPLE:
        raise Refusal(C.FIELD_WRONG, field="people")
    if said.people < has:
        raise Refusal(C.DISPATCH_TOO_FEW, accepted=has)
    for name in ("boats", "vehicles"):
        if not 0 <= getattr(said, name) <= MOST_THINGS:
            raise Refusal(C.FIELD_WRONG, field=name)
    if said.there_at is not None and said.there_at < at - timedelta(hours=1):
        raise Refusal(C.FIELD_WRONG, field="there_at")
    if said.there_at is not None:
        require_in_time(dispatch, said.there_at)


def require_in_time(dispatch: Dispatch, there_at: datetime) -> None:
    """Go on where somebody is there before the call is over. DISPATCH_TOO_LATE."""
    if there_at > dispatch.ends_at:
        raise Refusal(C.DISPATCH_TOO_LATE, until=notices.when(dispatch.ends_at))


def _open_activity(dispatch: Dispatch, found: TeamCall, actor: Actor, at: datetime) -> None:
    """The team's activity, published by the centre's call; a second answer changes how many it takes."""
    if found.activity_id is not None:
        activity = Activity.get_by_id(found.activity_id)
        if activity.state == "published":
            shift = Shift.get(Shift.activity == activity.id)
            activities.set_quota(actor=actor_of_house(actor), shift_code=str(shift.code), quota=found.people, at=at)
            return
    starts = max(dispatch.starts_at, at.replace(second=0, microsecond=0) + timedelta(minutes=1))
    draft = ActivityDraft(
        title=str(dispatch.title), domain=str(dispatch.domain), sub_domain=str(dispatch.sub_domain), starts_at=starts,
        ends_at=max(dispatch.ends_at, starts + timedelta(minutes=1)), place=str(dispatch.place),
        content=str(dispatch.content), risk_notice=str(dispatch.risks), safeguards=str(dispatch.safeguards),
        conditions=say("dispatch.activity.conditions"), how_to_join=say("dispatch.activity.how_to_join"),
        contact=str(dispatch.contact), signup_opens_at=at, signup_closes_at=max(dispatch.ends_at, starts),
        openness="team", emergency=bool(dispatch.urgent), cancel_hours=0,
        positions=(PositionDraft(
            say("dispatch.activity.position"), found.people, conditions=Conditions(one_of=tuple(dispatch.skills))
        ),),
    )  # fmt: skip
    house = actor_of_house(actor)
    made = activities.write_down(actor=house, team=found.team, draft=draft, at=at)
    publishing.check_ready(made, at)
    publishing.put_up(actor=house, activity=made, at=at)
    found.activity = made


def _close_activity(found: TeamCall, actor: Actor, why: str, at: datetime) -> None:
    """Nobody has said yes, and the team does not come after all."""
    activity = Activity.get_by_id(found.activity_id)
    if activity.state == "published":
        publishing.call_off(
            actor=actor, activity=activity, verb="cancelled", reason=why or say("dispatch.activity.not_coming"), at=at
        )
    found.activity = None


def actor_of_house(actor: Actor) -> Actor:
    """The rule acts, and his name stays beside it: a centre's call opens a team's activity, whoever wrote it down."""
    return Actor("worker", actor.volunteer_id, actor.identity_id)


def _ask_people(dispatch: Dispatch, found: TeamCall, at: datetime) -> None:
    """Everybody of the team who could come and was not asked yet, the rested first."""
    numbers = proposing.numbers_of(dispatch, at)
    people = sql.people_of(
        team_id=found.team_id, dispatch_id=dispatch.id,
        wanted=proposing.wanted_of(dispatch, numbers["rest_hours"]),
    )  # fmt: skip
    if not people:
        return
    PersonCall.insert_many([
        {"dispatch": dispatch.id, "team_call": found.id, "volunteer": each, "state": "asked", "asked_at": at}
        for each in people
    ]).execute()  # fmt: skip
    saying.ask_people(dispatch, people, at)
