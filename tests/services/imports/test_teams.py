"""Existing teams come in as they are, officers take up their posts or are invited to them."""

from __future__ import annotations

from typing import Any

import pytest

from models import BindInvite, RoleGrant, Team, Volunteer
from services.permissions import Role
from tests.services.imports.files import id_number
from tests.services.imports.test_batches import applied, rows_of, uploaded
from tests.services.imports.test_hours import numbered
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import COUNTY, OTHER_TOWN, TOWN, VILLAGE, make_region


@pytest.fixture
def parts() -> Any:
    return make_parts(FakeGateway())


def team(**more: Any) -> dict[str, Any]:
    return {
        "name": "霍邱老兵先锋队",
        "region": TOWN,
        "speciality": "应急救援",
        "national_no": "AH00012",
        **more,
    }


def test_a_registered_team_keeps_its_name_beside_its_standard_name(parts: Any, cast: Any, at: Any) -> None:
    applied(parts, cast, at, team(founded_on="2021-07-01"), kind="teams")
    made = Team.get(Team.name == "霍邱老兵先锋队")
    assert (made.existing, made.keeps_name, made.state, made.national_no, made.founded_on, made.centre_id) == (
        True, True, "regular", "AH00012", "2021-07-01", cast.centre.id,
    )  # fmt: skip
    assert (made.kind, made.speciality) == ("professional", "rescue")
    assert made.standard_name.startswith("城关镇退役军人“红耀江淮”")
    assert len(made.short_name) <= 10


def test_a_name_of_its_own_needs_its_number(parts: Any, cast: Any, at: Any) -> None:
    code = uploaded(
        parts, cast, at, team(national_no=""),
        team(name="城关镇退役军人“红耀江淮”志愿服务队", speciality="基层治理", national_no=""),
        kind="teams",
    )  # fmt: skip
    assert rows_of(cast, code, at)[0][1:] == ("refused", [("national_no", "row_needs_number")])
    assert rows_of(cast, code, at)[1][1:] == ("new", [])


def test_a_team_that_is_here_gains_its_number(parts: Any, cast: Any, at: Any) -> None:
    known = team(name=cast.team.name, region=VILLAGE, speciality="基层治理", founded_on="2020-01-01")
    applied(parts, cast, at, known, kind="teams")
    kept = Team.get_by_id(cast.team.id)
    assert (kept.national_no, kept.founded_on, kept.existing) == ("AH00012", "2020-01-01", False)
    same = uploaded(parts, cast, at, known, kind="teams")
    taken = uploaded(parts, cast, at, team(name="别处的队"), kind="teams")
    renumbered = uploaded(parts, cast, at, known | {"national_no": "X9999"}, kind="teams")
    assert [rows_of(cast, code, at)[0][1:] for code in (same, taken, renumbered)] == [
        ("same", []), ("refused", [("national_no", "row_number_taken")]),
        ("refused", [("national_no", "row_team_named")]),
    ]  # fmt: skip


def test_rows_of_teams_that_cannot_be_are_refused(parts: Any, cast: Any, at: Any) -> None:
    make_region("341523", "舒城县")
    code = uploaded(
        parts, cast, at, team(region="349999"), team(region="341523", name="乙", national_no="B0001"),
        team(speciality="占卜", name="丙", national_no="C0001"), team(name="<b>", national_no="D0001"),
        kind="teams",
    )  # fmt: skip
    assert [row[2] for row in rows_of(cast, code, at)] == [
        [("region", "region_unknown")], [("region", "row_outside")], [("speciality", "cell_choice")],
        [("name", "cell_text")],
    ]  # fmt: skip


def test_a_place_without_a_centre_above_is_told(parts: Any, cast: Any, at: Any) -> None:
    cast.centre.update(region_code="341599").execute()
    code = uploaded(parts, cast, at, team(), kind="teams")
    assert rows_of(cast, code, at)[0][2] == [("region", "row_no_centre")]


def officer(n: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "name": "孙建军", "document": id_number(n), "phone": "13800000001", "role": "联络员", "region": TOWN, **more,
    }  # fmt: skip


def test_an_officer_who_is_not_here_is_invited_to_his_post(parts: Any, cast: Any, at: Any) -> None:
    code = applied(parts, cast, at, officer(), kind="officers")
    invite = BindInvite.get()
    assert (invite.volunteer.name, invite.volunteer.state, invite.role, invite.region_code, invite.team_id) == (
        "孙建军", "invited", "liaison", TOWN, None,
    )  # fmt: skip
    assert invite.batch_id is not None
    assert RoleGrant.select().where(RoleGrant.volunteer == invite.volunteer_id).count() == 0
    again = uploaded(parts, cast, at, officer(), kind="officers")
    assert rows_of(cast, code, at) == [(2, "new", [])]
    assert rows_of(cast, again, at) == [(2, "same", [])]


def test_an_officer_is_invited_to_the_same_post_at_two_places(parts: Any, cast: Any, at: Any) -> None:
    applied(parts, cast, at, officer(), officer(region=OTHER_TOWN), kind="officers")
    waiting = BindInvite.select().where(BindInvite.used_at.is_null()).order_by(BindInvite.region_code)
    assert [each.region_code for each in waiting] == [TOWN, OTHER_TOWN]
    assert Volunteer.select().where(Volunteer.name == "孙建军").count() == 1


def test_one_number_with_two_names_in_a_file_is_one_officer(parts: Any, cast: Any, at: Any) -> None:
    code = uploaded(parts, cast, at, officer(), officer(name="孙建国", region=OTHER_TOWN), kind="officers")
    assert [row[1:] for row in rows_of(cast, code, at)] == [
        ("new", []), ("refused", [("name", "row_name_differs")]),
    ]  # fmt: skip


def test_an_officer_who_is_here_takes_his_post_up_at_once(parts: Any, cast: Any, at: Any) -> None:
    numbered(cast)
    applied(
        parts,
        cast,
        at,
        officer(100, name="王小博", role="队长", region=VILLAGE, team=cast.team.name),
        kind="officers",
    )
    held = RoleGrant.get(RoleGrant.volunteer == cast.xiaobo)
    assert (held.role, held.team_id, held.region_code, held.granted_by_id) == (
        Role.TEAM_LEADER, cast.team.id, None, cast.officer.id,
    )  # fmt: skip
    assert BindInvite.select().count() == 0


def test_nobody_appoints_himself_or_above_himself_by_a_file(parts: Any, cast: Any, at: Any) -> None:
    numbered(cast)
    RoleGrant.update(role="director").where(RoleGrant.volunteer == cast.officer).execute()
    code = uploaded(
        parts, cast, at, officer(103, name="孙主任"), officer(1, role="管理员"), officer(2, role="队长"),
        kind="officers", region=COUNTY,
    )  # fmt: skip
    assert [row[1:] for row in rows_of(cast, code, at)] == [
        ("refused", [("role", "not_allowed")]), ("refused", [("role", "not_allowed")]),
        ("refused", [("team", "cell_empty")]),
    ]  # fmt: skip
    assert Volunteer.select().where(Volunteer.name == "孙建军").count() == 0
