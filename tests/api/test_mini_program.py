"""What the mini-program asks in one go: its first page, what strangers see, places and texts of the registration."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import clock
from models import Activity, Shift, store
from tests.support.world import COUNTY, VILLAGE, World, sign_up

Bearer = Callable[[Any], dict[str, str]]


def test_first_page_holds_next_activity_and_what_waits(client: Any, cast: World, bearer: Bearer) -> None:
    mine = bearer(cast.xiaobo)
    empty = client.get("/api/v1/me/home", headers=mine).json
    assert (empty["signups"], empty["may_miss"], empty["leading"], empty["calls"]) == ([], False, False, [])
    sign_up(clock.now(), cast.shift, cast.xiaobo)
    home = client.get("/api/v1/me/home", headers=mine).json
    assert [each["activity_code"] for each in home["signups"]] == [cast.activity.code]
    assert (home["barred"], home["assessed"], home["total"]) == (None, None, 0)
    assert home["at_home"]["team"] is True
    assert client.get("/api/v1/me/home", headers=bearer(cast.ali)).json["leading"] is True


def test_strangers_see_what_is_open_to_everybody(client: Any, cast: World) -> None:
    shown = client.get("/api/v1/public/activities", query_string={"region": COUNTY}).json["activities"]
    assert [each["code"] for each in shown] == [cast.activity.code]
    one = client.get(f"/api/v1/public/activities/{cast.activity.code}").json
    assert (one["title"], "contact" in one) == (cast.activity.title, False)
    store.write(Activity.update(openness="team").where(Activity.id == cast.activity.id).execute)
    assert client.get("/api/v1/public/activities").json["activities"] == []
    assert client.get(f"/api/v1/public/activities/{cast.activity.code}").status_code == 404


@pytest.mark.parametrize("door", ["/api/v1/public/activities", "/api/v1/activities"])
def test_list_is_narrowed_by_domain_and_by_free_places(client: Any, cast: World, bearer: Bearer, door: str) -> None:
    mine = bearer(cast.xiaobo)

    def found(**query: Any) -> list[str]:
        answer = client.get(door, query_string=query, headers=mine)
        return [each["code"] for each in answer.json["activities"]]

    own, other = cast.activity.domain, next(each for each in ("D1", "D2") if each != cast.activity.domain)
    assert (found(domain=own), found(domain=other)) == ([cast.activity.code], [])
    assert found(free="true") == [cast.activity.code]
    store.write(Shift.update(taken=Shift.quota).where(Shift.id == cast.shift.id).execute)
    assert (found(free="true"), found()) == ([], [cast.activity.code])
    assert client.get(door, query_string={"domain": "X"}, headers=mine).status_code == 400


def test_places_are_found_by_steps_and_by_name(client: Any, cast: World) -> None:
    steps = client.get("/api/v1/public/regions", query_string={"under": VILLAGE[:9]}).json
    assert (VILLAGE in [each["code"] for each in steps["regions"]], steps["up"]) == (True, VILLAGE[:6])
    name = next(each["name"] for each in steps["regions"] if each["code"] == VILLAGE)
    hits = client.get("/api/v1/public/regions", query_string={"q": name}).json["regions"]
    assert VILLAGE in [each["code"] for each in hits]
    assert client.get("/api/v1/public/regions", query_string={"under": "99"}).json["code"] == "region_unknown"


def test_texts_of_consent_are_read_before_anybody_registers(client: Any, cast: World) -> None:
    texts = client.get("/api/v1/public/consents").json["consents"]
    assert [(each["purpose"], each["veterans_only"]) for each in texts] == [
        ("service", False), ("id_number", False), ("veteran_status", True),
    ]  # fmt: skip
    assert all(each["text"] and each["version"] for each in texts)


def test_activity_says_what_can_be_done_with_each_shift(client: Any, cast: World, bearer: Bearer) -> None:
    mine = bearer(cast.xiaobo)

    def can() -> tuple[str, str]:
        shift = client.get(f"/api/v1/activities/{cast.activity.code}", headers=mine).json["shifts"][0]
        return shift["can"], shift["no_code"]

    assert can() == ("signup", "")
    Activity.update(joining="approval").where(Activity.id == cast.activity.id).execute()
    assert can() == ("ask", "")
    Activity.update(joining="open").where(Activity.id == cast.activity.id).execute()
    Shift.update(taken=Shift.quota).where(Shift.id == cast.shift.id).execute()
    assert can() == ("queue", "")
    Activity.update(openness="team", team=cast.other_team).where(Activity.id == cast.activity.id).execute()
    assert can() == ("", "team_only")
    sign_up(clock.now(), cast.shift, cast.xiaobo)
    assert can() == ("", "")


def test_who_has_a_place_says_that_he_comes(client: Any, cast: World, bearer: Bearer, frozen: Any) -> None:
    mine, shift = bearer(cast.xiaobo), cast.shift
    door = f"/api/v1/signups/{shift.code}/coming"
    assert client.post(door, headers=mine).json["code"] == "not_signed_up"
    sign_up(clock.now(), shift, cast.xiaobo)
    frozen(shift.starts_at - timedelta(hours=2))

    def asked() -> tuple[bool, bool]:
        seen = client.get(f"/api/v1/activities/{cast.activity.code}", headers=mine).json["shifts"][0]
        return seen["asked_coming"], seen["coming"]

    assert asked() == (True, False)
    assert client.post(door, headers=mine).status_code == 204
    assert asked() == (False, True)


def test_own_code_is_taken_back(client: Any, cast: World, bearer: Bearer, frozen: Any) -> None:
    mine, leaders = bearer(cast.xiaobo), bearer(cast.ali)
    frozen(cast.shift.starts_at)
    old = client.get("/api/v1/me/code", headers=mine).json["url"]
    frozen(cast.shift.starts_at + timedelta(minutes=1))
    assert client.delete("/api/v1/me/code", headers=mine).status_code == 204
    body = {"code": old, "shift_code": cast.shift.code, "direction": "in"}
    assert client.post("/api/v1/attendance/person-scans", json=body, headers=leaders).json["code"] == "code_revoked"


def test_teams_near_by_are_found_by_a_word(client: Any, cast: World, bearer: Bearer) -> None:
    mine = bearer(cast.xiaobo)
    near = client.get("/api/v1/teams", headers=mine).json
    assert [(each["code"], each["mine"]) for each in near["teams"]] == [
        (cast.team.code, True), (cast.other_team.code, False),
    ]  # fmt: skip
    found = client.get("/api/v1/teams", query_string={"q": "西湖"}, headers=mine).json["teams"]
    assert [each["code"] for each in found] == [cast.other_team.code]
