"""Hours and points of a period and of a team, as the books hold them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from models import ServiceRecord, Team, Volunteer, store
from services.bookkeeping import books, spans
from services.bookkeeping.spans import TeamMinutes
from services.errors import Refusal
from tests.support.world import World

MAY, JUNE = (date(2026, 5, 1), date(2026, 6, 1)), (date(2026, 6, 1), date(2026, 7, 1))


def put(
    world: World, at: datetime, day: str, minutes: int, *, team: Team | None = None, source: str = "scan",
    state: str = "confirmed", person: Volunteer | None = None,
) -> ServiceRecord:  # fmt: skip
    """A record of that day; a confirmed one stands in the books."""

    def act() -> ServiceRecord:
        record = ServiceRecord.create(
            team=team or world.team, volunteer=person or world.xiaobo, region_code=world.team.region_code,
            local_day=day, source=source, state=state, minutes=minutes, rule_set=world.hours_rule, created_at=at,
            updated_at=at,
        )  # fmt: skip
        if state == "confirmed":
            books.post_service(record=record, actor_id=None, at=at)
        return record

    return store.write(act)


@pytest.fixture
def served(cast: World, at: datetime) -> World:
    """小博: in May 120 by scan and 60 made up with his team, 90 with the other; in June 30; 600 brought along."""
    put(cast, at, "2026-05-01", 120)
    put(cast, at, "2026-05-31", 60, source="supplement")
    put(cast, at, "2026-05-15", 90, team=cast.other_team)
    put(cast, at, "2026-06-01", 30)
    put(cast, at, "2025-05-10", 600, source="transferred")
    put(cast, at, "2026-06-02", 45, state="pending")
    put(cast, at, "2026-05-20", 1000, person=cast.chali)
    return cast


def test_period_holds_its_first_day_and_not_its_last(served: World) -> None:
    told = spans.hours_of_span(volunteer_id=served.xiaobo.id, start=MAY[0], end=MAY[1])
    assert (told.total, told.scanned, told.supplement, told.transferred, told.pending) == (270, 210, 60, 0, 0)
    assert (told.name, told.ever) == ("王小博", 900)
    assert told.teams == [
        TeamMinutes(served.team.code, "东湖服务队", 180), TeamMinutes(served.other_team.code, "西湖服务队", 90),
    ]  # fmt: skip


def test_what_waits_is_told_apart_and_counted_nowhere(served: World) -> None:
    told = spans.hours_of_span(volunteer_id=served.xiaobo.id, start=JUNE[0], end=JUNE[1])
    assert (told.total, told.pending) == (30, 45)


def test_one_team_alone(served: World) -> None:
    other = served.other_team.code
    told = spans.hours_of_span(volunteer_id=served.xiaobo.id, start=MAY[0], end=MAY[1], team_code=other)
    assert (told.total, told.scanned, told.pending, [each.code for each in told.teams]) == (90, 90, 0, [other])


def test_without_a_period_all_days_count(served: World) -> None:
    told = spans.hours_of_span(volunteer_id=served.xiaobo.id)
    assert (told.total, told.scanned, told.supplement, told.transferred) == (900, 240, 60, 600)
    assert told.total == told.ever


def test_correction_moves_the_period_it_belongs_to(served: World, at: datetime) -> None:
    record = ServiceRecord.get(ServiceRecord.local_day == "2026-05-01")
    store.write(lambda: books.reverse(record=record, actor_id=None, at=at, note="错"))
    told = spans.hours_of_span(volunteer_id=served.xiaobo.id, start=MAY[0], end=MAY[1])
    assert (told.total, told.scanned, told.supplement) == (150, 90, 60)


def test_points_of_a_period_and_of_a_team(served: World, at: datetime) -> None:
    may = spans.points_of_span(volunteer_id=served.xiaobo.id, start=MAY[0], end=MAY[1])
    assert (may.earned, may.spent, may.balance) == (5, 0, 6)
    west = spans.points_of_span(volunteer_id=served.xiaobo.id, team_code=served.other_team.code)
    assert (west.earned, west.spent) == (2, 0)


def test_teams_are_those_of_membership_and_of_service(served: World) -> None:
    assert [each.short_name for each in spans.teams_of(volunteer_id=served.xiaobo.id)] == ["东湖服务队", "西湖服务队"]
    assert [each.short_name for each in spans.teams_of(volunteer_id=served.ali.id)] == ["东湖服务队"]


def test_nobody_has_no_hours(db: Any) -> None:
    with pytest.raises(Refusal):
        spans.hours_of_span(volunteer_id=99)


def test_period_and_team_cost_three_statements(served: World, count_statements: Callable[[], Any]) -> None:
    with count_statements() as seen:
        spans.hours_of_span(volunteer_id=served.xiaobo.id, start=MAY[0], end=MAY[1], team_code=served.team.code)
    assert len(seen) == 3
