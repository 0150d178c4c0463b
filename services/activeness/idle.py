"""Idle teams: nothing held for 30, 60, 90 days (numbers of policy), marked and told once each, until it moves (S50).

A day counts on which somebody was there, whether his hours are confirmed yet or not; figures reported by hand do not.
Of the time before a team was entered nothing is known: its days begin on that day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from peewee import JOIN

from clock import from_millis, local_day
from models import Centre, Counted, Team, TeamIdle, store
from models.store import Write
from queries import activeness as sql
from services import regions
from services.messaging import telling
from services.rules import Everywhere
from services.statistics.months import note_counted

#: Teams in one write.
BATCH = 50
WHAT = "idle"
STEPS = ("idle_first", "idle_second", "idle_third")
Mark = tuple[int, str, str, int, int]


def mark_due(*, at: datetime, write: Write = store.write) -> int:
    """Mark the teams that have reached a step, tell leader, liaison and centre, and end the marks of those that moved.

    A step is told once; one that a stopped worker has slept through is marked and not told. On the very first run the
    teams are marked and nobody is told: a county's worth of messages on one morning says nothing. Answers how many
    teams were marked anew. Safe to run twice.
    """
    today = local_day(at)
    rules = Everywhere("activeness", at)
    last = {
        int(team): (str(code), _since(held, founded, created))
        for team, code, founded, created, held in sql.last_days(until=today.isoformat())
    }
    running = defaultdict(set)
    for row in TeamIdle.select(TeamIdle.team, TeamIdle.since_day, TeamIdle.step).where(TeamIdle.ended_at.is_null()):
        running[row.team_id].add((row.since_day, row.step))
    due: list[Mark] = []
    for team, (code, since) in last.items():
        days = (today - date.fromisoformat(since)).days
        step = _step(days, rules.of(code).params)
        if step and (since, step) not in running[team]:
            due.append((team, code, since, step, days))
    over = [
        team
        for team, marks in running.items()
        if team not in last or any(day != last[team][1] for day, _ in marks)
    ]
    for start in range(0, len(over), BATCH):
        write(partial(_end, {team: last.get(team, ("", ""))[1] for team in over[start : start + BATCH]}, at))
    tells = Counted.select().where(Counted.what == WHAT).exists()
    marked = sum(write(partial(_mark, due[start : start + BATCH], at, tells)) for start in range(0, len(due), BATCH))
    write(partial(note_counted, WHAT, at))
    return marked


def _since(held: str | None, founded: str, created: int) -> str:
    """The day since which nothing was held: of the last activity, or of the founding, never before it was entered."""
    return held or max(founded, local_day(from_millis(int(created))).isoformat())


def _step(days: int, numbers: Mapping[str, Any]) -> int:
    return sum(1 for name in STEPS if days >= int(numbers[name]))


def _end(teams: Mapping[int, str], at: datetime) -> int:
    """Marks of another day than the team's last one are over."""
    return sum(
        TeamIdle.update(ended_at=at)
        .where(TeamIdle.team == team, TeamIdle.since_day != since, TeamIdle.ended_at.is_null())
        .execute()
        for team, since in teams.items()
    )


def _mark(due: list[Mark], at: datetime, tells: bool) -> int:
    ids = [team for team, *_ in due]
    teams = {
        row.id: row
        for row in Team.select(Team, Centre).join(Centre, JOIN.LEFT_OUTER).where(Team.id.in_(ids))
    }
    places = regions.path_names([code for _, code, *_ in due])
    marked = 0
    for team, code, since, step, days in due:
        for reached in range(1, step + 1):
            TeamIdle.insert(
                team=team, region_code=code, since_day=since, step=reached, days=days, marked_at=at
            ).on_conflict(
                conflict_target=[TeamIdle.team, TeamIdle.since_day, TeamIdle.step], update={TeamIdle.ended_at: None}
            ).execute()
        marked += 1
        if not tells:
            continue
        row = teams[team]
        telling.tell(
            kind="team_idle", people=[row.leader_id, row.liaison_id, row.centre.liaison_id, row.centre.director_id],
            key=f"{team}:{since}:{step}", at=at, url=f"/console/activeness/{row.code}", team=row.name,
            place=places[code], days=days,
        )  # fmt: skip
    return marked
