"""Waves: who is asked now, and what the clock does when the number is not there in time (S44).

A wave asks the next teams of the proposal and has its time (rule set `dispatch`). What leaders promised counts as there
for as long again, then only people who said yes themselves, and the boats and vehicles of teams that they come with.
Nobody left within reach: the centre above is asked whether its other divisions may be called (`aid`), and its officers
hear when there is nobody left at all. All of it is judged by `run_due` from columns, so a worker that slept is late and
does nothing twice.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from datetime import datetime, timedelta

from models import Dispatch, Team, TeamCall, store
from models.store import Write
from queries import dispatch as sql
from services import regions
from services.actors import WORKER, Actor
from services.dispatch import aid, proposing, saying
from services.dispatch.holding import Lack, held_calling, note, require_command, standing
from services.dispatch.proposing import Proposed
from services.errors import Refusal, RefusalCode
from services.regions import below


def minutes_of(dispatch: Dispatch, at: datetime) -> timedelta:
    """How long a wave of this call has to answer."""
    numbers = proposing.numbers_of(dispatch, at)
    return timedelta(minutes=numbers["wave_minutes" if dispatch.urgent else "calm_minutes"])


def send(dispatch: Dispatch, *, actor: Actor, at: datetime, lack: Lack | None = None) -> int:
    """Ask the next teams for what is lacking, inside a write that holds the call; how many. Nobody left: it goes one
    centre up."""
    wanted = standing(dispatch).lack if lack is None else lack
    picked = proposing.pick(dispatch=dispatch, missing=wanted.people, teams=wanted.teams, at=at) if wanted else []
    if not picked:
        if wanted:
            aid.widen(dispatch, at=at)
        return 0
    wave = int(dispatch.wave) + 1
    teams = {row.id: row for row in Team.select().where(Team.id.in_([each.team_id for each in picked]))}
    for each in picked:
        team = teams[each.team_id]
        TeamCall.create(
            dispatch=dispatch, team=team, wave=wave, state="asked", why=_why(each), asked_at=at
        )
        saying.ask_team(dispatch, team, wave, at, lack=wanted)
    dispatch.wave, dispatch.wave_due_at = wave, at + minutes_of(dispatch, at)
    dispatch.save(only=[Dispatch.wave, Dispatch.wave_due_at])
    note(dispatch, "wave", actor, at, {"wave": [wave - 1, wave], "teams": [0, len(picked)]})
    _tell_lenders(dispatch, picked, wave, at)
    return len(picked)


def _why(each: Proposed) -> dict[str, object]:
    return {
        "near": each.near, "km": each.km, "professional": each.professional, "fits": each.fits, "tired": each.tired,
    }  # fmt: skip


def _tell_lenders(dispatch: Dispatch, picked: Iterable[Proposed], wave: int, at: datetime) -> None:
    """A county whose teams are called from outside hears of it."""
    own = str(dispatch.region_code)
    for county in sorted({each.region_code[:6] for each in picked if not each.region_code.startswith(own)}):
        saying.tell_officers(
            dispatch, "dispatch_lent", f"l{county}:{wave}", at, region=county, office=regions.path_name(own)
        )


def ask_more(*, actor: Actor, code: str, after: int, at: datetime) -> int:
    """Let the next wave out before its time; how many teams were asked. `after` is the wave that was seen: a second
    officer who saw the same one asks nobody.

    Refusals: DISPATCH_CLOSED, those of `holding.require_command`.
    """

    def act() -> int:
        dispatch = held_calling(code, at)
        require_command(actor=actor, region_code=str(dispatch.region_code), at=at)
        return send(dispatch, actor=actor, at=at) if dispatch.wave == after else 0

    return store.write(act)


def ask_team(*, actor: Actor, code: str, team_code: str, at: datetime) -> bool:
    """Ask one team by name, whatever its place in the order; False where it was asked already.

    Refusals: DISPATCH_CLOSED, those of `require_command`; NOT_FOUND (no team that may come, or out of reach).
    """

    def act() -> bool:
        dispatch = held_calling(code, at)
        require_command(actor=actor, region_code=str(dispatch.region_code), at=at)
        begin, end = below(str(dispatch.reach))
        team = Team.get_or_none(
            Team.code == team_code, Team.region_code >= begin, Team.region_code < end,
            Team.state.in_(("regular", "pilot")),
        )  # fmt: skip
        if team is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        if TeamCall.select().where(TeamCall.dispatch == dispatch, TeamCall.team == team).exists():
            return False
        wave = max(1, int(dispatch.wave))
        TeamCall.create(dispatch=dispatch, team=team, wave=wave, state="asked", why={"by_name": True}, asked_at=at)
        if dispatch.wave_due_at is None or not dispatch.wave:
            dispatch.wave, dispatch.wave_due_at = wave, at + minutes_of(dispatch, at)
            dispatch.save(only=[Dispatch.wave, Dispatch.wave_due_at])
        saying.ask_team(dispatch, team, wave, at, lack=standing(dispatch).lack)
        note(dispatch, "by_name", actor, at, {"team": ["", team.name]})
        return True

    return store.write(act)


def run_due(*, at: datetime, write: Write = store.write) -> int:
    """Look at every running call; how many moved. Each in a write of its own."""
    return sum(write(functools.partial(_judge, number, at)) for (number,) in sql.rows(sql.CALLING))


def _judge(number: int, at: datetime) -> int:
    if not sql.hold_calling(number):
        return 0
    dispatch: Dispatch = Dispatch.get_by_id(number)
    if at >= dispatch.ends_at:
        Dispatch.update(state="over", wave_due_at=None, closed_at=at).where(Dispatch.id == number).execute()
        saying.take_back(dispatch, at)
        note(dispatch, "over", WORKER, at)
        return 1
    now = standing(dispatch)
    if not now.lack:
        return _rest(dispatch)
    if dispatch.wave_due_at is None:
        if dispatch.short_told > dispatch.wave:
            return 0  # its officers know that nobody is left; they act
        dispatch.wave_due_at = at  # somebody who had said yes does not come
    if dispatch.wave_due_at > at:
        return 0
    TeamCall.update(state="silent").where(TeamCall.dispatch == number, TeamCall.state == "asked").execute()
    open_until, promised = _promises(dispatch, dict(now.by_team), at)
    lack = now.lack.but(promised)
    if open_until is not None and not lack:
        Dispatch.update(wave_due_at=open_until).where(Dispatch.id == number).execute()
        return 0
    return 1 if send(dispatch, actor=WORKER, at=at, lack=lack) else 0


def _rest(dispatch: Dispatch) -> int:
    """The number is there: the clock has nothing to do until somebody drops out."""
    if dispatch.wave_due_at is not None:
        Dispatch.update(wave_due_at=None).where(Dispatch.id == dispatch.id).execute()
    return 0


def _promises(dispatch: Dispatch, accepted: dict[int, int], at: datetime) -> tuple[datetime | None, Lack]:
    """(until when, how many more people, boats, vehicles) leaders promised whose people still have time to say yes
    themselves; what a team brings counts by itself once one of its people comes."""
    span = minutes_of(dispatch, at)
    fresh = TeamCall.select().where(
        TeamCall.dispatch == dispatch.id, TeamCall.state == "coming", TeamCall.answered_at > at - span
    )
    rows = list(fresh)
    more = sum(max(0, int(row.people) - accepted.get(row.id, 0)) for row in rows)
    alone = [row for row in rows if not accepted.get(row.id)]
    things = Lack(more, sum(int(row.boats) for row in alone), sum(int(row.vehicles) for row in alone))
    return (min(row.answered_at for row in rows) + span if rows else None), things
