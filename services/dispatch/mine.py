"""What a person is asked: as a team's leader, who answers first, and as a member (S44)."""

from __future__ import annotations

from datetime import datetime, timedelta

from frozen import dataclass
from models import Dispatch, PersonCall, Team, TeamCall
from services import leading
from services.actors import Actor
from services.dispatch import answers, board, proposing, saying
from services.dispatch.board import PersonLine
from services.dispatch.holding import Lack, found, standing
from services.errors import Refusal, RefusalCode

C = RefusalCode
SOON = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class LedCall:
    """One of his teams that is asked; `accepted`: its people who said yes, `members`: all who were asked."""

    team_code: str
    team: str
    state: str
    people: int
    boats: int
    vehicles: int
    there_at: datetime | None
    note: str
    accepted: int
    members: list[PersonLine]
    activity_code: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A call as somebody reads it who is asked. `my_state` "" where he is not asked himself; `open`: it still calls;
    `full`: nobody is wanted any more (of his own team, where he is asked himself); `soon`: it begins within SOON or has
    begun, so who goes is asked how many minutes he needs; `my_there_at`, `my_reason`: what he said with his answer;
    `asked_for`, `lacking` in words: 5 人、2 条船."""

    code: str
    title: str
    content: str
    drill: bool
    urgent: bool
    danger: bool
    open: bool
    state: str
    full: bool
    place: str
    command: str
    contact: str
    risks: str
    safeguards: str
    wanted: int
    missing: int
    asked_for: str
    lacking: str
    boats: int
    vehicles: int
    starts_at: datetime
    ends_at: datetime
    closed_why: str
    soon: bool
    my_state: str
    my_there_at: datetime | None
    my_reason: str
    my_activity: str
    led: list[LedCall]


def one(*, actor: Actor, code: str, at: datetime) -> Asked:
    """The call, for whoever is asked himself or leads a team that is. NOT_FOUND for everybody else."""
    dispatch = found(code)
    own = PersonCall.get_or_none(PersonCall.dispatch == dispatch.id, PersonCall.volunteer == (actor.volunteer_id or 0))
    led = answers.mine(dispatch, actor, at)
    if own is None and not led:
        raise Refusal(C.NOT_FOUND)
    return _asked(dispatch, own, led, actor, at)


def listed(*, actor: Actor, at: datetime) -> list[Asked]:
    """The running calls that want something of him, newest first."""
    people = PersonCall.select(PersonCall.dispatch).where(PersonCall.volunteer == (actor.volunteer_id or 0))
    teams = leading.own_teams(actor=actor, at=at)
    calls = TeamCall.select(TeamCall.dispatch).where(TeamCall.team.in_(teams))
    rows = Dispatch.select().where(
        Dispatch.state == "calling", Dispatch.id.in_(people) | Dispatch.id.in_(calls)
    )
    return [one(actor=actor, code=str(row.code), at=at) for row in rows.order_by(Dispatch.id.desc())]


def _asked(
    dispatch: Dispatch, own: PersonCall | None, led: list[TeamCall], actor: Actor, at: datetime
) -> Asked:  # fmt: skip
    now = standing(dispatch)
    my_state, my_activity, there_at, reason, full = "", "", None, "", not now.lack
    if own is not None:
        full = not now.takes(own.team_call)
        line = next(each for each in board.people_of(dispatch, own.team_call, actor) if each.own)
        my_state, there_at, reason = line.state, line.there_at, line.reason
        my_activity = board.code_of(own.team_call)
    return Asked(
        code=str(dispatch.code), title=str(dispatch.title), content=str(dispatch.content), drill=bool(dispatch.drill),
        urgent=bool(dispatch.urgent), danger=proposing.is_danger(dispatch), open=dispatch.state == "calling",
        state=str(dispatch.state), full=full, place=str(dispatch.place), command=str(dispatch.command),
        contact=str(dispatch.contact), risks=str(dispatch.risks), safeguards=str(dispatch.safeguards),
        wanted=now.wanted, missing=now.missing, asked_for=saying.wants(Lack(now.wanted, *now.wanted_things)),
        lacking=saying.wants(now.lack), boats=int(dispatch.boats), vehicles=int(dispatch.vehicles),
        starts_at=dispatch.starts_at, ends_at=dispatch.ends_at, closed_why=str(dispatch.closed_why),
        soon=at >= dispatch.starts_at - SOON, my_state=my_state, my_there_at=there_at, my_reason=reason,
        my_activity=my_activity, led=[_led(dispatch, each, now.by_team.get(each.id, 0), actor) for each in led],
    )  # fmt: skip


def _led(dispatch: Dispatch, call: TeamCall, accepted: int, actor: Actor) -> LedCall:
    team: Team = call.team
    return LedCall(
        str(team.code), str(team.name), str(call.state), int(call.people), int(call.boats), int(call.vehicles),
        call.there_at, str(call.note), accepted, board.people_of(dispatch, call, actor),
        board.code_of(call),
    )  # fmt: skip
