"""The page of the programme's numbers: what holds, where it comes from, changing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from handlers.console import policy
from models import store
from services import rules
from services.actors import OPERATOR
from services.policy import numbers
from tests.console.conftest import Desk
from tests.support import world
from tests.support.world import COUNTY, PROVINCE, TOWN, World

ONE = f"/console/policy/team/min_members?region={COUNTY}"


def _county(cast: World, at: datetime) -> int:
    return int(rules.rule("team", COUNTY, at).params["min_members"])


def test_page_shows_the_county_its_numbers(cast: World, desk: Callable[..., Desk]) -> None:
    answer = desk(cast.officer).get("/console/policy")
    assert answer.status_code == 200
    assert "建队最少人数" in answer.text
    assert "5 人" in answer.text


def test_levels_and_sources_are_told_in_words(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    officer = desk(cast.officer)
    path = f"/console/policy/team/professional_min_level?region={COUNTY}"
    page = officer.get(path).text
    assert "<strong>乡镇</strong>" in page
    assert "省里的意见，三（一）组建队伍" in page
    assert "S23" not in page
    sent = {"value": "3", "reason": "县里先建", "valid_on": ""}
    assert officer.post(path, sent).status_code == 303
    assert rules.rule("team", COUNTY, at).params["professional_min_level"] == 3
    assert "乡镇 改为 县" in officer.get(path).text
    assert officer.post(path, sent | {"value": "6"}).status_code == 400


@pytest.mark.parametrize(
    ("source", "told"),
    [("S1", "省里的意见，一、总体思路"), ("S32", "省里的意见，三（一）组建队伍"),
     ("S33", "省里的意见，三（二）分类管理"), ("S120", "系统为落实省里的意见而定"), ("条例 §16", "条例 §16")],
)  # fmt: skip
def test_source_is_the_part_of_the_document(db: object, source: str, told: str) -> None:
    assert policy.basis(source) == told


def test_page_of_a_division_above_is_not_there(cast: World, desk: Callable[..., Desk]) -> None:
    assert desk(cast.officer).get(f"/console/policy?region={PROVINCE}").status_code == 404


def test_page_is_nothing_for_a_team_leader(cast: World, desk: Callable[..., Desk]) -> None:
    assert desk(cast.ali).get("/console/policy").status_code == 403


def test_number_is_set(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    answer = desk(cast.officer).post(ONE, {"value": "8", "reason": "人少"})
    assert (answer.status_code, answer.location) == (
        303, f"/console/policy?region={COUNTY}&done=saved#team.min_members",
    )  # fmt: skip
    assert _county(cast, at) == 8


def test_number_out_of_its_limits_is_said_beside_its_box(
    cast: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    answer = desk(cast.officer).post(ONE, {"value": "一大堆", "reason": "人少"})
    assert answer.status_code == 400
    assert 'id="wrong-value"' in answer.text
    assert 'value="一大堆"' in answer.text
    assert _county(cast, at) == 5


def test_number_without_a_reason_is_said_beside_its_box(cast: World, desk: Callable[..., Desk]) -> None:
    assert 'id="wrong-reason"' in desk(cast.officer).post(ONE, {"value": "8", "reason": ""}).text


@pytest.mark.parametrize(
    ("path", "typed", "stored"),
    [
        ("modules/mall", {"value": "yes"}, True),
        ("stars/hours", {"value": "80、200，500 900 1400"}, [80, 200, 500, 900, 1400]),
        ("coverage/targets", {"day5": "2027-06-30"}, {"5": "2027-06-30"}),
    ],
)
def test_number_of_each_type_is_read_from_its_form(
    cast: World, at: datetime, desk: Callable[..., Desk], path: str, typed: dict[str, Any], stored: Any
) -> None:
    browser = desk(cast.officer)
    assert browser.get(f"/console/policy/{path}?region={COUNTY}").status_code == 200
    assert (
        browser.post(f"/console/policy/{path}?region={COUNTY}", {**typed, "reason": "r"}).status_code == 303
    )
    kind, _, name = path.partition("/")
    assert rules.rule(kind, COUNTY, at).params[name] == stored


def test_number_of_ones_own_is_given_up(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    browser = desk(cast.officer)
    browser.post(ONE, {"value": "8", "reason": "人少"})
    assert browser.post(ONE, {"inherit": "1", "reason": "统一"}).status_code == 303
    assert _county(cast, at) == 5
    assert "改过几次" in browser.get(ONE).text


def test_number_locked_above_offers_no_form(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    numbers.set_number(
        actor=OPERATOR,
        region_code=PROVINCE,
        kind="team",
        name="min_members",
        value=6,
        lock=True,
        reason="r",
        at=at,
    )
    browser = desk(cast.officer)
    assert "统一规定" in browser.get("/console/policy").text
    assert 'name="value"' not in browser.get(ONE).text
    assert browser.post(ONE, {"value": "8", "reason": "人少"}).status_code == 409


def test_station_officer_sees_and_cannot_set(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    store.write(lambda: world.grant(at, cast.xiaobo, "station_officer", region=TOWN))
    browser = desk(cast.xiaobo)
    assert browser.get("/console/policy").status_code == 200
    assert (
        browser.post(
            f"/console/policy/team/min_members?region={TOWN}", {"value": "3", "reason": "r"}
        ).status_code
        == 403
    )
