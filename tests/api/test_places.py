"""The queue, the claim and the warnings over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from models import Activity, Shift, store
from services.participation import signups
from tests.support.world import World, make_activity, sign_up

Bearer = Callable[[Any], dict[str, str]]
YES = {"risk_accepted": True}


def test_queue_offer_and_claim(client: Any, cast: World, bearer: Bearer, at: datetime) -> None:
    mine, code = bearer(cast.xiaobo), cast.shift.code

    def make() -> None:
        Shift.update(quota=1).where(Shift.id == cast.shift.id).execute()
        sign_up(at, cast.shift, cast.ali)

    store.write(make)
    full = client.post("/api/v1/signups", json={"shift_code": code, **YES}, headers=mine)
    assert (full.status_code, full.json["code"]) == (409, "shift_full")
    queued = client.post("/api/v1/signups", json={"shift_code": code, "queue": True, **YES}, headers=mine)
    assert (queued.status_code, queued.json["state"], queued.json["in_line"]) == (201, "waitlisted", 1)
    early = client.post(f"/api/v1/signups/{code}/claim", json=YES, headers=mine)
    assert (early.status_code, early.json["code"]) == (409, "not_offered")
    signups.cancel(actor=cast.actor(cast.ali), shift_code=code, at=at, reason="有事")
    [one] = client.get("/api/v1/me/signups", headers=mine).json["signups"]
    assert (one["state"], one["word"], one["offer_until"]) == (
        "offered", "请确认名额", (at + timedelta(minutes=30)).isoformat().replace("+00:00", "Z"),
    )  # fmt: skip
    claimed = client.post(f"/api/v1/signups/{code}/claim", json=YES, headers=mine)
    assert (claimed.status_code, claimed.json["state"]) == (200, "confirmed")


def test_warning_is_answered_by_a_second_yes(client: Any, cast: World, bearer: Bearer, at: datetime) -> None:
    long = store.write(lambda: make_activity(at, cast.team, hours=9))[1]
    mine = bearer(cast.xiaobo)
    warned = client.post("/api/v1/signups", json={"shift_code": long.code, **YES}, headers=mine)
    assert (warned.status_code, warned.json["code"]) == (409, "load_warning")
    done = client.post(
        "/api/v1/signups", json={"shift_code": long.code, "load_accepted": True, **YES}, headers=mine
    )
    assert done.json["state"] == "confirmed"


def test_agreement_is_read_and_accepted(client: Any, cast: World, bearer: Bearer) -> None:
    path, mine = f"/api/v1/activities/{cast.activity.code}/agreement", bearer(cast.xiaobo)
    assert client.get(path, headers=mine).status_code == 404
    store.write(lambda: Activity.update(agreement=True).execute())
    text = client.get(path, headers=mine).json
    assert (text["title"], len(text["items"]), text["accepted"]) == ("志愿服务协议", 7, False)
    body = {"shift_code": cast.shift.code, "agreement_accepted": True, **YES}
    assert client.post("/api/v1/signups", json=body, headers=mine).status_code == 201
    assert client.get(path, headers=mine).json["accepted"] is True


def test_changed_safety_notice_is_read_again(client: Any, cast: World, bearer: Bearer) -> None:
    mine, code = bearer(cast.xiaobo), cast.shift.code
    client.post("/api/v1/signups", json={"shift_code": code, **YES}, headers=mine)
    store.write(lambda: Activity.update(risk_notice="水深，穿救生衣").execute())
    path = f"/api/v1/activities/{cast.activity.code}"
    assert client.get(path, headers=mine).json["shifts"][0]["risk_changed"] is True
    assert client.post(f"/api/v1/signups/{code}/risk", headers=mine).status_code == 200
    assert client.get(path, headers=mine).json["shifts"][0]["risk_changed"] is False


def test_similar_activities_have_places_and_the_same_kind_first(
    client: Any, cast: World, bearer: Bearer, at: datetime
) -> None:
    def make() -> None:
        make_activity(at, cast.team, title="别的", domain="D1", sub_domain="policy")
        make_activity(at, cast.team, title="同类", starts_in=timedelta(hours=9))
        full = make_activity(at, cast.team, title="满了", quota=1)[1]
        sign_up(at, full, cast.ali)

    store.write(make)
    answer = client.get(f"/api/v1/activities/{cast.activity.code}/similar", headers=bearer(cast.xiaobo))
    assert [each["title"] for each in answer.json["activities"]] == ["同类", "别的"]


def test_leader_decides_invites_and_marks(
    client: Any, cast: World, bearer: Bearer, at: datetime, frozen: Callable[[datetime], None]
) -> None:
    store.write(lambda: Activity.update(joining="approval").execute())
    lead, shift = bearer(cast.ali), f"/api/v1/shifts/{cast.shift.code}"
    client.post("/api/v1/signups", json={"shift_code": cast.shift.code, **YES}, headers=bearer(cast.xiaobo))
    person = {"public_no": cast.xiaobo.public_no}
    listed = client.get(f"/api/v1/activities/{cast.activity.code}/places", headers=lead).json["lines"]
    assert [(each["name"], each["word"]) for each in listed] == [("王小博", "待审核")]
    done = client.post(f"{shift}/decisions", json={"accept": True, **person}, headers=lead)
    assert (done.status_code, done.json["state"]) == (200, "confirmed")
    again = client.post(f"{shift}/invitations", json=person, headers=lead)
    assert (again.status_code, again.json["code"]) == (409, "application_state")
    frozen(cast.shift.ends_at)
    assert client.post(f"{shift}/outcomes", json={"outcome": "absent", **person}, headers=lead).status_code == 204
