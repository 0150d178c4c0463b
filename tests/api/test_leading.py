"""What a leader does over the API; that nobody else may stands in tests/rights."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, RoleGrant, ServiceRecord, Shift, Signup, store
from services import codes
from tests.support import pictures
from tests.support.fakes import make_parts
from tests.support.world import World, sign_up

Bearer = Callable[[Any], dict[str, str]]
DRAFT = {
    "title": "清洁河岸", "domain": "D3", "sub_domain": "ecology", "place": "淮河大堤", "content": "清理垃圾",
    "risk_notice": "岸边湿滑", "conditions": "身体健康", "safeguards": "手套", "starts_at": "2026-06-12T09:00:00+08:00",
    "ends_at": "2026-06-12T11:00:00+08:00", "positions": [{"name": "清洁员", "quota": 5}],
}  # fmt: skip


@pytest.fixture
def leader(cast: World, bearer: Bearer) -> dict[str, str]:
    return bearer(cast.ali)


@pytest.fixture
def inside(cast: World, at: datetime) -> ServiceRecord:
    """小博 came in with the poster at the start and waits to be named."""

    def make() -> ServiceRecord:
        sign_up(at, cast.shift, cast.xiaobo)
        return ServiceRecord.create(
            shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=cast.xiaobo,
            region_code=cast.team.region_code, local_day="2026-06-10", in_at=cast.shift.starts_at,
            in_mode="poster", needs_naming=True, rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )  # fmt: skip

    return store.write(make)


def test_case_28_token_of_a_post_that_ended_a_second_ago_opens_nothing(
    client: Any, cast: World, at: datetime, leader: dict[str, str], frozen: Any
) -> None:
    path = f"/api/v1/activities/{cast.activity.code}/roster"
    assert client.get(path, headers=leader).status_code == 200
    ended = RoleGrant.update(until=at - timedelta(seconds=1)).where(RoleGrant.volunteer == cast.ali.id)
    store.write(ended.execute)
    assert client.get(path, headers=leader).status_code in (403, 404)
    made = client.post("/api/v1/activities", json=DRAFT | {"team_code": cast.team.code}, headers=leader)
    assert made.status_code in (403, 404)
    assert client.get("/api/v1/me", headers=leader).status_code == 200  # himself he still is


def test_activity_is_written_published_and_open_to_others(
    client: Any, cast: World, leader: dict[str, str], bearer: Bearer
) -> None:
    made = client.post("/api/v1/activities", json=DRAFT | {"team_code": cast.team.code}, headers=leader)
    assert made.status_code == 201
    code = made.json["code"]

    def open_to_others() -> bool:
        found = client.get("/api/v1/activities", headers=bearer(cast.chali)).json["activities"]
        return code in [each["code"] for each in found]

    assert not open_to_others()
    assert client.post(f"/api/v1/activities/{code}/publish", headers=leader).status_code == 204
    assert open_to_others()


def test_position_says_what_it_asks_and_when(client: Any, cast: World, leader: dict[str, str]) -> None:
    position = {
        "name": "船员", "quota": 4, "conditions": {"skills": ["boat"], "age_from": 18},
        "shifts": [
            {"starts_at": "2026-06-12T09:00:00+08:00", "ends_at": "2026-06-12T10:00:00+08:00"},
            {"starts_at": "2026-06-12T10:00:00+08:00", "ends_at": "2026-06-12T11:00:00+08:00", "quota": 2},
        ],
    }  # fmt: skip
    wanted = DRAFT | {"team_code": cast.team.code, "positions": [position]}
    made = client.post("/api/v1/activities", json=wanted, headers=leader)
    activity = Activity.get(Activity.code == made.json["code"])
    assert activity.positions.get().conditions == {"skills": ["boat"], "age_from": 18}
    assert [each.quota for each in activity.shifts.order_by(Shift.starts_at)] == [4, 2]


def test_draft_that_lacks_something_is_not_published_and_given_up_it_is_gone(
    client: Any, cast: World, leader: dict[str, str], at: datetime
) -> None:
    soon = {"starts_at": (at + timedelta(hours=1)).isoformat(), "ends_at": (at + timedelta(hours=2)).isoformat()}
    body = DRAFT | soon | {"team_code": cast.team.code, "risk_notice": ""}
    code = client.post("/api/v1/activities", json=body, headers=leader).json["code"]
    answer = client.post(f"/api/v1/activities/{code}/publish", headers=leader)
    assert (answer.status_code, answer.json["code"], answer.json["facts"]["field"]) == (
        400, "activity_invalid", "risk_notice",
    )  # fmt: skip

    def led() -> list[str]:
        return [each["code"] for each in client.get("/api/v1/me/leading", headers=leader).json["activities"]]

    assert code in led()
    client.post(f"/api/v1/activities/{code}/cancel", json={"reason": "不办了"}, headers=leader)
    assert code not in led()


def test_activity_is_cancelled_with_a_reason(
    client: Any, cast: World, leader: dict[str, str], at: datetime
) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    path = f"/api/v1/activities/{cast.activity.code}/cancel"
    assert client.post(path, json={"reason": " "}, headers=leader).json["code"] == "reason_required"
    assert client.post(path, json={"reason": "暴雨"}, headers=leader).status_code == 204
    assert Activity.get_by_id(cast.activity.id).state == "cancelled"


def test_time_place_and_number_change_and_who_has_not_read_it_is_named(
    client: Any, cast: World, leader: dict[str, str], bearer: Bearer, at: datetime
) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    path, xiaobo = f"/api/v1/activities/{cast.activity.code}", bearer(cast.xiaobo)
    assert client.get(f"{path}/moves/readers", headers=leader).json == {"last": None}
    later = cast.shift.starts_at + timedelta(minutes=30)
    body = {"starts_at": later.isoformat(), "place": "五号闸"}
    assert client.post(f"{path}/move", json=body, headers=leader).status_code == 204
    assert client.post(f"{path}/move", json={"place": "别处"}, headers=xiaobo).json["code"] == "not_allowed"
    assert (Activity.get().place, Shift.get().starts_at) == ("五号闸", later)
    (moved,) = client.get(f"{path}/moves", headers=xiaobo).json["moves"]
    assert [each["field"] for each in moved["fields"]] == ["starts_at", "place"]
    last = client.get(f"{path}/moves/readers", headers=leader).json["last"]
    assert (last["told"], last["read"], last["open"]) == (1, 0, [cast.xiaobo.name])
    quota = f"/api/v1/shifts/{cast.shift.code}/quota"
    assert client.put(quota, json={"quota": 0}, headers=leader).status_code == 400
    assert client.put(quota, json={"quota": 1}, headers=leader).status_code == 204
    assert Shift.get().quota == 1


def test_activity_lasts_longer_by_one_tap(
    client: Any, cast: World, leader: dict[str, str], frozen: Any
) -> None:
    frozen(cast.shift.starts_at)
    answer = client.post(f"/api/v1/activities/{cast.activity.code}/extend", json={}, headers=leader)
    longer = cast.shift.ends_at + timedelta(minutes=30)
    assert datetime.fromisoformat(answer.json["ends_at"]) == longer
    assert Shift.get_by_id(cast.shift.id).ends_at == longer


def test_today_is_listed_with_who_is_in(
    client: Any, cast: World, leader: dict[str, str], inside: ServiceRecord, frozen: Any
) -> None:
    frozen(cast.shift.starts_at + timedelta(minutes=5))
    found = client.get("/api/v1/activities/led", headers=leader).json["activities"]
    assert [(row["code"], row["signed_up"], row["inside"]) for row in found] == [(cast.activity.code, 1, 1)]


def test_roster_names_who_is_in(
    client: Any, cast: World, leader: dict[str, str], inside: ServiceRecord
) -> None:
    roster = client.get(f"/api/v1/activities/{cast.activity.code}/roster", headers=leader).json
    assert [(row["name"], row["record_id"]) for row in roster["entries"]] == [(cast.xiaobo.name, inside.id)]


def test_stage_gives_the_code_to_show(client: Any, cast: World, leader: dict[str, str], at: datetime) -> None:
    shown = client.get(f"/api/v1/shifts/{cast.shift.code}/stage/out", headers=leader).json
    code = codes.venue_code(shift_code=cast.shift.code, shift_key=cast.shift.code_key, direction="out", at=at)
    assert (shown["url"].rsplit("/", 1)[-1], shown["direction"]) == (code, "out")


def test_codes_are_text_that_the_phone_draws(
    client: Any, cast: World, leader: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = pictures.built(monkeypatch)
    for where in (f"/api/v1/shifts/{cast.shift.code}/stage/in", "/api/v1/me/code"):
        assert client.get(where, headers=leader).json["url"].startswith("http")
    assert texts == []


def test_person_is_scanned_in_by_his_own_code(
    app: Any, client: Any, cast: World, leader: dict[str, str], frozen: Any, bearer: Bearer
) -> None:
    frozen(cast.shift.starts_at)
    code = client.get("/api/v1/me/code", headers=bearer(cast.xiaobo)).json["url"]
    body = {"code": code, "shift_code": cast.shift.code, "direction": "in"}
    answer = client.post("/api/v1/attendance/person-scans", json=body, headers=leader)
    assert (answer.status_code, answer.json["outcome"], answer.json["name"]) == (
        200, "accepted", cast.xiaobo.name,
    )  # fmt: skip
    assert Signup.get().volunteer_id == cast.xiaobo.id


def test_person_is_ticked_on_the_list(client: Any, cast: World, leader: dict[str, str], frozen: Any) -> None:
    frozen(cast.shift.starts_at)
    body = {"shift_code": cast.shift.code, "public_no": cast.xiaobo.public_no, "direction": "in"}
    answer = client.post("/api/v1/attendance/ticks", json=body, headers=leader)
    assert (answer.status_code, answer.json["outcome"]) == (200, "accepted")
    assert ServiceRecord.get().by_hand is True


def test_forgotten_end_is_set_and_the_person_named_then_confirmed(
    client: Any, cast: World, leader: dict[str, str], inside: ServiceRecord, frozen: Any
) -> None:
    frozen(cast.shift.ends_at + timedelta(hours=1))
    confirm = f"/api/v1/activities/{cast.activity.code}/confirm"
    end = {"out_at": (cast.shift.starts_at + timedelta(minutes=50)).isoformat(), "reason": "忘记签退"}
    ended = client.post(f"/api/v1/records/{inside.id}/end", json=end, headers=leader)
    assert (ended.status_code, ended.json["minutes"]) == (200, 50)
    early = client.post(confirm, json={}, headers=leader).json
    assert (early["count"], early["skipped"]) == (0, [{"record_id": inside.id, "why": "naming_required"}])
    assert client.post(f"/api/v1/records/{inside.id}/naming", headers=leader).status_code == 204
    assert client.post(confirm, json={}, headers=leader).json["minutes"] == 50


def test_record_is_annulled_with_a_reason(
    client: Any, cast: World, leader: dict[str, str], inside: ServiceRecord
) -> None:
    path = f"/api/v1/records/{inside.id}/void"
    assert client.post(path, json={"reason": ""}, headers=leader).json["code"] == "reason_required"
    assert client.post(path, json={"reason": "走错"}, headers=leader).status_code == 204
    assert ServiceRecord.get_by_id(inside.id).state == "void"


@pytest.mark.parametrize("number", [0, 2**63 - 1, 2**63, 10**30])
def test_number_of_no_record_is_not_found(
    client: Any, cast: World, leader: dict[str, str], number: int
) -> None:
    answer = client.post(f"/api/v1/records/{number}/naming", headers=leader)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_forged_code_of_a_person_is_refused(
    client: Any, cast: World, leader: dict[str, str], frozen: Any, at: datetime
) -> None:
    frozen(cast.shift.starts_at)
    other_key = b"x" * 32
    assert other_key != make_parts().sign_key
    code = codes.person_code(
        sign_key=other_key, public_no=cast.xiaobo.public_no, expires_at=cast.shift.ends_at
    )
    body = {"code": code, "shift_code": cast.shift.code, "direction": "in"}
    answer = client.post("/api/v1/attendance/person-scans", json=body, headers=leader)
    assert (answer.status_code, answer.json["code"]) == (400, "code_forged")


def test_activity_that_its_centre_must_allow_is_answered_with_202(
    client: Any, cast: World, leader: dict[str, str]
) -> None:
    draft = DRAFT | {"team_code": cast.team.code, "sub_domain": "clinic"}
    code = client.post("/api/v1/activities", json=draft, headers=leader).json["code"]
    assert client.post(f"/api/v1/activities/{code}/publish", headers=leader).status_code == 202
    shown = client.get(f"/api/v1/activities/{code}", headers=leader).json
    assert (shown["state"], shown["approval"]) == ("draft", "waiting")


def test_check_in_is_taken_back(client: Any, inside: ServiceRecord, leader: dict[str, str]) -> None:
    where = f"/api/v1/records/{inside.id}/undo"
    assert client.post(where, json={"side": "in", "reason": " "}, headers=leader).json["code"] == "reason_required"
    assert client.post(where, json={"side": "in", "reason": "点错了人"}, headers=leader).status_code == 204
    assert ServiceRecord.get_by_id(inside.id).why == "undone"


def test_leader_opens_the_day_calls_marks_and_ends(
    client: Any, cast: World, leader: dict[str, str], inside: ServiceRecord, bearer: Bearer, at: datetime
) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.chali))
    path = f"/api/v1/activities/{cast.activity.code}"
    day = client.get(f"{path}/day", headers=leader).json
    groups = {each["name"]: (each["group"], each["may_mark"]) for each in day["entries"]}
    assert groups == {"王小博": ("inside", False), "赵查理": ("coming", False)}
    led = client.get("/api/v1/me/leading", headers=leader).json
    assert [each["code"] for each in led["teams"]] == [cast.team.code]
    assert led["activities"][0]["signed_up"] == day["shifts"][0]["taken"]
    assert client.get("/api/v1/me/leading", headers=bearer(cast.xiaobo)).json == {"teams": [], "activities": []}

    whom = {"public_no": cast.chali.public_no}
    assert client.post(f"{path}/calls", json=whom, headers=leader).json["code"] == "number_missing"
    assert client.post(f"{path}/calls", json=whom, headers=bearer(cast.xiaobo)).status_code == 403
    assert client.post(f"{path}/end", json={}, headers=leader).json["code"] == "activity_state"


def test_leader_holds_an_activity_once_more_at_another_time(client: Any, cast: World, leader: dict[str, str]) -> None:
    earlier = client.get(f"/api/v1/teams/{cast.team.code}/earlier", headers=leader).json["activities"]
    assert [(each["code"], each["quota"]) for each in earlier] == [(cast.activity.code, 10)]
    changes = {
        "starts_at": "2026-06-20T08:30:00+08:00", "ends_at": "2026-06-20T10:00:00+08:00", "place": "西湖", "quota": 4,
    }  # fmt: skip
    path = f"/api/v1/activities/{earlier[0]['code']}/copy"
    code = client.post(path, json=changes, headers=leader).json["code"]
    made = Activity.get(Activity.code == code)
    shift = Shift.get(Shift.activity == made)
    assert (made.starts_at, made.ends_at) == (
        datetime.fromisoformat(changes["starts_at"]), datetime.fromisoformat(changes["ends_at"])
    )  # fmt: skip
    assert (made.place, made.risk_notice, shift.quota, shift.starts_at) == (
        "西湖", cast.activity.risk_notice, 4, made.starts_at
    )  # fmt: skip
    wrong = client.post(path, json=changes | {"ends_at": changes["starts_at"]}, headers=leader)
    assert wrong.json["code"] == "activity_invalid"
