"""Activeness by month, idle teams marked once at each step as time goes by, revival, who stays and who goes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import (
    Centre,
    Counted,
    Delivery,
    RevivalPlan,
    ServiceRecord,
    Team,
    TeamIdle,
    TeamMember,
    TeamMonth,
    TeamYear,
    store,
)
from schedulers.jobs import JOBS
from services.activeness import index, revival, turnover, views
from services.activeness.index import Month, points
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.rules import rule
from tests.support import world
from tests.support.world import COUNTY, World

NUMBERS = {
    "weight_activities": 30, "weight_people": 30, "weight_hours": 20, "weight_regular": 20, "target_activities": 2,
    "target_people": 50, "target_hours": 120,
}  # fmt: skip


def _serve(cast: World, day: datetime, *people: object, minutes: int = 120, state: str = "confirmed") -> None:
    made, _ = world.make_activity(day, cast.team, starts_in=timedelta())
    for person in people or (cast.xiaobo,):
        ServiceRecord.create(
            activity=made, team=cast.team, volunteer=person, region_code=made.region_code, local_day=made.local_day,
            minutes=minutes, state=state, rule_set=cast.hours_rule, created_at=day, updated_at=day,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        (Month(10, 2, 5, 1200, 3, 3), 100), (Month(10, 9, 50, 99999, 3, 3), 100), (Month(10, 0, 0, 0, 0, 3), 0),
        (Month(10, 1, 5, 1200, 3, 3), 85), (Month(10, 0, 0, 0, 2, 3), 13), (Month(0, 1, 1, 60, 1, 1), 75),
    ],
)  # fmt: skip
def test_activeness_adds_its_parts_up_to_their_targets(month: Month, expected: int) -> None:
    assert points(month, NUMBERS) == expected


MONTHS = st.builds(Month, *[st.integers(0, 500)] * 4, st.integers(0, 3), st.just(3))


@given(MONTHS, st.lists(st.integers(0, 100), min_size=4, max_size=4))
def test_activeness_stays_within_a_hundred_and_more_done_is_never_less(month: Month, weights: list[int]) -> None:
    names = ("weight_activities", "weight_people", "weight_hours", "weight_regular")
    numbers = NUMBERS | dict(zip(names, weights, strict=True))
    more = Month(month.members, month.activities + 1, month.participants, month.minutes + 60, month.active_months, 3)
    assert 0 <= points(month, numbers) <= points(more, numbers) <= 100


def test_team_month_is_counted_from_records_and_memberships(cast: World, at: datetime) -> None:
    last = at - timedelta(days=20)
    store.write(lambda: (_serve(cast, last, cast.xiaobo, cast.ali), _serve(cast, last, cast.xiaobo)))
    index.refresh(at=at)
    month = TeamMonth.get(TeamMonth.team_id == cast.team.id, TeamMonth.month == "2026-05")
    members = TeamMember.select().where(TeamMember.team == cast.team).count()
    assert (month.activities, month.participants, month.minutes, month.active_months) == (2, 2, 360, 1)
    numbers = rule("activeness", COUNTY, at).params
    assert month.activeness == points(Month(month.members, 2, 2, 360, 1, 1), numbers)
    assert TeamMonth.get(TeamMonth.team_id == cast.team.id, TeamMonth.month == "2026-06").members == members
    assert index.refresh(at=at) == 0


def _mornings(cast: World, since: datetime, days: int, every: int = 1) -> list[tuple[int, str]]:
    """What the worker's job told on each morning, as (day, the days it named)."""
    job = next(each for each in JOBS if each.name == "idle_teams")
    told = []
    for day in range(0, days, every):
        before = Delivery.select().where(Delivery.kind == "team_idle").count()
        job.run(None, since + timedelta(days=day), store.write)  # type: ignore[arg-type]
        new = list(Delivery.select().where(Delivery.kind == "team_idle").order_by(Delivery.id).offset(before))
        told += [(day, row.body.partition("已经")[2].partition("天")[0]) for row in new[:1]]
    return told


def test_idle_team_is_told_at_thirty_sixty_and_ninety_days_once_each(cast: World, at: datetime) -> None:
    def begin() -> None:
        Team.update(state="paused").where(Team.id != cast.team.id).execute()
        Team.update(leader=cast.ali, liaison=cast.xiaobo).where(Team.id == cast.team.id).execute()
        Centre.update(director_id=cast.officer.id, liaison_id=cast.chali.id).where(
            Centre.id == cast.team.centre_id
        ).execute()
        _serve(cast, at, state="pending")

    store.write(begin)
    assert _mornings(cast, at, 100) == [(30, "30"), (60, "60"), (90, "90")]
    people = {row.volunteer_id for row in Delivery.select().where(Delivery.kind == "team_idle")}
    assert people == {cast.ali.id, cast.xiaobo.id, cast.officer.id, cast.chali.id}
    assert [(row.step, row.days) for row in TeamIdle.select().order_by(TeamIdle.step)] == [(1, 30), (2, 60), (3, 90)]
    later = at + timedelta(days=101)
    store.write(lambda: _serve(cast, later))
    assert _mornings(cast, later, 3) == []
    assert TeamIdle.select().where(TeamIdle.ended_at.is_null()).count() == 0
    assert _mornings(cast, later, 35) == [(30, "30")]


def test_worker_that_slept_through_two_steps_tells_the_last_alone(cast: World, at: datetime) -> None:
    store.write(
        lambda: (
            Team.update(state="paused").where(Team.id != cast.team.id).execute(),
            Team.update(leader=cast.ali).where(Team.id == cast.team.id).execute(),
            _serve(cast, at),
        )
    )
    assert _mornings(cast, at, 1) == []
    assert _mornings(cast, at + timedelta(days=75), 2) == [(0, "75")]
    assert [row.step for row in TeamIdle.select().order_by(TeamIdle.step)] == [1, 2]


def test_first_morning_marks_and_tells_nobody_and_days_begin_when_a_team_was_entered(
    cast: World, at: datetime
) -> None:
    """A team of many years, entered today with its real founding, is idle thirty days from now, not today."""
    store.write(
        lambda: (
            Team.update(state="paused").where(Team.id != cast.team.id).execute(),
            Team.update(leader=cast.ali, founded_on="2019-08-01").where(Team.id == cast.team.id).execute(),
        )
    )
    assert (_mornings(cast, at, 1), TeamIdle.select().count()) == ([], 0)
    assert _mornings(cast, at, 31) == [(30, "30")]
    store.write(lambda: (TeamIdle.delete().execute(), Counted.delete().execute()))
    assert _mornings(cast, at + timedelta(days=61), 2) == []
    assert [row.step for row in TeamIdle.select().order_by(TeamIdle.step)] == [1, 2]
    assert _mornings(cast, at + timedelta(days=88), 4) == [(2, "90")]


def test_revival_plan_runs_once_is_asked_after_its_day_and_closed_with_an_outcome(cast: World, at: datetime) -> None:
    store.write(lambda: Team.update(leader=cast.ali).where(Team.id == cast.team.id).execute())
    facts = {"actor": cast.actor(cast.ali), "team_code": cast.team.code}
    first = revival.make(**facts, text="月底清河岸", due_on="2026-06-30", at=at)  # type: ignore[arg-type]
    assert revival.make(**facts, text="月底清两次", due_on="2026-07-05", at=at) == first  # type: ignore[arg-type]
    assert revival.nag_due(at=at) == 0
    late = at + timedelta(days=30)
    assert [revival.nag_due(at=late), revival.nag_due(at=late)] == [1, 0]
    revival.close(**facts, outcome="revived", text="来了八个人", at=late)  # type: ignore[arg-type]
    plan = RevivalPlan.get()
    assert (plan.state, plan.text, plan.outcome) == ("revived", "月底清两次", "来了八个人")
    with pytest.raises(Refusal) as no:
        revival.close(**facts, outcome="failed", text="又不行", at=late)  # type: ignore[arg-type]
    assert no.value.code is RefusalCode.NOT_FOUND
    for person, code in ((cast.chali, RefusalCode.NOT_FOUND), (cast.xiaobo, RefusalCode.NOT_ALLOWED)):
        with pytest.raises(Refusal) as no:
            revival.make(
                actor=cast.actor(person), team_code=cast.team.code, text="我来", due_on="2026-08-01", at=late
            )
        assert no.value.code is code


def test_year_of_a_team_adds_up(cast: World, at: datetime) -> None:
    """Two were there in January, one of them left, one came, one came and went; one was there twice (merged)."""

    def act() -> None:
        TeamMember.delete().execute()
        old, mid = at - timedelta(days=400), at - timedelta(days=60)
        people = [world.make_volunteer(at) for _ in range(5)]
        world.join(old, cast.team, people[0])
        world.join(old, cast.team, people[1], to_at=mid, ended_why="left")
        world.join(mid, cast.team, people[2])
        world.join(mid, cast.team, people[3], to_at=at - timedelta(days=1), ended_why="exit")
        world.join(old, cast.team, people[4], to_at=mid, ended_why="merged")

    store.write(act)
    turnover.refresh(at=at)
    year = TeamYear.get(TeamYear.team_id == cast.team.id, TeamYear.year == "2026")
    assert (year.at_start, year.joined, year.gone, year.retained, year.at_end) == (2, 2, 2, 1, 2)
    assert year.at_start + year.joined - year.gone == year.at_end
    assert turnover.refresh(at=at) == 0
    store.write(lambda: world.grant(at, cast.chali, "viewer", region=COUNTY))
    index.refresh(at=at)
    wanted = Wanted(filters={"region": COUNTY, "month": "2026-06"})
    total = views.divisions(actor=cast.actor(cast.chali), wanted=wanted, at=at).rows[0]
    assert (total.joined, total.gone, total.retention) == (2, 2, 50)
