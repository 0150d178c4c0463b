"""Finding a team by the name people say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Region, Team, TeamRegion, store
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.recruitment import finding
from tests.support import world
from tests.support.world import VILLAGE, VILLAGE2, World


def names(cast: World, text: str = "", person: Any = None) -> list[str]:
    found = finding.find(actor=cast.actor(person or cast.chali), text=text)
    return [each.name for each in found]


def test_nobody_registered_finds_nothing(cast: World) -> None:
    with pytest.raises(Refusal) as refused:
        finding.find(actor=Actor(door="pages"))
    assert refused.value.code == RefusalCode.NOT_REGISTERED


@pytest.mark.parametrize("text", ["东湖", "东湖村", "  东湖　社区 ", "%", "_", "’", "东湖志愿服务队"])
def test_signs_of_a_search_do_no_harm(cast: World, text: str) -> None:
    assert cast.team.name in names(cast, text)


def test_code_of_a_team_finds_it(cast: World) -> None:
    assert names(cast, cast.other_team.code.upper()) == [cast.other_team.name]


def test_nearest_stands_first_and_a_joint_team_is_near(cast: World, at: datetime) -> None:
    def make() -> Team:
        far = world.make_team(at, cast.centre, "城关镇巡堤服务队", "341522100")
        TeamRegion.create(team=cast.other_team, region_code=VILLAGE)
        return far

    far = store.write(make)
    assert names(cast) == [cast.team.name, cast.other_team.name, far.name]


def test_registered_name_of_old_is_found_by_its_standard_name(cast: World, at: datetime) -> None:
    store.write(
        lambda: world.make_team(
            at, cast.centre, "老兵之家", keeps_name=True, standard_name="南河村退役军人“红耀江淮”志愿服务队"
        )
    )
    assert names(cast, "南河") == ["老兵之家"]


def test_team_of_the_practice_area_is_only_found_from_inside(cast: World, at: datetime) -> None:
    def make() -> Any:
        world.make_region("99", "练习省")
        world.make_team(at, cast.centre, "东湖练习队", "99")
        return world.make_volunteer(at, "练习员", region_code="99")

    person = store.write(make)
    assert "东湖练习队" not in names(cast, "东湖")
    assert names(cast, "东湖", person) == ["东湖练习队"]


def test_place_knows_whether_it_has_a_team(cast: World, at: datetime) -> None:
    def here() -> finding.AtHome:
        return finding.at_home(volunteer_id=cast.chali.id)

    def state(word: str) -> None:
        store.write(lambda: Team.update(state=word).where(Team.id == cast.team.id).execute())

    assert (here().team, here().founding, here().expected) == (True, "", True)
    state("founding")
    assert (here().team, here().founding) == (False, cast.team.code)
    state("dissolved")
    assert (here().team, here().founding) == (False, "")
    store.write(lambda: TeamRegion.create(team=cast.other_team, region_code=VILLAGE))
    assert here().team is True
    store.write(lambda: Region.update(has_team=False).where(Region.code.in_([VILLAGE, VILLAGE2])).execute())
    assert here().expected is False
