"""The API over HTTP: the main job, idempotency, and bad input in our error shape. On both databases."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import MinuteEntry, ServiceRecord, Shift, Signup, store
from services import codes, rules
from tests.support.budgets import WORK
from tests.support.fakes import FakeGateway
from tests.support.world import World, sign_up
from wechat.gateway import MiniLogin

Bearer = Callable[[Any], dict[str, str]]


def code(shift: Shift, direction: str, when: datetime) -> str:
    return codes.venue_code(shift_code=shift.code, shift_key=shift.code_key, direction=direction, at=when)


def test_main_job_through_the_api(client: Any, cast: World, bearer: Bearer, frozen: Any) -> None:
    mine, leaders = bearer(cast.xiaobo), bearer(cast.ali)
    start = cast.shift.starts_at
    near = client.get("/api/v1/activities", headers=mine).json["activities"]
    assert [each["code"] for each in near] == [cast.activity.code]
    body = {"shift_code": cast.shift.code, "risk_accepted": True}
    assert client.post("/api/v1/signups", json=body, headers=mine).json["state"] == "confirmed"
    frozen(start)
    entered = client.post(
        "/api/v1/attendance/scans", json={"code": code(cast.shift, "in", start)}, headers=mine
    )
    assert (entered.status_code, entered.json["outcome"]) == (200, "accepted")
    end = start + timedelta(minutes=75)
    frozen(end)
    left = client.post("/api/v1/attendance/scans", json={"code": code(cast.shift, "out", end)}, headers=mine)
    assert left.json["minutes"] == 75
    done = client.post(f"/api/v1/activities/{cast.activity.code}/confirm", json={}, headers=leaders)
    assert (done.json["count"], done.json["minutes"]) == (1, 75)
    assert client.get("/api/v1/me/hours", headers=mine).json["total"] == 75
    assert client.get("/api/v1/me/points", headers=mine).json["balance"] == 1


def test_log_in_opens_a_session_and_log_out_ends_it(client: Any, cast: World, gateway: FakeGateway) -> None:
    gateway.logins["c1"] = MiniLogin("mp-new", None)
    opened = client.post("/api/v1/session", json={"code": "c1"})
    assert (opened.status_code, opened.json["registered"]) == (201, False)
    headers = {"Authorization": f"Bearer {opened.json['token']}"}
    assert client.get("/api/v1/me", headers=headers).json["code"] == "not_registered"
    assert client.delete("/api/v1/session", headers=headers).status_code == 204
    assert client.get("/api/v1/me", headers=headers).json["code"] == "login_required"


def test_used_login_code_is_refused(client: Any, cast: World) -> None:
    answer = client.post("/api/v1/session", json={"code": "used"})
    assert (answer.status_code, answer.json["code"]) == (401, "login_code_invalid")


def test_ticket_kept_before_log_in_is_redeemed_after(
    client: Any, cast: World, bearer: Bearer, frozen: Any
) -> None:
    start = cast.shift.starts_at
    frozen(start)
    kept = client.post("/api/v1/scan-tickets", json={"code": code(cast.shift, "in", start)})
    assert kept.status_code == 201
    frozen(start + timedelta(minutes=8))
    body = {"ticket": kept.json["ticket"]}
    done = client.post("/api/v1/attendance/scans", json=body, headers=bearer(cast.xiaobo))
    assert done.status_code == 200
    assert datetime.fromisoformat(done.json["in_at"]) == start


def test_same_key_gives_the_first_answer(client: Any, cast: World, bearer: Bearer, frozen: Any) -> None:
    start = cast.shift.starts_at
    frozen(start)
    headers = bearer(cast.xiaobo) | {"Idempotency-Key": "k-1"}
    body = {"code": code(cast.shift, "in", start)}
    first = client.post("/api/v1/attendance/scans", json=body, headers=headers)
    again = client.post("/api/v1/attendance/scans", json=body, headers=headers)
    assert (first.json["outcome"], again.json) == ("accepted", first.json)
    assert again.headers["Idempotent-Replay"] == "true"


def test_same_key_with_another_body_is_refused(client: Any, cast: World, bearer: Bearer, frozen: Any) -> None:
    frozen(cast.shift.starts_at)
    headers = bearer(cast.xiaobo) | {"Idempotency-Key": "k-1"}
    body = {"code": code(cast.shift, "in", cast.shift.starts_at)}
    client.post("/api/v1/attendance/scans", json=body, headers=headers)
    other = client.post("/api/v1/attendance/scans", json={"code": "i1.x.1.a"}, headers=headers)
    assert (other.status_code, other.json["code"]) == (422, "key_mismatch")


def test_refused_write_may_be_tried_again_under_its_key(
    client: Any, cast: World, bearer: Bearer, frozen: Any
) -> None:
    start = cast.shift.starts_at
    headers = bearer(cast.xiaobo) | {"Idempotency-Key": "k-1"}
    ahead = client.post(
        "/api/v1/attendance/scans", json={"code": code(cast.shift, "in", start)}, headers=headers
    )
    assert ahead.status_code == 400
    frozen(start)
    done = client.post(
        "/api/v1/attendance/scans", json={"code": code(cast.shift, "in", start)}, headers=headers
    )
    assert (done.status_code, done.json["outcome"]) == (200, "accepted")


def test_six_parallel_sends_of_one_key_act_once(app: Any, cast: World, bearer: Bearer, frozen: Any) -> None:
    frozen(cast.shift.starts_at)
    headers = bearer(cast.xiaobo) | {"Idempotency-Key": "k-1"}
    body = {"code": code(cast.shift, "in", cast.shift.starts_at)}

    def send(_: int) -> Any:
        return app.test_client().post("/api/v1/attendance/scans", json=body, headers=headers)

    with ThreadPoolExecutor(6) as phones:
        answers = list(phones.map(send, range(6)))
    assert {answer.get_data() for answer in answers} == {answers[0].get_data()}
    assert ServiceRecord.select().count() == 1


def test_repeat_while_the_first_is_under_way_is_told_to_wait(
    app: Any, cast: World, at: datetime, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.accounts import sessions
    from tests.support.world import VILLAGE, make_identity

    identity = store.write(lambda: make_identity(at, None, "mp", openid="mp-new"))
    token = sessions.open_session(kind="api", identity_id=identity.id, at=at).token
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k-1"}
    body = {
        "name": "陈新兵", "document": "340000196006069013", "phone_code": "c", "region_code": VILLAGE,
        "identity": "social", "consents": ["service", "id_number"],
    }  # fmt: skip
    meanwhile: list[Any] = []

    def send() -> Any:
        return app.test_client().post("/api/v1/registration", json=body, headers=headers)

    def slow_wechat(_code: str, *, openid: str | None = None) -> str:
        with ThreadPoolExecutor(1) as other:
            meanwhile.append(other.submit(send).result())
        return "13800000009"

    monkeypatch.setattr(gateway, "phone_for_code", slow_wechat)
    first, again = send(), send()
    assert (first.status_code, meanwhile[0].status_code, meanwhile[0].json["code"]) == (201, 409, "in_flight")
    assert (again.get_data(), again.headers["Idempotent-Replay"]) == (first.get_data(), "true")


def test_check_in_over_http_keeps_to_its_statement_budget(
    client: Any, cast: World, bearer: Bearer, frozen: Any, count_statements: Any
) -> None:
    store.write(lambda: sign_up(cast.shift.starts_at, cast.shift, cast.xiaobo))
    frozen(cast.shift.starts_at)
    headers = bearer(cast.xiaobo) | {"Idempotency-Key": "k"}
    body = {"code": code(cast.shift, "in", cast.shift.starts_at)}
    client.get("/api/v1/me/hours", headers=headers)
    other = bearer(cast.chali) | {"Idempotency-Key": "k"}  # a wrong code of his own would cost him a statement more
    client.post("/api/v1/attendance/scans", json={"code": "i1.x.1.a"}, headers=other)
    rules.rule_by_id(cast.hours_rule.id)  # read once per process
    with count_statements() as seen:
        assert client.post("/api/v1/attendance/scans", json=body, headers=headers).status_code == 200
    work = [sql for sql in seen if sql.split()[0].upper() in WORK]
    assert len(work) <= 6, work
    # SQLite's writer keeps each act of a commit apart by one; the write inside the write needs none of its own.
    assert sum(sql.startswith("SAVEPOINT") for sql in seen) == (store.current().dialect == "sqlite")


def test_sign_up_over_http_keeps_to_its_statement_budget(
    client: Any, cast: World, bearer: Bearer, frozen: Any, at: datetime, count_statements: Any
) -> None:
    """Log-in and the answer kept under its key included."""
    frozen(at)
    headers = bearer(cast.xiaobo) | {"Idempotency-Key": "k"}
    body = {"shift_code": cast.shift.code, "risk_accepted": True}
    client.get("/api/v1/me/hours", headers=headers)
    with count_statements() as seen:
        assert client.post("/api/v1/signups", json=body, headers=headers).json["state"] == "confirmed"
    work = [sql for sql in seen if sql.split()[0].upper() in WORK]
    assert len(work) <= 8, work


def test_activity_list_over_http_keeps_to_its_statement_budget(
    client: Any, cast: World, bearer: Bearer, frozen: Any, at: datetime, count_statements: Any
) -> None:
    """Log-in included."""
    frozen(at)
    headers = bearer(cast.xiaobo)
    client.get("/api/v1/me/hours", headers=headers)
    with count_statements() as seen:
        assert client.get("/api/v1/activities", headers=headers).json["activities"] != []
    work = [sql for sql in seen if sql.split()[0].upper() in WORK]
    assert len(work) <= 3, work


@pytest.mark.parametrize(
    ("raw", "kind", "status", "why"),
    [
        (b"[" * 100_000, "application/json", 400, "bad_request"),
        (b'{"code": NaN}', "application/json", 400, "bad_request"),
        (b'{"code": "\\u0000"}', "application/json", 400, "bad_request"),
        (b"null", "application/json", 400, "bad_request"),
        (b'{"code": "i1.a.b.c", "extra": 1}', "application/json", 400, "bad_request"),
        (b'{"code": 5}', "application/json", 400, "bad_request"),
        (b"x" * (10 * 1024 * 1024), "application/json", 413, "too_large"),
        (b"{}", "text/plain", 415, "unsupported_type"),
    ],
)
def test_bad_body_gets_our_error_shape_quickly(
    client: Any, cast: World, bearer: Bearer, raw: bytes, kind: str, status: int, why: str
) -> None:
    headers = bearer(cast.xiaobo) | {"Content-Type": kind}
    begin = time.perf_counter()
    answer = client.post("/api/v1/attendance/scans", data=raw, headers=headers)
    assert time.perf_counter() - begin < 1
    assert (answer.status_code, set(answer.json)) == (status, {"code", "message", "facts"})
    assert answer.json["code"] == why


@pytest.mark.parametrize("query", ["limit=-1", "limit=1000", "limit=x", "after=-5", "what=1"])
def test_bad_paging_is_refused(client: Any, cast: World, bearer: Bearer, query: str) -> None:
    answer = client.get(f"/api/v1/me/records?{query}", headers=bearer(cast.xiaobo))
    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")


def test_moment_without_a_zone_is_refused(client: Any, cast: World, bearer: Bearer) -> None:
    body = {"out_at": "2026-06-10T09:00:00", "reason": "x"}
    answer = client.post("/api/v1/records/1/end", json=body, headers=bearer(cast.ali))
    assert answer.status_code == 400


def test_strangers_activity_answers_like_an_unknown_one(client: Any, cast: World, bearer: Bearer) -> None:
    known = client.get(f"/api/v1/activities/{cast.activity.code}/roster", headers=bearer(cast.chali))
    unknown = client.get("/api/v1/activities/zzzzzzzz/roster", headers=bearer(cast.chali))
    assert (known.status_code, known.get_data()) == (404, unknown.get_data())


def test_platform_that_answers_html_is_said_so(client: Any, cast: World, gateway: FakeGateway) -> None:
    from wechat.errcodes import Kind
    from wechat.gateway import WechatFailure

    gateway.fail("session_for_code", WechatFailure("/sns/jscode2session", kind=Kind.UNKNOWN))
    answer = client.post("/api/v1/session", json={"code": "c"})
    assert (answer.status_code, answer.json["code"]) == (503, "wechat_unavailable")


def test_fifty_parallel_sign_ups_fill_exactly_ten_places(
    app: Any, cast: World, at: datetime, frozen: Any
) -> None:
    from services.accounts import sessions
    from tests.support.world import make_identity, make_volunteer

    people = [store.write(lambda: make_volunteer(at)) for _ in range(50)]
    tokens = []
    for person in people:
        identity = store.write(lambda person=person: make_identity(at, person, "mp"))
        tokens.append(sessions.open_session(kind="api", identity_id=identity.id, at=at).token)

    def sign(token: str) -> int:
        body = {"shift_code": cast.shift.code, "risk_accepted": True}
        headers = {"Authorization": f"Bearer {token}"}
        return int(app.test_client().post("/api/v1/signups", json=body, headers=headers).status_code)

    with ThreadPoolExecutor(16) as phones:
        statuses = list(phones.map(sign, tokens))
    assert sorted(set(statuses)) == [201, 409]
    assert (statuses.count(201), Signup.select().where(Signup.state == "confirmed").count()) == (10, 10)
    assert Shift.get_by_id(cast.shift.id).taken == 10


def test_openapi_describes_every_route_of_the_api(client: Any, app: Any) -> None:
    described = set(client.get("/api/v1/openapi.json").json["paths"])
    routes = {
        re.sub(r"<(?:\w+(?:\(.*?\))?:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json")
    }
    assert routes == described
    assert json.dumps(sorted(routes))


def test_nobody_reads_the_books_without_log_in(client: Any, cast: World) -> None:
    assert MinuteEntry.select().count() == 0
    for path in ("/api/v1/me/hours", "/api/v1/me/points", "/api/v1/me/records", "/api/v1/me/inbox"):
        answer = client.get(path)
        assert (answer.status_code, answer.json["code"]) == (401, "login_required")
