"""Statistics equal a full recount, whatever is asked and whatever changed since; a month goes out to directors once."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from models import (
    Activity,
    ActivityReport,
    Centre,
    Delivery,
    HandFigure,
    MinuteEntry,
    MonthReport,
    PeriodMinutes,
    PointEntry,
    ServiceMonth,
    ServiceRecord,
    Team,
    TeamMonth,
    store,
)
from schedulers.jobs import JOBS
from services.activeness import index
from services.dates import period
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.statistics import figures, hand, months
from tests.support import world
from tests.support.world import COUNTY, OTHER_TOWN, TOWN, VILLAGE, World

MEASURES = ("activities", "attendances", "minutes", "supplement", "transferred", "served")


def _year_of_service(cast: World, at: datetime, seed: int = 7) -> None:
    """Two hundred activities and their records over 14 months, in three places, of both teams, in every state."""
    random = Random(seed)
    people = [cast.ali, cast.xiaobo, cast.chali]
    for number in range(60):
        team = random.choice((cast.team, cast.other_team))
        made, _ = world.make_activity(
            at, team, starts_in=-timedelta(days=random.randrange(1, 420), hours=5), domain=random.choice(("D1", "D3")),
            state=random.choice(("published", "ended", "cancelled")),
            purpose="training" if number % 17 == 0 else "service",
        )  # fmt: skip
        Activity.update(region_code=random.choice((VILLAGE, TOWN, OTHER_TOWN))).where(Activity.id == made.id).execute()
        made = Activity.get_by_id(made.id)
        for person in random.sample(people, random.randrange(4)):
            _record(cast, at, person, made, random)
        if random.random() < 0.5:
            ActivityReport.create(activity=made, served=random.randrange(50), summary="好", at=at, updated_at=at)
    for person in people:
        ServiceRecord.create(
            team=cast.team, volunteer=person, region_code=VILLAGE, local_day="2025-11-03", source="transferred",
            state="confirmed", minutes=600, rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )  # fmt: skip


def _record(cast: World, at: datetime, person: Any, made: Activity, random: Random) -> None:
    ServiceRecord.create(
        activity=made, team=made.team, volunteer=person, region_code=made.region_code, local_day=made.local_day,
        source=random.choice(("scan", "scan", "supplement")), state=random.choice(("confirmed", "pending", "void")),
        minutes=random.randrange(10, 200), rule_set=cast.hours_rule, created_at=at, updated_at=at,
    )  # fmt: skip


def _recount(by: str, first: str, last: str, region: str, domain: str) -> dict[str, dict[str, int]]:
    """What the page has to say, added up row by row from what stands in the tables."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(MEASURES, 0))
    cut = len(region) + (3 if len(region) in (6, 9) else 2)

    def key_of(code: str, team: Team, kind: str, month: str) -> str:
        return {
            "division": code[:cut], "kind": team.kind, "speciality": team.speciality, "domain": kind, "month": month,
            "team": str(team.id), "all": "",
        }[by]  # fmt: skip

    for activity in Activity.select().where(Activity.purpose == "service"):
        month, code = activity.local_day[:7], activity.region_code
        if not (first <= month <= last and code.startswith(region) and domain in ("", activity.domain)):
            continue
        rows = [
            row
            for row in ServiceRecord.select().where(ServiceRecord.activity == activity)
            if row.state == "confirmed"
        ]
        if not rows:  # nobody came, whatever a report says
            continue
        report = ActivityReport.get_or_none(ActivityReport.activity == activity)
        served = report.served if report else 0
        sums = found[key_of(code, activity.team, activity.domain, month)]
        sums["activities"] += 1
        sums["attendances"] += len(rows)
        sums["minutes"] += sum(row.minutes for row in rows)
        sums["supplement"] += sum(row.minutes for row in rows if row.source == "supplement")
        sums["served"] += served
    for row in ServiceRecord.select().where(ServiceRecord.activity.is_null(), ServiceRecord.state == "confirmed"):
        month = row.local_day[:7]
        if first <= month <= last and row.region_code.startswith(region) and not domain:
            sums = found[key_of(row.region_code, row.team, "", month)]
            sums["minutes"] += row.minutes
            sums["transferred"] += row.minutes
    return {key: sums for key, sums in found.items() if any(sums.values())}


def _shown(asked: figures.Asked, at: datetime) -> dict[str, dict[str, int]]:
    lines = figures.counted(asked, at)
    told = {key: {name: getattr(line, name) for name in MEASURES} for key, line in lines.items()}
    return {key: sums for key, sums in told.items() if any(sums.values())}


def test_every_statistic_equals_a_full_recount(cast: World, at: datetime) -> None:
    """Every way to ask, before and after hours were voided, activities deleted and a team changed its kind."""
    store.write(lambda: _year_of_service(cast, at))
    months.refresh_all(at=at)

    def compare() -> None:
        for text in ("2025", "2026", "2026Q2", "2025-11", "2026-05"):
            asked_for = period(text)
            assert asked_for is not None
            for by in ("division", "kind", "speciality", "domain", "month", "team", "all"):
                for region in (COUNTY, TOWN, VILLAGE):
                    for domain in ("", "D3"):
                        asked = figures.Asked(region, asked_for, by, domain=domain)
                        expected = _recount(by, asked_for.first, asked_for.last, region, domain)
                        if by == "division" and region == VILLAGE:
                            expected = dict(zip([VILLAGE], expected.values(), strict=False))
                        assert _shown(asked, at) == expected, asked

    compare()
    assert months.refresh_all(at=at) == 0

    def change() -> None:
        for number, row in enumerate(ServiceRecord.select().order_by(ServiceRecord.id)):
            if number % 5 == 0:
                ServiceRecord.update(state="void").where(ServiceRecord.id == row.id).execute()
        gone = [row.activity_id for row in ServiceRecord.select().where(ServiceRecord.activity.is_null(False)).limit(3)]
        ServiceRecord.update(activity=None, state="void").where(ServiceRecord.activity.in_(gone)).execute()
        ActivityReport.delete().where(ActivityReport.activity.in_(gone)).execute()
        Team.update(kind="professional").where(Team.id == cast.other_team.id).execute()

    store.write(change)
    assert months.refresh_all(at=at) > 0
    compare()


def test_figures_by_hand_stand_in_their_own_column_and_in_nobodys_hours(cast: World, at: datetime) -> None:
    facts: dict[str, Any] = {
        "actor": cast.actor(cast.ali), "team_code": cast.team.code, "month": "2026-05", "activities": 3,
        "attendances": 40, "hours": 80, "served": 200, "note": "纸质登记", "at": at,
    }  # fmt: skip
    hand.report(**facts)
    hand.report(**(facts | {"activities": 4}))
    months.refresh_all(at=at)
    index.refresh(at=at)
    found = figures.statistics(
        actor=cast.actor(cast.officer), wanted=Wanted(filters={"region": COUNTY, "period": "2026"}), at=at
    )
    total = found.rows[0]
    told = hand.listed(actor=cast.actor(cast.officer), wanted=Wanted(), at=at).rows
    assert [(line.team_code, line.who, line.hours) for line in told] == [(cast.team.code, cast.ali.name, 80)]
    assert (total.hand_activities, total.hand_attendances, total.hand_minutes, total.hand_served) == (4, 40, 4800, 200)
    assert (total.activities, total.minutes) == (0, 0)
    books = (ServiceMonth, ServiceRecord, MinuteEntry, PointEntry, PeriodMinutes)
    assert [book.select().count() for book in books] == [0] * len(books)
    assert TeamMonth.select().where(TeamMonth.minutes + TeamMonth.activities > 0).count() == 0
    hand.report(**(facts | dict.fromkeys(("activities", "attendances", "hours", "served"), 0)))
    assert HandFigure.select().count() == 0
    for wrong in (
        {"month": "2026-07"}, {"month": "2025-01"}, {"hours": -1}, {"activities": 10_000}, {"hours": 40 * 24 + 1},
    ):  # fmt: skip
        with pytest.raises(Refusal) as no:
            hand.report(**(facts | wrong))
        assert no.value.code is RefusalCode.FIELD_WRONG
    with pytest.raises(Refusal):
        hand.report(**(facts | {"actor": cast.actor(cast.xiaobo)}))


@pytest.mark.case(3)
def test_month_goes_to_each_director_once_and_a_late_worker_sends_it_late(cast: World, at: datetime) -> None:
    def serve() -> None:
        Centre.update(region_code=COUNTY, director_id=cast.officer.id).where(Centre.id == cast.centre.id).execute()
        made, _ = world.make_activity(at, cast.team, starts_in=-timedelta(days=20))
        ServiceRecord.create(
            activity=made, team=cast.team, volunteer=cast.xiaobo, region_code=made.region_code, minutes=120,
            local_day=made.local_day, state="confirmed", rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )  # fmt: skip

    store.write(serve)
    jobs = {job.name: job for job in JOBS}

    def morning(day: int) -> int:
        moment = at.replace(day=day)
        jobs["count_all_months"].run(None, moment, store.write)  # type: ignore[arg-type]
        jobs["activeness"].run(None, moment, store.write)  # type: ignore[arg-type]
        return jobs["month_reports"].run(None, moment, store.write)  # type: ignore[arg-type]

    assert [morning(4), morning(9), morning(10), morning(26)] == [0, 1, 0, 0]
    told = Delivery.get(Delivery.kind == "month_report")
    assert told.volunteer_id == cast.officer.id
    assert "5月办了1次活动，1人次参加，服务2小时" in told.body
    assert MonthReport.get().figures["minutes"] == 120
    assert date.fromisoformat(f"{MonthReport.get().month}-01") == date(2026, 5, 1)
