"""The teams that are somebody's to lead, on pages and in boxes."""

from __future__ import annotations

from datetime import datetime

import pytest

from models import Centre, Team, store
from services import leading
from services.listing import Wanted
from services.organisation import team_list
from tests.support.world import COUNTY, TOWN, World


def more_teams(count: int, at: datetime) -> None:
    centre = Centre.get()
    rows = [
        {
            "code": f"more{number:03d}", "name": f"更多{number:03d}", "short_name": "更多", "kind": "grassroots",
            "speciality": "visits", "region_code": TOWN, "centre": centre, "created_at": at,
        }
        for number in range(count)
    ]  # fmt: skip
    store.write(lambda: Team.insert_many(rows).execute())


def test_teams_of_a_county_come_page_by_page(cast: World, at: datetime) -> None:
    more_teams(60, at)
    actor = cast.actor(cast.officer)
    first = team_list.led(actor=actor, wanted=Wanted(), at=at)
    assert (len(first.rows), first.total, first.pages) == (50, 62, 2)
    second = team_list.led(actor=actor, wanted=Wanted(page=2), at=at)
    assert len(second.rows) == 12
    assert {each.code for each in first.rows} & {each.code for each in second.rows} == set()


def test_teams_are_found_by_name(cast: World, at: datetime) -> None:
    more_teams(3, at)
    found = team_list.led(actor=cast.actor(cast.officer), wanted=Wanted(text="更多001"), at=at)
    assert [(each.code, each.members) for each in found.rows] == [("more001", 0)]


def test_leader_sees_the_teams_he_leads(cast: World, at: datetime) -> None:
    found = team_list.led(actor=cast.actor(cast.ali), wanted=Wanted(), at=at)
    assert [each.code for each in found.rows] == [cast.team.code]
    assert leading.leads_any(actor=cast.actor(cast.ali), at=at) is True


def test_who_leads_nothing_sees_no_team(cast: World, at: datetime) -> None:
    assert team_list.led(actor=cast.actor(cast.chali), wanted=Wanted(), at=at).rows == []
    assert leading.leads_any(actor=cast.actor(cast.chali), at=at) is False


def test_box_holds_so_many_teams_and_the_chosen_one(cast: World, at: datetime) -> None:
    more_teams(60, at)
    actor = cast.actor(cast.officer)
    offered = [each.code for each in leading.offered_teams(actor=actor, at=at)]
    assert len(offered) == leading.OFFERED == 50
    left_out = (set(Team.select(Team.code).tuples()) - {(code,) for code in offered}).pop()[0]
    assert leading.offered_teams(actor=actor, chosen=left_out, at=at)[0].code == left_out


@pytest.mark.parametrize("chosen", ["nothing", "other"])
def test_box_does_not_offer_a_team_that_is_not_his(cast: World, at: datetime, chosen: str) -> None:
    code = cast.other_team.code if chosen == "other" else chosen
    offered = leading.offered_teams(actor=cast.actor(cast.ali), chosen=code, at=at)
    assert [each.code for each in offered] == [cast.team.code]
    assert COUNTY in offered[0].region_code
