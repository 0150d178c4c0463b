"""What a volunteer does and sees of himself over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models import Consent, Session, Signup, TeamMember, WechatIdentity, store
from services.participation import activities, digits
from tests.services.messaging.outbox_cases import queue
from tests.support.fakes import FakeGateway
from tests.support.world import VILLAGE, World, sign_up
from wechat.gateway import MiniLogin

Bearer = Callable[[Any], dict[str, str]]
FORM = {
    "name": "陈新兵", "document": "340000196006069013", "phone_code": "p1", "region_code": VILLAGE,
    "identity": "veteran", "consents": ["service", "id_number", "veteran_status"],
}  # fmt: skip


@pytest.fixture
def guest(client: Any, cast: World, gateway: FakeGateway) -> dict[str, str]:
    """Headers of somebody who has logged in and is not registered."""
    gateway.logins["c1"] = MiniLogin("mp-new", None)
    gateway.phones["p1"] = "13800000009"
    token = client.post("/api/v1/session", json={"code": "c1"}).json["token"]
    return {"Authorization": f"Bearer {token}"}


def test_person_registers_and_sees_himself_masked(client: Any, cast: World, guest: dict[str, str]) -> None:
    made = client.post("/api/v1/registration", json=FORM, headers=guest)
    assert (made.status_code, made.json["name"]) == (201, "陈新兵")
    me = client.get("/api/v1/me", headers=guest).json
    assert (me["public_no"], me["region_code"], me["phone_proof"]) == (
        made.json["public_no"], VILLAGE, "wechat",
    )  # fmt: skip
    assert "340000196006069013" not in str(me)
    assert "13800000009" not in str(me)


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"document": "340000196006069014"}, 400, "document_invalid"),
        ({"document": "34000020200606903X"}, 400, "document_invalid"),
        ({"name": "<b>"}, 400, "name_invalid"),
        ({"region_code": "99"}, 400, "region_unknown"),
        ({"consents": ["service"]}, 400, "consent_required"),
        ({"identity": "general"}, 400, "bad_request"),
        ({"phone_code": "used"}, 400, "phone_invalid"),
    ],
)
def test_wrong_form_registers_nobody(
    client: Any, guest: dict[str, str], wrong: dict[str, Any], status: int, code: str
) -> None:
    answer = client.post("/api/v1/registration", json=FORM | wrong, headers=guest)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert WechatIdentity.get(WechatIdentity.openid == "mp-new").volunteer_id is None


def test_digits_that_join_the_chat_are_shown(client: Any, guest: dict[str, str], at: datetime) -> None:
    shown = client.post("/api/v1/session/digits", headers=guest)
    claim = digits.redeem(digits=shown.json["digits"], openid="oa-phone", at=at)
    mine = WechatIdentity.get(WechatIdentity.openid == "mp-new").id
    assert (shown.status_code, claim.purpose, claim.subject) == (201, "join", str(mine))


def test_team_is_left(client: Any, cast: World, bearer: Bearer) -> None:
    path = f"/api/v1/me/teams/{cast.team.code}"
    assert client.delete(path, headers=bearer(cast.xiaobo)).status_code == 204
    again = client.delete(path, headers=bearer(cast.xiaobo))
    assert (again.status_code, again.json["code"]) == (409, "not_member")
    running = (TeamMember.volunteer == cast.xiaobo) & TeamMember.to_at.is_null()
    assert TeamMember.select().where(running).count() == 0


def test_consent_is_given_and_taken_back(client: Any, cast: World, bearer: Bearer) -> None:
    headers = bearer(cast.xiaobo)

    def given() -> dict[str, bool]:
        rows = client.get("/api/v1/me/consents", headers=headers).json["consents"]
        return {row["purpose"]: row["given"] for row in rows}

    before = Consent.select().count()
    for decision in (True, False):
        path = "/api/v1/me/consents/veteran_status"
        assert client.put(path, json={"given": decision}, headers=headers).status_code == 204
        assert given()["veteran_status"] is decision
    assert Consent.select().count() == before + 2


def test_lost_phone_is_logged_out_everywhere(client: Any, cast: World, bearer: Bearer) -> None:
    lost, mine = bearer(cast.xiaobo), bearer(cast.xiaobo)
    answer = client.delete("/api/v1/me/sessions", headers=mine)
    assert (answer.status_code, answer.json["ended"]) == (200, 2)
    assert client.get("/api/v1/me", headers=lost).status_code == 401
    assert Session.select().where(Session.revoked_at.is_null()).count() == 0


def test_own_code_is_shown(client: Any, cast: World, bearer: Bearer) -> None:
    shown = client.get("/api/v1/me/code", headers=bearer(cast.xiaobo)).json
    assert (shown["public_no"], "/q/v1." in shown["url"]) == (cast.xiaobo.public_no, True)


def test_message_is_read(client: Any, cast: World, bearer: Bearer, at: datetime) -> None:
    ident = queue(cast, at)
    headers = bearer(cast.xiaobo)
    inbox = client.get("/api/v1/me/inbox", headers=headers).json
    assert (inbox["unread"], [row["id"] for row in inbox["messages"]]) == (1, [ident])
    read = client.post("/api/v1/me/inbox/read", json={"ids": [ident]}, headers=headers)
    assert (read.status_code, read.json["unread"]) == (200, 0)
    assert client.get("/api/v1/me/inbox", headers=headers).json["messages"][0]["read"] is True


def test_message_of_somebody_else_stays_unread(
    client: Any, cast: World, bearer: Bearer, at: datetime
) -> None:
    ident = queue(cast, at)
    client.post("/api/v1/me/inbox/read", json={"ids": [ident]}, headers=bearer(cast.ali))
    assert client.get("/api/v1/me/inbox", headers=bearer(cast.xiaobo)).json["unread"] == 1


def test_sign_up_is_listed_and_taken_back(client: Any, cast: World, bearer: Bearer) -> None:
    headers = bearer(cast.xiaobo)
    body = {"shift_code": cast.shift.code, "risk_accepted": True}
    client.post("/api/v1/signups", json=body, headers=headers)
    mine = client.get("/api/v1/me/signups", headers=headers).json["signups"]
    assert [row["shift_code"] for row in mine] == [cast.shift.code]
    path = f"/api/v1/signups/{cast.shift.code}/cancel"
    assert client.post(path, json={}, headers=headers).json["state"] == "cancelled"
    assert client.get("/api/v1/me/signups", headers=headers).json["signups"] == []
    assert Signup.get().state == "cancelled"


def test_activity_is_seen_with_my_own_sign_up(client: Any, cast: World, bearer: Bearer) -> None:
    headers = bearer(cast.xiaobo)
    body = {"shift_code": cast.shift.code, "risk_accepted": True}
    client.post("/api/v1/signups", json=body, headers=headers)
    seen = client.get(f"/api/v1/activities/{cast.activity.code}", headers=headers).json
    assert (seen["title"], seen["shifts"][0]["mine"]) == (cast.activity.title, "confirmed")


def test_what_moved_is_read_once(client: Any, cast: World, bearer: Bearer, at: datetime) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    activities.edit(actor=cast.actor(cast.ali), code=cast.activity.code, changes={"place": "五号闸"}, at=at)
    headers, path = bearer(cast.xiaobo), f"/api/v1/activities/{cast.activity.code}/moves"
    (move,) = client.get(path, headers=headers).json["moves"]
    assert move["fields"] == [{"field": "place", "old": "淮河大堤", "new": "五号闸"}]
    assert client.post(path + "/read", headers=headers).status_code == 204
    assert client.get(path, headers=headers).json["moves"] == []
    assert client.post(path + "/read", headers=bearer(cast.chali)).json["code"] == "not_signed_up"
