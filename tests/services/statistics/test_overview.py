"""Figures of a subtree: what the worker counted of people, what stands now of teams and activities."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Commendation, PeriodMinutes, RegionTally, ServiceRecord, Team, TeamRegion, Volunteer, store
from services import scopes
from services.bookkeeping import books
from services.errors import Refusal, RefusalCode
from services.statistics import tally
from services.statistics.overview import Figures, Overview, overview
from tests.support import world
from tests.support.world import CITY, COUNTY, OTHER_TOWN, TOWN, VILLAGE, VILLAGE2, World


def _of(cast: World, at: datetime, region: str = COUNTY) -> Overview:
    return overview(actor=cast.actor(cast.officer), region_code=region, at=at)


def _part(shown: Overview, code: str) -> Figures:
    return next(part for part in shown.parts if part.code == code)


def test_people_are_counted_where_they_live(cast: World, at: datetime) -> None:
    tally.refresh(at=at)
    living = Volunteer.select().where(scopes.within(Volunteer.region_code, (COUNTY,))).count()
    shown = _of(cast, at)
    assert (shown.total.volunteers, _part(shown, TOWN).volunteers, _part(shown, OTHER_TOWN).volunteers) == (
        living, living, 0,
    )  # fmt: skip
    assert shown.counted_at == at


def test_people_who_left_are_not_counted(cast: World, at: datetime) -> None:
    tally.refresh(at=at)
    before = _of(cast, at).total.volunteers
    store.write(lambda: Volunteer.update(state="left").where(Volunteer.id == cast.chali.id).execute())
    tally.refresh(at=at)
    assert _of(cast, at).total.volunteers == before - 1


def test_counting_again_without_a_change_writes_nothing(cast: World, at: datetime) -> None:
    assert tally.refresh(at=at) > 0
    assert tally.refresh(at=at + timedelta(minutes=5)) == 0


def test_counting_after_the_last_person_left_a_place_puts_it_to_nothing(cast: World, at: datetime) -> None:
    tally.refresh(at=at)
    store.write(lambda: Volunteer.update(state="left").execute())
    tally.refresh(at=at)
    assert {row.volunteers for row in RegionTally.select()} == {0}


def test_counting_writes_in_batches(cast: World, at: datetime, monkeypatch: Any) -> None:
    monkeypatch.setattr(tally, "BATCH", 1)
    writes: list[int] = []

    def counted_write(act: Any) -> Any:
        writes.append(1)
        return store.write(act)

    assert tally.refresh(at=at, write=counted_write) == len(writes)


def test_minutes_of_this_year_alone(cast: World, at: datetime) -> None:
    def put() -> None:
        for year, minutes in ((at.year, 90), (at.year - 1, 600)):
            PeriodMinutes.create(
                volunteer=cast.xiaobo, period=str(year), region_code=VILLAGE, minutes=minutes, records=1
            )

    store.write(put)
    tally.refresh(at=at)
    total = _of(cast, at).total
    assert (total.minutes, total.hours, total.served) == (90, 1, 1)


def test_hours_made_up_and_of_another_system_stand_apart(cast: World, at: datetime) -> None:
    """Under the division where the person's minutes stand, whatever team they were served with."""

    def serve(source: str, minutes: int, region: str = VILLAGE, state: str = "confirmed", year: int = at.year) -> None:
        record = ServiceRecord.create(
            team=cast.team, volunteer=cast.xiaobo, region_code=region, local_day=f"{year}-05-02", minutes=minutes,
            state=state, source=source, rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )  # fmt: skip
        if state == "confirmed":
            books.post_service(record=record, actor_id=None, at=at)

    def all_of_them() -> None:
        serve("scan", 60)
        serve("supplement", 120)
        serve("supplement", 60, VILLAGE2)
        serve("transferred", 600)
        serve("supplement", 60, state="pending")
        serve("supplement", 60, year=at.year - 1)

    store.write(all_of_them)
    tally.refresh(at=at)
    shown = _of(cast, at)
    assert (shown.total.hours, shown.total.supplement_hours, shown.total.transferred_hours) == (14, 3, 10)
    part = _part(_of(cast, at, TOWN), VILLAGE)
    assert (part.hours, part.supplement_hours, part.transferred_hours) == (14, 3, 10)
    assert tally.refresh(at=at) == 0


def test_teams_and_the_places_without_one(cast: World, at: datetime) -> None:
    shown = _of(cast, at, TOWN)
    with_team = {row.region_code for row in Team.select()}
    assert _part(shown, VILLAGE).gaps == (0 if VILLAGE in with_team else 1)
    assert shown.total.teams == Team.select().where(scopes.within(Team.region_code, (TOWN,))).count()
    assert shown.total.expected == shown.total.gaps + len(with_team & {TOWN, VILLAGE, VILLAGE2})


def test_joint_team_covers_its_other_village_and_counts_once(cast: World, at: datetime) -> None:
    store.write(lambda: world.make_region("341522100203", "三里村"))
    before = _of(cast, at, TOWN).total
    store.write(lambda: TeamRegion.create(team=cast.team, region_code="341522100203"))
    after = _of(cast, at, TOWN).total
    assert (after.teams, after.gaps) == (before.teams, before.gaps - 1)


@pytest.mark.parametrize("state", ["founding", "dissolved", "merged"])
def test_team_that_is_not_there_leaves_its_place_without_one(cast: World, at: datetime, state: str) -> None:
    before = _of(cast, at).total
    store.write(lambda: Team.update(state=state).where(Team.id == cast.team.id).execute())
    after = _of(cast, at).total
    assert (after.teams, after.gaps) == (before.teams - 1, before.gaps + 1)


def test_team_with_an_activity_lately_is_active(cast: World, at: datetime) -> None:
    over = cast.activity.starts_at + timedelta(days=1)
    assert _of(cast, over).total.active == 1
    assert _of(cast, over + timedelta(days=90)).total.active == 0


def test_commended_team_counts_once(cast: World, at: datetime) -> None:
    for title in ("先进", "优秀"):
        store.write(
            lambda title=title: Commendation.create(
                team=cast.team, title=title, awarded_by="县", awarded_on="2026-01-01", at=at
            )
        )
    assert _of(cast, at).total.commended == 1


def test_share_of_veterans_among_members(cast: World, at: datetime) -> None:
    assert Figures("", "", members=3, member_veterans=2).veteran_share == 66
    assert Figures("", "").veteran_share is None


def test_leadership_view_sees_numbers(cast: World, at: datetime) -> None:
    store.write(lambda: world.grant(at, cast.chali, "viewer", region=COUNTY))
    assert overview(actor=cast.actor(cast.chali), region_code=TOWN, at=at).total.code == TOWN


@pytest.mark.parametrize("region", [CITY, "99"])
def test_division_that_is_none_of_ones_business_is_not_there(cast: World, at: datetime, region: str) -> None:
    with pytest.raises(Refusal) as no:
        _of(cast, at, region)
    assert no.value.code is RefusalCode.NOT_FOUND


def test_what_lies_on_the_division_itself_stands_in_a_row_of_its_own_sum(cast: World, at: datetime) -> None:
    store.write(lambda: Team.update(region_code=COUNTY).where(Team.id == cast.team.id).execute())
    shown = _of(cast, at)
    assert shown.total.teams == sum(part.teams for part in shown.parts) == Team.select().count()
