"""A division is renamed or merged: its teams' names follow by an officer's act, registered names stay (S66, S67)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from models import Delivery, History, Region, Speciality, Team, store
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.organisation import names, renaming, successions
from tests.services.organisation.places import BRAND, EMPTY, EMPTY2, STANDARD, Places
from tests.support import world
from tests.support.world import CITY, COUNTY, PROVINCE, TOWN, VILLAGE, World

C = RefusalCode
NEW = "淮河村退役军人“红耀江淮”志愿服务队"


def rename(code: str, name: str) -> None:
    store.write(lambda: Region.update(place_name=name, name=name).where(Region.code == code).execute())


def team(places: Places, region: str = EMPTY, **more: Any) -> Team:
    fields = {"standard_name": STANDARD, "short_name": "南河村服务队", **more}
    name = fields.pop("name", fields["standard_name"])
    return store.write(lambda: world.make_team(places.at, places.cast.centre, name, region, **fields))


def seen(places: Places, person: Any = None) -> list[tuple[str, str, bool, bool]]:
    found = renaming.listed(
        actor=places.cast.actor(person or places.station, "console"), wanted=Wanted(), brand=BRAND, at=places.at
    )
    return [(row.name, row.follows, row.keeps, row.taken) for row in found.rows]


def follow(places: Places, one: Team, person: Any = None) -> Team:
    actor = places.cast.actor(person or places.station, "console")
    renaming.follow(actor=actor, code=one.code, brand=BRAND, at=places.at)
    return Team.get_by_id(one.id)


@pytest.mark.parametrize("code", [PROVINCE, CITY, COUNTY, TOWN, VILLAGE])
@pytest.mark.parametrize("kind", ["governance", "rescue"])
@pytest.mark.parametrize("site", ["", "阳光小区"])
def test_database_makes_the_names_that_the_house_makes(
    cast: World, at: datetime, code: str, kind: str, site: str
) -> None:
    what, region = Speciality.get_by_id(kind), Region.get_by_id(code)
    made = names.standard_name(
        region=region, kind=what.kind, speciality=what.name, brand=BRAND, site_name=site
    )
    facts = {"kind": what.kind, "speciality": kind, "site_name": site, "standard_name": made}
    one = store.write(lambda: world.make_team(at, cast.centre, made, code, **facts))
    assert renaming.behind(code=one.code, brand=BRAND) is None
    rename(code, "新地名")
    found = renaming.behind(code=one.code, brand=BRAND)
    assert found is not None
    assert found.follows.startswith(f"新地名{site}退役军人")


def test_renamed_village_leaves_its_team_behind_until_an_officer_acts(places: Places) -> None:
    one = team(places)
    store.write(lambda: world.grant(places.at, places.li, "team_leader", team=one))
    assert seen(places) == []
    rename(EMPTY, "淮河村")
    assert seen(places) == [(STANDARD, NEW, False, False)]
    now = follow(places, one)
    assert (now.name, now.standard_name, now.short_name, now.keeps_name) == (NEW, NEW, "淮河村服务队", False)
    assert seen(places) == []
    assert [row.kind for row in Delivery.select().where(Delivery.volunteer == places.li)] == ["team_renamed"]
    line = History.get(History.subject == f"team:{one.id}")
    assert (line.verb, line.changes["name"]) == ("team_renamed", [STANDARD, NEW])
    follow(places, one)
    assert History.select().where(History.subject == f"team:{one.id}").count() == 1


def test_registered_team_keeps_its_name_and_only_the_standard_name_follows(places: Places) -> None:
    kept = team(places, name="老兵之家", keeps_name=True, national_no="3415000001")
    numbered = team(places, region=EMPTY2, standard_name="北河村退役军人“红耀江淮”志愿服务队", national_no="3415000002")
    rename(EMPTY, "淮河村")
    rename(EMPTY2, "江河村")
    assert [(name, keeps) for name, _, keeps, _ in seen(places)] == [("老兵之家", True), (numbered.name, True)]
    first, second = follow(places, kept), follow(places, numbered)
    assert (first.name, first.standard_name, first.keeps_name) == ("老兵之家", NEW, True)
    assert (second.name, second.standard_name, second.keeps_name) == (
        numbered.name, "江河村退役军人“红耀江淮”志愿服务队", True,
    )  # fmt: skip
    assert Delivery.select().count() == 0


def test_short_name_of_its_own_stays(places: Places) -> None:
    one = team(places, short_name="老兵先锋队")
    rename(EMPTY, "淮河村")
    assert follow(places, one).short_name == "老兵先锋队"


def test_merged_villages_cannot_both_take_the_one_name(places: Places, tmp_path: Path) -> None:
    one, two = team(places), team(places, EMPTY2, standard_name="北河村退役军人“红耀江淮”志愿服务队")
    path = tmp_path / "merge.csv"
    path.write_text(f"old_code,new_code,effective_on,reason\n{EMPTY2},{EMPTY},2026-06-01,并村\n", encoding="utf-8")
    successions.merge(path=path, at=places.at)
    assert seen(places) == [(two.name, STANDARD, False, True)]
    with pytest.raises(Refusal) as refused:
        follow(places, two)
    assert refused.value.code == C.TEAM_NAME_TAKEN
    actor = places.cast.actor(places.station, "console")
    assert renaming.follow_all(actor=actor, brand=BRAND, at=places.at) == renaming.Followed(0, 1)
    store.write(lambda: Team.update(state="merged", merged_into=two.id).where(Team.id == one.id).execute())
    assert follow(places, two).name == STANDARD


def test_all_that_wait_follow_at_once_below_the_division_named(places: Places) -> None:
    team(places)
    team(places, EMPTY2, standard_name="北河村退役军人“红耀江淮”志愿服务队")
    rename(EMPTY, "淮河村")
    rename(EMPTY2, "江河村")
    actor = places.cast.actor(places.station, "console")
    assert renaming.follow_all(actor=actor, region_code=EMPTY, brand=BRAND, at=places.at) == renaming.Followed(1, 0)
    assert [name for name, *_ in seen(places)] == ["北河村退役军人“红耀江淮”志愿服务队"]
    assert renaming.follow_all(actor=actor, brand=BRAND, at=places.at) == renaming.Followed(1, 0)
    assert seen(places) == []


def test_only_who_manages_there_sees_it_and_acts(places: Places) -> None:
    one = team(places)
    store.write(lambda: world.grant(places.at, places.hong, "station_officer", region=VILLAGE))
    store.write(lambda: world.grant(places.at, places.li, "team_leader", team=one))
    rename(EMPTY, "淮河村")
    assert seen(places, places.hong) == []
    for person, code in ((places.hong, C.NOT_FOUND), (places.li, C.NOT_ALLOWED)):
        with pytest.raises(Refusal) as refused:
            follow(places, one, person)
        assert refused.value.code == code
    with pytest.raises(Refusal) as refused:
        renaming.follow_all(actor=places.cast.actor(places.li, "console"), brand=BRAND, at=places.at)
    assert refused.value.code == C.NOT_ALLOWED
    hong = places.cast.actor(places.hong, "console")
    assert renaming.follow_all(actor=hong, brand=BRAND, at=places.at) == renaming.Followed(0, 0)


def test_closed_team_keeps_the_name_it_had(places: Places) -> None:
    one = team(places, state="dissolved")
    rename(EMPTY, "淮河村")
    assert seen(places) == []
    with pytest.raises(Refusal) as refused:
        follow(places, one)
    assert refused.value.code == C.TEAM_STATE
