"""Whom to call first: each step of the order decides between teams that are alike in all steps before it."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from models import Activity, Dispatch, ServiceRecord, Team, TeamRegion, VolunteerSkill, store
from services.dispatch import calls, points, proposing
from services.dispatch.points import line_km
from services.errors import RefusalCode
from tests.services.dispatch.conftest import HOUR, SIBLING_TOWN, Flood, refused
from tests.support import world
from tests.support.world import CITY, COUNTY, OTHER_TOWN, TOWN, VILLAGE

C = RefusalCode
#: 城关镇, and what lies about so many kilometres north of it.
LAT, LON = 32.30, 116.28


def order(flood: Flood, at: datetime, reach: str = COUNTY, **more: Any) -> list[str]:
    code = calls.write_down(actor=flood.officer, draft=flood.draft(**more), at=at)
    dispatch = Dispatch.get(Dispatch.code == code)
    dispatch.reach = reach
    names = {row.id: row.short_name for row in Team.select()}
    return [names[each.team_id] for each in proposing.in_order(dispatch=dispatch, at=at)]


def put(flood: Flood, at: datetime, name: str, km: float) -> None:
    """The team musters so many kilometres (straight) north of the town."""
    points.put(
        actor=flood.lead(name), region_code="", name=f"{name}集结点", lat=f"{LAT + km / 111.19:.6f}", lon=str(LON),
        team_code=flood.teams[name].code, at=at,
    )  # fmt: skip


def town_point(flood: Flood, at: datetime) -> str:
    return points.put(
        actor=flood.officer, region_code=TOWN, name="大堤", lat=str(LAT), lon=str(LON), stands_for="division", at=at
    )


def test_own_township_then_county_professional_first_then_nothing_beyond_reach(flood: Flood, at: datetime) -> None:
    assert order(flood, at) == ["城东", "城西", "救援", "河口"]
    assert order(flood, at, CITY) == ["城东", "城西", "救援", "河口", "邻县"]


def test_joint_team_that_covers_the_township_is_its_own(flood: Flood, at: datetime) -> None:
    store.write(lambda: TeamRegion.create(team=flood.teams["河口"], region_code=VILLAGE))
    assert order(flood, at)[:3] == ["城东", "城西", "河口"]


def test_nearer_band_goes_before_professional_and_far_neighbours_fall_out(flood: Flood, at: datetime) -> None:
    town_point(flood, at)
    put(flood, at, "救援", 20)  # 28 km by road
    put(flood, at, "河口", 5)
    put(flood, at, "邻县", 70)  # 98 km by road, more than 80
    assert order(flood, at, CITY) == ["城东", "城西", "河口", "救援"]
    put(flood, at, "邻县", 30)
    assert order(flood, at, CITY)[-1] == "邻县"
    put(flood, at, "救援", 200)  # far away, but the county's own
    put(flood, at, "邻县", 200)
    assert order(flood, at, CITY) == ["城东", "城西", "河口", "救援"]
    store.write(lambda: TeamRegion.create(team=flood.teams["邻县"], region_code=VILLAGE))
    assert order(flood, at, CITY)[:3] == ["城东", "城西", "邻县"]  # joint for this village, wherever it musters


def test_speciality_asked_for_goes_before_other_professions(flood: Flood, at: datetime) -> None:
    store.write(
        lambda: flood.add("宣讲", COUNTY, 4, kind="professional", speciality="red_lecture")
    )
    assert order(flood, at, speciality="red_lecture")[2:4] == ["宣讲", "救援"]
    assert order(flood, at, speciality="rescue")[2:4] == ["救援", "宣讲"]
    assert order(flood, at)[2:4] == ["救援", "宣讲"]  # a flood is the rescuers'


def test_tired_teams_go_after_rested_ones_and_the_busy_do_not_count(flood: Flood, at: datetime) -> None:
    def tire() -> None:
        activity, shift = world.make_activity(at, flood.teams["城东"], starts_in=-8 * HOUR, hours=6)
        for person in flood.members["城东"][:4]:
            ServiceRecord.create(
                shift=shift, activity=activity, team=flood.teams["城东"], volunteer=person, region_code=VILLAGE,
                local_day="2026-06-10", in_at=at - 8 * HOUR, out_at=at - 2 * HOUR, rule_set=flood.cast.hours_rule,
                created_at=at, updated_at=at,
            )  # fmt: skip
        _, busy = world.make_activity(at, flood.teams["城西"], starts_in=HOUR, emergency=True)
        for person in flood.members["城西"]:
            world.sign_up(at, busy, person)

    store.write(tire)
    assert order(flood, at) == ["城东", "救援", "河口"]  # 城西 has its hands full
    assert order(flood, at, starts_at=at + 3 * HOUR, ends_at=at + 5 * HOUR)[:2] == ["城西", "城东"]


def test_everyday_activity_keeps_nobody_from_what_is_urgent(flood: Flood, at: datetime) -> None:
    def sign_up() -> None:
        _, busy = world.make_activity(at, flood.teams["城西"], starts_in=HOUR)
        for person in flood.members["城西"]:
            world.sign_up(at, busy, person)

    store.write(sign_up)
    assert "城西" in order(flood, at)
    assert "城西" not in order(flood, at, urgent=False)


def test_call_for_a_whole_county_goes_by_distance(flood: Flood, at: datetime) -> None:
    town_point(flood, at)
    put(flood, at, "河口", 2)
    put(flood, at, "城东", 30)
    points.put(
        actor=flood.officer, region_code=COUNTY, name="县里", lat=str(LAT), lon=str(LON), stands_for="division", at=at
    )
    assert order(flood, at, place_region=COUNTY) == ["救援", "城西", "河口", "城东"]


def test_skills_count_only_those_who_have_one(flood: Flood, at: datetime) -> None:
    store.write(lambda: VolunteerSkill.create(volunteer=flood.members["河口"][2], skill="boat", at=at))
    assert order(flood, at, skills=("boat",)) == ["河口"]


def test_teams_called_or_without_a_leader_are_left_out(flood: Flood, at: datetime) -> None:
    from models import RoleGrant

    RoleGrant.update(until=at).where(RoleGrant.team_id == flood.teams["城东"].id).execute()
    assert "城东" not in order(flood, at)
    code = flood.start(people=4)
    dispatch = Dispatch.get(Dispatch.code == code)
    left = {each.team_id for each in proposing.in_order(dispatch=dispatch, at=at)}
    assert left.isdisjoint({flood.teams[name].id for name in flood.called(code)})
    assert Activity.select().where(Activity.title == dispatch.title).count() == 0


def test_wave_stops_when_enough_people_are_asked(flood: Flood, at: datetime) -> None:
    code = calls.write_down(actor=flood.officer, draft=flood.draft(people=4), at=at)
    dispatch = Dispatch.get(Dispatch.code == code)
    picked = proposing.pick(dispatch=dispatch, missing=4, at=at)  # 150 % of 4
    assert [each.fits for each in picked] == [5, 4]


def test_points_are_kept_by_those_who_may_and_only_where_they_can_lie(flood: Flood, at: datetime) -> None:
    facts = {"region_code": TOWN, "name": "大堤", "at": at}
    for lat, lon in (("x", "116"), ("116.3", "32.3"), ("nan", "116"), ("32", "")):
        assert refused(lambda a=lat, b=lon: points.put(actor=flood.officer, lat=a, lon=b, **facts)) is C.FIELD_WRONG
    one = {"lat": "32.3", "lon": "116.2"}
    assert refused(lambda: points.put(actor=flood.lead("城东"), **one, **facts)) is C.NOT_FOUND
    first, second = (points.put(actor=flood.officer, stands_for="division", **one, **facts) for _ in range(2))
    assert points.offered(region_code=COUNTY) == [(second, "六安市霍邱县城关镇 大堤")]
    points.end(actor=flood.officer, code=second, at=at)
    assert points.offered(region_code=COUNTY) == []
    assert first != second


@given(st.lists(st.tuples(
    st.floats(20, 40), st.floats(100, 120)), min_size=3, max_size=3
))  # fmt: skip
@settings(max_examples=50, deadline=None)
def test_distance_is_symmetric_and_no_way_round_is_shorter(spots: list[tuple[float, float]]) -> None:
    one, two, three = [(round(lat * 1e6), round(lon * 1e6)) for lat, lon in spots]
    legs = [line_km(*a, *b) for a, b in pairwise((one, two, three))]
    assert line_km(*one, *three) <= sum(legs) + 1e-6
    assert abs(line_km(*one, *two) - line_km(*two, *one)) < 1e-9


def test_distance_is_right_between_two_known_places() -> None:
    # Hefei and Beijing, by any atlas about 900 km
    assert 880 < line_km(31_820_000, 117_230_000, 39_900_000, 116_400_000) < 920


def test_unknown_place_far_away_still_has_an_order(flood: Flood, at: datetime) -> None:
    code = calls.write_down(
        actor=flood.officer, draft=flood.draft(place_region=OTHER_TOWN, starts_at=at + timedelta(days=1),
                                               ends_at=at + timedelta(days=1, hours=3)), at=at,
    )  # fmt: skip
    dispatch = Dispatch.get(Dispatch.code == code)
    assert [each.near for each in proposing.in_order(dispatch=dispatch, at=at)] == [0, 1, 1, 1]
    assert SIBLING_TOWN.startswith(CITY)
