"""队名跟着地名 at the console."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from models import Region, Team, store
from tests.console.conftest import Desk
from tests.support.world import VILLAGE, VILLAGE2, World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desks = Callable[..., Desk]
OLD, NEW = "东湖社区退役军人“红耀江淮”志愿服务队", "淮河社区退役军人“红耀江淮”志愿服务队"


@pytest.fixture
def renamed(cast: World) -> World:
    def act() -> None:
        Team.update(standard_name=OLD).where(Team.id == cast.team.id).execute()
        Region.update(place_name="淮河社区").where(Region.code == VILLAGE).execute()

    store.write(act)
    return cast


def test_list_names_the_teams_behind_and_one_press_brings_them_on(renamed: World, desk: Desks) -> None:
    browser = desk(renamed.officer)
    assert 'href="/console/team-names"' in browser.get("/console/manage").text
    text = browser.get("/console/team-names").text
    assert (OLD in text, NEW in text, "队名要改" in text) == (True, True, True)
    done = browser.post("/console/team-names", {"region": VILLAGE2})
    assert done.location == f"/console/team-names?region={VILLAGE2}&followed=0&taken=0"
    done = browser.post("/console/team-names", {})
    assert done.location == "/console/team-names?followed=1&taken=0"
    after = browser.get(done.location).text
    assert ("1 支队改好了" in after, "队名都和地名一致" in after) == (True, True)
    assert Team.get_by_id(renamed.team.id).name == NEW


def test_team_page_offers_the_new_name(renamed: World, desk: Desks) -> None:
    path = f"/console/teams/{renamed.team.code}"
    browser = desk(renamed.officer)
    assert NEW in browser.get(path).text
    assert "地名改了" not in desk(renamed.ali).get(path).text
    assert desk(renamed.ali).post(f"{path}/standard-name").status_code == 403
    assert browser.post(f"{path}/standard-name").location == f"{path}?done=saved"
    text = browser.get(path).text
    assert ("地名改了" in text, "队名跟着地名改" in text, NEW in text) == (False, True, True)


def test_name_that_is_taken_is_said_beside_it(renamed: World, desk: Desks, at: datetime) -> None:
    store.write(
        lambda: Team.update(standard_name=NEW, region_code=VILLAGE).where(Team.id == renamed.other_team.id).execute()
    )
    browser = desk(renamed.officer)
    path = f"/console/teams/{renamed.team.code}"
    assert "请先合并" in browser.get(path).text
    assert browser.post(f"{path}/standard-name").status_code == 409
    assert "有同名的队，先合并" in browser.get("/console/team-names").text


def test_list_is_none_of_a_leaders_business(renamed: World, desk: Desks) -> None:
    assert desk(renamed.ali).get("/console/team-names").status_code == 403
    assert desk(renamed.ali).post("/console/team-names").status_code == 403
    assert desk(renamed.officer).get("/console/team-names?format=xlsx").data[:2] == b"PK"
