"""A village goes into another one or gets another number: what lives goes along, books keep their code."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from models import Centre, History, Region, RegionSuccession, RoleGrant, Team, Volunteer, store
from services.organisation import successions
from services.regions import RegionFileError
from tests.support import world
from tests.support.world import OTHER_TOWN, TOWN, VILLAGE, VILLAGE2, World

HEAD = "old_code,new_code,effective_on,reason\n"


def file(path: Path, text: str, head: str = HEAD) -> Path:
    made = path / "merge.csv"
    made.write_text(head + text, encoding="utf-8")
    return made


def test_merged_village_takes_its_teams_and_people_along(cast: World, at: datetime, tmp_path: Path) -> None:
    store.write(lambda: world.grant(at, cast.chali, "station_officer", region=VILLAGE))
    path = file(tmp_path, f"{VILLAGE},{VILLAGE2},2026-06-01,并村\n")
    assert (successions.merge(path=path, at=at), successions.merge(path=path, at=at)) == (1, 0)
    assert Region.get_by_id(VILLAGE).closed_on == "2026-06-01"
    assert Team.get_by_id(cast.team.id).region_code == VILLAGE2
    assert Volunteer.get_by_id(cast.xiaobo.id).region_code == VILLAGE2
    assert RoleGrant.get(RoleGrant.volunteer == cast.chali).until == at
    row = RegionSuccession.get()
    assert (row.old_code, row.new_code, row.reason) == (VILLAGE, VILLAGE2, "并村")
    assert {line.subject: line.verb for line in History.select().where(History.subject.startswith("region:"))} == {
        f"region:{VILLAGE}": "closed", f"region:{VILLAGE2}": "succeeded",
    }  # fmt: skip


def test_renumbered_village_keeps_its_centre_and_officers(cast: World, at: datetime, tmp_path: Path) -> None:
    new = "341522101201"

    def make() -> None:
        world.make_region(new, "东湖社区居委会")
        Centre.create(region_code=VILLAGE, kind="station", name="站", created_at=at)
        world.grant(at, cast.chali, "station_officer", region=VILLAGE)

    store.write(make)
    successions.merge(path=file(tmp_path, f"{VILLAGE},{new},2026-06-01,\n"), at=at)
    assert Centre.select().where(Centre.region_code == new).count() == 1
    grant = RoleGrant.get(RoleGrant.volunteer == cast.chali)
    assert (grant.region_code, grant.until) == (new, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{VILLAGE},{VILLAGE2},2026-06-01\n", "columns"),
        (f"{VILLAGE},{VILLAGE2},someday,r\n", "day"),
        (f"{VILLAGE},{VILLAGE2},2027-01-01,r\n", "day"),
        (f"{VILLAGE},999999999999,2026-06-01,r\n", "unknown"),
        (f"{VILLAGE},{VILLAGE},2026-06-01,r\n", "unknown"),
        (f"{VILLAGE},{TOWN},2026-06-01,r\n", "level"),
        (f"{TOWN},{OTHER_TOWN},2026-06-01,r\n", "children"),
        (f"{VILLAGE},{VILLAGE2},2026-06-01,r\n" * 2, "twice"),
    ],
)
def test_bad_line_changes_nothing(cast: World, at: datetime, tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(RegionFileError) as refused:
        successions.merge(path=file(tmp_path, text), at=at)
    assert refused.value.reason == reason
    assert Region.select().where(Region.closed_on.is_null(False)).count() == 0


def test_other_file_is_refused(cast: World, at: datetime, tmp_path: Path) -> None:
    with pytest.raises(RegionFileError):
        successions.merge(path=file(tmp_path, "", "code,name,level\n"), at=at)
