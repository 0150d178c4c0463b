"""What people see of trainings: sessions to sign up for, their own hours, results and certificates; lists of sessions.

A session is open to whom its activity is open to: the team, its area, everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import fn

from clock import local_day
from frozen import dataclass
from models import (
    Activity,
    Shift,
    Signup,
    Team,
    TeamMember,
    TeamRegion,
    TrainingCourse,
    TrainingProvider,
    TrainingResult,
    TrainingSession,
    Volunteer,
)
from services import leading, regions, rules, scopes
from services.actors import Actor
from services.bookkeeping import classes
from services.listing import Found, Wanted, cut
from services.participation.shift_views import LIVE, brief_word
from services.training import certificates, facts, results, sessions
from services.training.certificates import CertificateLine

#: Sessions on the phone's page, before it is cut to what is open to the reader.
LOOKED_AT, SHOWN = 300, 50


@dataclass(frozen=True, slots=True)
class SessionBrief:
    """A session to sign up for; `told` what the course takes in class hours, "" where it is not said; `my_word` how the
    reader stands to it, "" for not at all."""

    code: str
    title: str
    kind: str
    team: str
    place: str
    starts_at: datetime
    ends_at: datetime
    told: str
    certificate: bool
    provider: str
    places_left: int
    my_word: str


def open_ones(*, volunteer_id: int, at: datetime, course: str = "") -> list[SessionBrief]:
    """The sessions that somebody can sign up for now, in his city, the soonest first; of one course by its name."""
    person = Volunteer.get_by_id(volunteer_id)
    home = str(person.region_code)
    teams = {row.team_id for row in TeamMember.select().where(
        TeamMember.volunteer == volunteer_id, TeamMember.to_at.is_null())}  # fmt: skip
    query = (
        sessions.joined()
        .join_from(TrainingSession, Activity)
        .join_from(Activity, Team)
        .select_extend(Activity, Team)
        .where(
            Activity.state == "published", Activity.signup_closes_at > at, Activity.ends_at > at,
            scopes.within(Activity.region_code, [home[:4]]) | Activity.team.in_(teams),
        )
    )  # fmt: skip
    if course:
        query = query.where(TrainingCourse.name == course)
    rows = list(query.order_by(Activity.starts_at, Activity.id).limit(LOOKED_AT))
    covered = _covered([row.activity.team_id for row in rows])
    mine = [row for row in rows if _is_open(row.activity, teams, home, covered)][:SHOWN]
    left, stands = _places([row.activity_id for row in mine]), _stands([row.activity_id for row in mine], volunteer_id)
    return [_brief(row, left, stands) for row in mine]


def _covered(team_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for row in TeamRegion.select().where(TeamRegion.team.in_(set(team_ids))):
        found.setdefault(row.team_id, []).append(str(row.region_code))
    return found


def _is_open(activity: Activity, teams: set[int], home: str, covered: dict[int, list[str]]) -> bool:
    if activity.openness == "everyone" or activity.team_id in teams:
        return True
    areas = [str(activity.team.region_code), *covered.get(activity.team_id, [])]
    return activity.openness == "area" and any(home.startswith(area) for area in areas)


def _places(ids: Sequence[int]) -> dict[int, int]:
    query = (
        Shift.select(Shift.activity, fn.SUM(Shift.quota - Shift.taken))
        .where(Shift.activity.in_(ids), Shift.quota > Shift.taken)
        .group_by(Shift.activity)
    )
    return {row[0]: int(row[1]) for row in list[Any](query.tuples())}


def _stands(ids: Sequence[int], volunteer_id: int) -> dict[int, str]:
    query = Signup.select(Signup.activity, Signup.state).where(
        Signup.activity.in_(ids), Signup.volunteer == volunteer_id, Signup.state.in_(LIVE)
    )
    return dict(list[Any](query.tuples()))


def _brief(row: Any, left: dict[int, int], stands: dict[int, str]) -> SessionBrief:
    activity = row.activity
    what = sessions.taught_of(row)
    hour = int(rules.rule_by_id(activity.hours_rule_id).params[classes.CLASS])
    return SessionBrief(
        activity.code, activity.title, what.kind, activity.team.short_name, activity.place, activity.starts_at,
        activity.ends_at, classes.told(what.minutes, hour) if what.minutes else "", what.certificate, what.provider,
        left.get(activity.id, 0), brief_word(stands.get(activity.id)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class MyResult:
    """One session a person was at."""

    code: str
    title: str
    team: str
    local_day: str
    told: str
    result: str
    word: str


@dataclass(frozen=True, slots=True)
class MyTrainings:
    """A person's record of trainings (条例 §19): class hours of this year and in all, `aim` of a year; sessions, newest
    first; certificates."""

    year: str
    total: str
    aim: int
    reached: bool
    results: list[MyResult]
    certificates: list[CertificateLine]


def mine(*, volunteer_id: int, at: datetime) -> MyTrainings:
    """The trainings of a person."""
    person = Volunteer.get_by_id(volunteer_id)
    numbers = rules.rule("training", str(person.region_code), at).params
    hour, today = int(numbers["class_hour"]), local_day(at)
    of_year = facts.class_minutes_by_person(
        first_day=f"{today.year}-01-01", last_day=f"{today.year}-12-31", volunteer_ids=[volunteer_id]
    ).get(volunteer_id, 0)
    rows = list(
        TrainingResult.select(TrainingResult, Activity, Team)
        .join(Activity)
        .join(Team)
        .where(TrainingResult.volunteer == volunteer_id, TrainingResult.minutes > 0)
        .order_by(TrainingResult.local_day.desc(), TrainingResult.id.desc())
    )
    lines = [
        MyResult(
            row.activity.code, row.activity.title, row.activity.team.short_name, row.local_day,
            classes.told(row.minutes, hour), row.result, results.word_of(row.result),
        )
        for row in rows
    ]  # fmt: skip
    return MyTrainings(
        classes.class_hours(of_year, hour), classes.class_hours(sum(row.minutes for row in rows), hour),
        int(numbers["year_hours"]), of_year >= int(numbers["year_hours"]) * hour, lines,
        certificates.of_person(volunteer_id=volunteer_id, at=at),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session in the console's list: signed up, came (with class time), passed; `finished`: its results stand."""

    code: str
    title: str
    kind: str
    team: str
    place: str
    starts_at: datetime
    state: str
    provider: str
    base: str
    teacher: str
    order: str
    signed: int
    came: int
    passed: int
    finished: bool


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[SessionLine]:
    """The sessions of the teams the actor leads, of his divisions, and of the providers he speaks for; filters: kind,
    region, state (coming, open: over and not finished, finished, cancelled), from and to (days), course (by code)."""
    readable = scopes.readable(actor=actor, at=at)
    spoken = TrainingProvider.select(TrainingProvider.id).where(TrainingProvider.person == (actor.volunteer_id or 0))
    seen = (
        leading.led(actor=actor, at=at) | scopes.within(Activity.region_code, readable)
        | TrainingSession.provider.in_(spoken)
    )  # fmt: skip
    query = (
        sessions.joined()
        .join_from(TrainingSession, Activity)
        .join_from(Activity, Team)
        .select_extend(Activity, Team)
        .where(seen)
    )
    for condition in _conditions(wanted, at):
        query = query.where(condition)
    page = cut(
        query, wanted=wanted, sorts={"starts": Activity.starts_at, "title": Activity.title}, default="-starts",
        tie=Activity.id, row=lambda row: row,
    )  # fmt: skip
    ids = [row.activity_id for row in page.rows]
    places = regions.path_names([row.activity.region_code for row in page.rows])
    signed, came, passed = _signed(ids), _came(ids), _came(ids, only="passed")
    lines = []
    for row in page.rows:
        one, what = row.activity, sessions.taught_of(row)
        lines.append(
            SessionLine(
                one.code, one.title, what.kind, one.team.short_name, places[one.region_code], one.starts_at,
                _state(one, what.finished, at), what.provider, what.base, what.teacher, what.order,
                signed.get(one.id, 0), came.get(one.id, 0), passed.get(one.id, 0), what.finished,
            )
        )  # fmt: skip
    return Found(lines, page.total, page.page, page.size)


def _conditions(wanted: Wanted, at: datetime) -> list[Any]:
    chosen, found = wanted.chosen, list[Any]()
    if chosen("kind"):
        found.append(TrainingCourse.kind == chosen("kind"))
    if chosen("region"):
        found.append(scopes.within(Activity.region_code, [chosen("region")]))
    if chosen("course"):
        found.append(TrainingCourse.code == chosen("course"))
    if chosen("from"):
        found.append(Activity.local_day >= chosen("from"))
    if chosen("to"):
        found.append(Activity.local_day <= chosen("to"))
    alive = Activity.state.in_(("published", "ended"))
    states = {
        "coming": alive & (Activity.ends_at > at), "finished": TrainingSession.finished_at.is_null(False),
        "open": alive & (Activity.ends_at <= at) & TrainingSession.finished_at.is_null(),
        "cancelled": Activity.state == "cancelled",
    }  # fmt: skip
    if chosen("state") in states:
        found.append(states[chosen("state")])
    if wanted.text:
        found.append(Activity.title.contains(wanted.text) | Team.name.contains(wanted.text))
    return found


def _state(activity: Activity, finished: bool, at: datetime) -> str:
    if activity.state in ("cancelled", "draft"):
        return str(activity.state)
    if finished:
        return "finished"
    return "coming" if activity.ends_at > at else "open"


def _signed(ids: Sequence[int]) -> dict[int, int]:
    query = (
        Signup.select(Signup.activity, fn.COUNT(fn.DISTINCT(Signup.volunteer)))
        .where(Signup.activity.in_(ids), Signup.state == "confirmed")
        .group_by(Signup.activity)
    )
    return dict(list[Any](query.tuples()))


def _came(ids: Sequence[int], only: str = "") -> dict[int, int]:
    query = TrainingResult.select(TrainingResult.activity, fn.COUNT(TrainingResult.id)).where(
        TrainingResult.activity.in_(ids), TrainingResult.minutes > 0
    )
    if only:
        query = query.where(TrainingResult.result == only)
    return dict(list[Any](query.group_by(TrainingResult.activity).tuples()))
