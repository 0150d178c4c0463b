"""Bringing an idle team back to life (激活): a plan with a day, and what came of it; one at a time."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from clock import local_day
from models import Centre, RevivalPlan, Team, Volunteer, store
from models.store import Write
from services import audit, permissions
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.messaging import telling

C = RefusalCode
LONGEST = 500
OUTCOMES = ("revived", "failed", "dropped")
AT_ONCE = 200


def _team(actor: Actor, team_code: str, at: datetime) -> Team:
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(team, Team)
    permissions.require_lead(actor=actor, team_id=int(team.id), at=at)
    return team


def _text(text: str, name: str) -> str:
    plain = text.strip()
    if not 0 < len(plain) <= LONGEST:
        raise Refusal(C.FIELD_WRONG, field=name)
    return plain


def make(*, actor: Actor, team_code: str, text: str, due_on: str, at: datetime) -> str:
    """Say how the team is to come alive again, until which day; the plan's code. A running plan is changed by it.

    Refusals: NOT_FOUND, NOT_ALLOWED (who does not lead the team or manage its division), TEAM_CLOSED, FIELD_WRONG
    (`text`; `due_on`: no day, a past one).
    """
    team = _team(actor, team_code, at)
    if team.state in permissions.CLOSED_TEAMS:
        raise Refusal(C.TEAM_CLOSED)
    plain = _text(text, "text")
    try:
        due = date.fromisoformat(due_on.strip())
    except ValueError:
        raise Refusal(C.FIELD_WRONG, field="due_on") from None
    if due < local_day(at):
        raise Refusal(C.FIELD_WRONG, field="due_on")

    def act() -> str:
        running = RevivalPlan.get_or_none(RevivalPlan.team == team.id, RevivalPlan.state == "running")
        if running is not None:
            changes = {"text": [running.text, plain], "due_on": [running.due_on, due.isoformat()]}
            RevivalPlan.update(text=plain, due_on=due.isoformat(), nagged_at=None).where(
                RevivalPlan.id == running.id
            ).execute()
            audit.changed(actor=actor, verb="revival_changed", subject=f"team:{team.id}", changes=changes, at=at)
            return str(running.code)
        made = RevivalPlan.create(
            code=new_code(), team=team, region_code=team.region_code, text=plain,
            starts_on=local_day(at).isoformat(), due_on=due.isoformat(), made_by=actor.volunteer_id, created_at=at,
        )  # fmt: skip
        audit.changed(
            actor=actor, verb="revival_made", subject=f"team:{team.id}", changes={"text": ["", plain]}, at=at
        )
        return str(made.code)

    return store.write(act)


def close(*, actor: Actor, team_code: str, outcome: str, text: str, at: datetime) -> None:
    """Say what came of the running plan: revived, failed or dropped, and why.

    Refusals: NOT_FOUND (also: no plan runs), NOT_ALLOWED, FIELD_WRONG (`outcome`, `text`).
    """
    team = _team(actor, team_code, at)
    if outcome not in OUTCOMES:
        raise Refusal(C.FIELD_WRONG, field="outcome")
    plain = _text(text, "text")

    def act() -> None:
        taken = RevivalPlan.update(
            state=outcome, outcome=plain, closed_by=actor.volunteer_id, closed_at=at
        ).where(RevivalPlan.team == team.id, RevivalPlan.state == "running")
        if not taken.execute():
            raise Refusal(C.NOT_FOUND)
        audit.changed(
            actor=actor, verb="revival_closed", subject=f"team:{team.id}", changes={"state": ["running", outcome]},
            reason=plain, at=at,
        )  # fmt: skip

    store.write(act)


def nag_due(*, at: datetime, write: Write = store.write) -> int:
    """Ask leader and liaisons what came of plans whose day is over, each once; how many plans."""
    late = RevivalPlan.select(RevivalPlan.id).where(
        RevivalPlan.state == "running", RevivalPlan.due_on < local_day(at).isoformat(), RevivalPlan.nagged_at.is_null()
    )
    numbers = [row.id for row in late.order_by(RevivalPlan.id).limit(AT_ONCE)]
    return sum(write(partial(_nag, number, at)) for number in numbers)


def _nag(number: int, at: datetime) -> int:
    taken = RevivalPlan.update(nagged_at=at).where(
        RevivalPlan.id == number, RevivalPlan.state == "running", RevivalPlan.nagged_at.is_null()
    )
    if not taken.execute():
        return 0
    plan = RevivalPlan.get_by_id(number)
    team = Team.select(Team, Centre).join(Centre).where(Team.id == plan.team_id).get()
    telling.tell(
        kind="revival_due", people=[team.leader_id, team.liaison_id, team.centre.liaison_id], key=f"{number}", at=at,
        url=f"/console/activeness/{team.code}", team=team.name, day=plan.due_on,
    )  # fmt: skip
    return 1


def of_team(team_id: int) -> list[tuple[RevivalPlan, str, str]]:
    """The plans of a team, newest first, with who made and who closed each; the caller has looked at the rights."""
    rows = list(RevivalPlan.select().where(RevivalPlan.team == team_id).order_by(RevivalPlan.id.desc()).limit(20))
    ids = {each for row in rows for each in (row.made_by_id, row.closed_by_id) if each}
    names = {row.id: row.name for row in Volunteer.select(Volunteer.id, Volunteer.name).where(Volunteer.id.in_(ids))}
    return [(row, names.get(row.made_by_id, ""), names.get(row.closed_by_id, "")) for row in rows]
