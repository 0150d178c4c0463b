"""What people see: near ones first, only what they may join, their own places."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, Position, ServiceRecord, Shift, Volunteer, store
from services.codes import new_shift_key
from services.errors import Refusal, RefusalCode
from services.participation import activity_views as views
from tests.support.world import (
    CITY,
    COUNTY,
    OTHER_TOWN,
    TOWN,
    VILLAGE,
    VILLAGE2,
    grant,
    join,
    make_activity,
    make_team,
    sign_up,
)

HOUR = timedelta(hours=1)


def put(cast: Any, at: datetime, region_code: str = VILLAGE, **more: Any) -> tuple[Activity, Shift]:
    def make() -> tuple[Activity, Shift]:
        team = (
            cast.team
            if region_code == VILLAGE
            else make_team(at, cast.centre, f"{region_code}队", region_code)
        )
        return make_activity(at, team, **more)

    return store.write(make)


def near(
    at: datetime, person: Volunteer | None = None, region_code: str = VILLAGE, **more: Any
) -> list[views.ActivityBrief]:
    return views.open_near(volunteer_id=person.id if person else None, region_code=region_code, at=at, **more)


def codes(listed: list[views.ActivityBrief]) -> list[str]:
    return [brief.code for brief in listed]


def change(activity: Activity, **fields: Any) -> None:
    store.write(lambda: Activity.update(**fields).where(Activity.id == activity.id).execute())


# The list ----------------------------------------------------------------------------------------------------


def test_nearest_division_comes_first_then_the_earliest(cast: Any, at: datetime) -> None:
    later = put(cast, at, starts_in=5 * HOUR)[0]
    where = (CITY, "3401", COUNTY, OTHER_TOWN, TOWN, VILLAGE2)
    city, elsewhere, county, other_town, town, village2 = (
        put(cast, at, code, starts_in=HOUR)[0] for code in where
    )
    assert codes(near(at, cast.xiaobo)) == [
        cast.activity.code, later.code, town.code, village2.code, county.code, other_town.code, city.code,
        elsewhere.code,
    ]  # fmt: skip


def test_list_tells_places_left_and_what_is_mine(cast: Any, at: datetime) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    mine = near(at, cast.xiaobo)[0]
    assert (mine.places_left, mine.mine, mine.title, mine.team_name, mine.domain_name) == (
        9, True, cast.activity.title, cast.team.name, "基层社会治理",
    )  # fmt: skip
    assert (mine.starts_at, mine.ends_at) == (cast.activity.starts_at, cast.activity.ends_at)
    assert near(at, cast.chali)[0].mine is False
    assert near(at)[0].mine is False


def test_overfull_shift_does_not_hide_places_of_another(cast: Any, at: datetime) -> None:
    def second() -> None:
        Shift.update(taken=12).where(Shift.id == cast.shift.id).execute()
        position = Position.create(activity=cast.activity, name="安全员", quota=3)
        times = {"starts_at": cast.activity.starts_at, "ends_at": cast.activity.ends_at}
        Shift.create(
            code="second", activity=cast.activity, position=position, quota=3, code_key=new_shift_key(),
            planned_ends_at=cast.activity.ends_at, **times,
        )  # fmt: skip

    store.write(second)
    assert near(at)[0].places_left == 3


@pytest.mark.parametrize("state", ["draft", "cancelled", "ended"])
def test_only_published_ones_are_listed(cast: Any, at: datetime, state: str) -> None:
    change(cast.activity, state=state)
    assert near(at, cast.xiaobo) == []


def test_sign_up_that_is_over_is_not_listed_one_that_comes_is(cast: Any, at: datetime) -> None:
    change(cast.activity, signup_opens_at=at + HOUR, signup_closes_at=at + 2 * HOUR)
    assert codes(near(at)) == [cast.activity.code]
    assert near(at + 2 * HOUR) == []


def test_team_only_is_listed_for_its_members(cast: Any, at: datetime) -> None:
    change(cast.activity, openness="team")
    assert codes(near(at, cast.xiaobo)) == [cast.activity.code]
    assert near(at, cast.chali) == near(at) == []


def test_area_only_is_listed_for_those_who_live_there_wherever_they_look(cast: Any, at: datetime) -> None:
    change(cast.activity, openness="area")
    store.write(lambda: Volunteer.update(region_code=VILLAGE2).where(Volunteer.id == cast.chali.id).execute())
    assert codes(near(at, cast.xiaobo, region_code="3401")) == [cast.activity.code]
    assert near(at, cast.chali, region_code=VILLAGE) == []


def test_member_from_outside_sees_what_is_for_the_area(cast: Any, at: datetime) -> None:
    change(cast.activity, openness="area")

    def move() -> None:
        Volunteer.update(region_code=VILLAGE2).where(Volunteer.id == cast.chali.id).execute()
        join(at, cast.team, cast.chali)

    store.write(move)
    assert codes(near(at, cast.chali)) == [cast.activity.code]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_follow_each_other_without_gap_or_repeat(cast: Any, at: datetime, size: int) -> None:
    for code in (VILLAGE, VILLAGE, TOWN, VILLAGE2, COUNTY, "3401", "3402"):
        put(cast, at, code, starts_in=HOUR)
    whole = codes(near(at, cast.xiaobo, limit=100))
    pages: list[str] = []
    cursor = None
    while page := near(at, cast.xiaobo, limit=size, after=cursor):
        assert len(page) <= size
        pages += codes(page)
        cursor = page[-1].cursor
    assert pages == whole
    assert len(whole) == 8


@pytest.mark.parametrize(
    "cursor", ["", "x", "1-2", "1-2-x", "1-2-3-4", "1-2-９", "-1-0-0", "1-2-" + "9" * 30]
)
def test_foreign_cursor_is_refused(cast: Any, at: datetime, cursor: str) -> None:
    with pytest.raises(Refusal) as refused:
        near(at, after=cursor)
    assert refused.value.code == RefusalCode.BAD_REQUEST


@pytest.mark.parametrize("region_code", ["", "3", "34152", "34a", "３４", "341522100201001"])
def test_wrong_division_is_refused(cast: Any, at: datetime, region_code: str) -> None:
    with pytest.raises(Refusal) as refused:
        near(at, region_code=region_code)
    assert refused.value.code == RefusalCode.REGION_UNKNOWN


def test_reader_of_a_city_sees_all_of_it(cast: Any, at: datetime) -> None:
    elsewhere = put(cast, at, "3401", starts_in=HOUR)[0]
    assert codes(near(at, region_code=CITY)) == [cast.activity.code, elsewhere.code]


def test_list_needs_two_statements_and_one_where_the_county_fills_it(
    cast: Any, at: datetime, count_statements: Callable[[], Any]
) -> None:
    with count_statements() as seen:
        near(at, cast.xiaobo)
    assert len(seen) == 2
    with count_statements() as seen:
        near(at, cast.xiaobo, limit=1)
    assert len(seen) == 1


# One in full -------------------------------------------------------------------------------------------------


def test_view_shows_everything_the_standard_asks(cast: Any, at: datetime) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    seen = views.view(code=cast.activity.code, volunteer_id=cast.xiaobo.id, at=at)
    assert (seen.title, seen.place, seen.content, seen.risk_notice, seen.domain_name, seen.sub_domain_name) == (
        cast.activity.title, "淮河大堤", "清理河岸垃圾", "岸边湿滑，注意安全", "基层社会治理", "生态保护",
    )  # fmt: skip
    assert (seen.team_code, seen.danger, seen.places_left, seen.my_record) == (cast.team.code, False, 9, None)
    assert [(shift.code, shift.position, shift.quota, shift.taken, shift.mine) for shift in seen.shifts] == [
        (cast.shift.code, "清洁员", 10, 1, "confirmed")
    ]
    other = views.view(code=cast.activity.code, volunteer_id=None, at=at)
    assert [shift.mine for shift in other.shifts] == [None]


def record_of(cast: Any, at: datetime, person: Volunteer, **more: Any) -> ServiceRecord:
    return store.write(
        lambda: ServiceRecord.create(
            shift=cast.shift,
            activity=cast.activity,
            team=cast.team,
            volunteer=person,
            in_at=at,
            created_at=at,
            region_code=cast.team.region_code,
            local_day="2026-06-10",
            rule_set=cast.hours_rule,
            updated_at=at,
            **more,
        )  # fmt: skip
    )


def test_view_shows_my_record_and_nobody_elses(cast: Any, at: datetime) -> None:
    record = record_of(cast, at, cast.xiaobo, out_at=at + HOUR, minutes=60)
    seen = views.view(code=cast.activity.code, volunteer_id=cast.xiaobo.id, at=at)
    assert seen.my_record == views.MyRecord(record.id, cast.shift.code, "pending", at, at + HOUR, 60)
    assert views.view(code=cast.activity.code, volunteer_id=cast.chali.id, at=at).my_record is None


def test_draft_is_seen_by_its_leaders_only(cast: Any, at: datetime) -> None:
    change(cast.activity, state="draft")
    assert views.view(code=cast.activity.code, volunteer_id=cast.ali.id, at=at).state == "draft"
    for reader in (cast.xiaobo.id, cast.chali.id, None):
        with pytest.raises(Refusal) as refused:
            views.view(code=cast.activity.code, volunteer_id=reader, at=at)
        assert refused.value.code == RefusalCode.NOT_FOUND
    with pytest.raises(Refusal):
        views.view(code="nothing", volunteer_id=cast.ali.id, at=at)


# A leader's day ----------------------------------------------------------------------------------------------


def test_today_holds_the_shanghai_day_of_led_teams(cast: Any, at: datetime) -> None:
    put(cast, at, VILLAGE2)
    put(cast, at, starts_in=15 * HOUR)  # midnight in Shanghai: tomorrow
    late = put(cast, at, starts_in=15 * HOUR - timedelta(minutes=1))[0]
    past = put(cast, at, starts_in=-10 * HOUR, hours=2)[0]  # 23 to 1 o'clock: touches today
    put(cast, at, starts_in=-11 * HOUR, hours=2)  # ended at midnight
    day = views.today(actor=cast.actor(cast.ali), at=at)
    assert [(led.code, led.phase) for led in day] == [
        (past.code, "over"), (cast.activity.code, "coming"), (late.code, "coming"),
    ]  # fmt: skip
    assert views.today(actor=cast.actor(cast.xiaobo), at=at) == []


def test_today_counts_who_is_in_and_who_waits_for_confirmation(cast: Any, at: datetime) -> None:
    start = cast.activity.starts_at
    for person in (cast.xiaobo, cast.chali):
        store.write(lambda person=person: sign_up(at, cast.shift, person))
    record_of(cast, start, cast.xiaobo)
    record_of(cast, start, cast.chali, out_at=start + HOUR, minutes=60)
    record_of(cast, start, cast.officer, out_at=start + HOUR, minutes=60, state="confirmed")
    record_of(cast, start, cast.ali, out_at=start + HOUR, minutes=60, state="void")
    led = views.today(actor=cast.actor(cast.ali), at=start + HOUR)[0]
    assert (led.phase, led.signed_up, led.inside, led.left, led.unconfirmed) == ("running", 2, 1, 2, 2)
    assert [(shift.code, shift.position, shift.quota, shift.taken) for shift in led.shifts] == [
        (cast.shift.code, "清洁员", 10, 2)
    ]


def test_officer_sees_the_day_of_every_team_below(cast: Any, at: datetime) -> None:
    other = put(cast, at, VILLAGE2)[0]
    day = views.today(actor=cast.actor(cast.officer), at=at)
    assert {led.code for led in day} == {cast.activity.code, other.code}


def test_deputy_of_two_teams_sees_both(cast: Any, at: datetime) -> None:
    def appoint() -> None:
        make_activity(at, cast.other_team)
        for team in (cast.team, cast.other_team):
            grant(at, cast.chali, "deputy", team=team)

    store.write(appoint)
    assert len(views.today(actor=cast.actor(cast.chali), at=at)) == 2


# One's own ---------------------------------------------------------------------------------------------------


def test_mine_lists_places_to_come_by_start(cast: Any, at: datetime) -> None:
    soon, soon_shift = put(cast, at, starts_in=HOUR)
    gone_shift = put(cast, at, starts_in=-5 * HOUR)[1]
    left_shift = put(cast, at)[1]
    store.write(
        lambda: [
            sign_up(at, cast.shift, cast.xiaobo), sign_up(at, soon_shift, cast.xiaobo),
            sign_up(at, gone_shift, cast.xiaobo), sign_up(at, left_shift, cast.xiaobo, state="cancelled"),
            sign_up(at, left_shift, cast.chali),
        ]
    )  # fmt: skip
    record_of(cast, at, cast.xiaobo)
    change(soon, state="cancelled")
    places = views.mine(volunteer_id=cast.xiaobo.id, at=at)
    assert [
        (place.activity_code, place.shift_code, place.activity_state, place.checked_in) for place in places
    ] == [
        (soon.code, soon_shift.code, "cancelled", False),
        (cast.activity.code, cast.shift.code, "published", True),
    ]
    assert (places[1].title, places[1].position, places[1].team_name) == (
        cast.activity.title, "清洁员", cast.team.name,
    )  # fmt: skip
