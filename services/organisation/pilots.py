"""Trying a team out first (先行试点、逐步推广, S40): until when, its summary, and asking in time."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta

from clock import local_day
from models import Centre, Team, store
from models.store import Write
from services import rules
from services.messaging import telling

#: Days before (and after) the end of a trial on which its summary is asked for.
STEPS = (30, 7, 0, -7)
#: A worker that stood still asks so many days late.
MISSED = 6


def default_end(*, region_code: str, at: datetime) -> str:
    """The last day of a trial that begins today."""
    months = int(rules.rule("team", region_code, at).params["pilot_months"])
    day = local_day(at)
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1])).isoformat()


def remind_due(*, at: datetime, write: Write = store.write) -> int:
    """Ask the leader and the centre for the summary of trials that end soon; once each step. How many were told."""
    today = local_day(at)
    last = (today + timedelta(days=max(STEPS))).isoformat()
    told = 0
    due = Team.select().where(Team.state == "pilot", Team.pilot_until <= last).order_by(Team.id)
    for team in list(due):
        left = (date.fromisoformat(team.pilot_until or "") - today).days
        step = min((days for days in STEPS if left <= days), default=None)
        if step is None or left < step - MISSED:
            continue
        told += write(lambda team=team, step=step: _ask(team, step, at))  # type: ignore[misc]
    return told


def _ask(team: Team, step: int, at: datetime) -> int:
    centre: Centre = team.centre
    return telling.tell(
        kind="pilot_ends", people=[team.leader_id, centre.director_id, centre.liaison_id], at=at,
        key=f"{team.id}:{team.pilot_until}:{step}", url=f"/console/teams/{team.code}", team=team.name,
        day=team.pilot_until,
    )  # fmt: skip
