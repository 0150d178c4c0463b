"""A key under which a write is sent: who owns it, how long, and what becomes of one whose holder died."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, Attempt, IdempotencyKey, ServiceRecord, Shift, Signup, store
from queries import idempotency as sql
from services import codes
from tests.support.world import World, sign_up

Bearer = Callable[[Any], dict[str, str]]
DRAFT = {
    "title": "清洁河岸", "domain": "D3", "sub_domain": "ecology", "starts_at": "2026-06-12T09:00:00+08:00",
    "ends_at": "2026-06-12T11:00:00+08:00", "positions": [{"name": "清洁员", "quota": 5}],
}  # fmt: skip


def write(client: Any, cast: World, headers: dict[str, str], key: str = "k-1", **more: Any) -> Any:
    body = DRAFT | {"team_code": cast.team.code} | more
    return client.post("/api/v1/activities", json=body, headers=headers | {"Idempotency-Key": key})


def test_activity_is_written_once_under_one_key(client: Any, cast: World, bearer: Bearer) -> None:
    before = Activity.select().count()
    first, again = (write(client, cast, bearer(cast.ali)) for _ in range(2))
    assert (first.status_code, again.get_data()) == (201, first.get_data())
    assert Activity.select().count() == before + 1


def test_another_key_is_another_write(client: Any, cast: World, bearer: Bearer) -> None:
    first, second = (write(client, cast, bearer(cast.ali), key) for key in ("k-1", "k-2"))
    assert first.json["code"] != second.json["code"]


def test_same_key_with_another_body_is_refused(client: Any, cast: World, bearer: Bearer) -> None:
    write(client, cast, bearer(cast.ali))
    other = write(client, cast, bearer(cast.ali), title="植树")
    assert (other.status_code, other.json["code"]) == (422, "key_mismatch")


def test_key_of_one_phone_is_nothing_to_another(client: Any, cast: World, bearer: Bearer) -> None:
    path = "/api/v1/session/digits"
    mine, theirs = (
        client.post(path, headers=bearer(person) | {"Idempotency-Key": "k-1"})
        for person in (cast.xiaobo, cast.ali)
    )
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json != theirs.json


def test_refused_write_leaves_its_key_free(client: Any, cast: World, bearer: Bearer) -> None:
    refused = write(client, cast, bearer(cast.ali), sub_domain="nothing")
    assert (refused.status_code, IdempotencyKey.select().count()) == (400, 0)
    assert write(client, cast, bearer(cast.ali)).status_code == 201


def test_refused_scan_keeps_the_try_and_leaves_its_key_free(
    client: Any, cast: World, bearer: Bearer, frozen: Any
) -> None:
    start = cast.shift.starts_at
    store.write(lambda: sign_up(start, cast.shift, cast.xiaobo))
    frozen(start)

    def scan(moment: datetime) -> Any:
        seen = codes.venue_code(
            shift_code=cast.shift.code, shift_key=cast.shift.code_key, direction="in", at=moment
        )
        headers = bearer(cast.xiaobo) | {"Idempotency-Key": "k-1"}
        return client.post("/api/v1/attendance/scans", json={"code": seen}, headers=headers)

    refused = scan(start - timedelta(hours=1))
    assert (refused.status_code, refused.json["code"]) == (410, "code_expired")
    assert [(each.outcome, each.reason) for each in Attempt.select()] == [("refused", "code_expired")]
    assert (ServiceRecord.select().count(), IdempotencyKey.select().count()) == (0, 0)
    assert scan(start).status_code == 200


def test_sign_up_refused_on_its_way_leaves_nothing_half_done(client: Any, cast: World, bearer: Bearer) -> None:
    """The row is there before the place is found taken."""
    store.write(lambda: Shift.update(quota=1, taken=1).execute())

    def ask() -> Any:
        headers = bearer(cast.xiaobo) | {"Idempotency-Key": "k-1"}
        body = {"shift_code": cast.shift.code, "risk_accepted": True}
        return client.post("/api/v1/signups", json=body, headers=headers)

    refused = ask()
    assert (refused.status_code, refused.json["code"]) == (409, "shift_full")
    assert (Signup.select().count(), IdempotencyKey.select().count()) == (0, 0)
    store.write(lambda: Shift.update(quota=2).execute())
    assert ask().json["state"] == "confirmed"


@pytest.mark.parametrize("key", ["x" * 101, "two words", "钥匙".encode().decode("latin-1")])
def test_key_that_is_no_key_is_refused(client: Any, cast: World, bearer: Bearer, key: str) -> None:
    answer = write(client, cast, bearer(cast.ali), key)
    assert (answer.status_code, answer.json["facts"]) == (400, {"why": "idempotency_key"})


def test_write_under_way_keeps_its_key_a_minute(
    client: Any, cast: World, bearer: Bearer, frozen: Any, at: datetime
) -> None:
    write(client, cast, bearer(cast.ali))
    store.write(lambda: IdempotencyKey.update(status=None, answer="").execute())
    frozen(at + timedelta(milliseconds=sql.ABANDONED))
    waiting = write(client, cast, bearer(cast.ali))
    assert (waiting.status_code, waiting.json["code"]) == (409, "in_flight")


def test_key_whose_holder_died_is_taken_over(
    client: Any, cast: World, bearer: Bearer, frozen: Any, at: datetime
) -> None:
    write(client, cast, bearer(cast.ali))
    store.write(lambda: IdempotencyKey.update(status=None, answer="").execute())
    frozen(at + timedelta(milliseconds=sql.ABANDONED + 1))
    assert write(client, cast, bearer(cast.ali)).status_code == 201


def test_answer_is_given_again_however_old_its_key(
    client: Any, cast: World, bearer: Bearer, frozen: Any, at: datetime
) -> None:
    first = write(client, cast, bearer(cast.ali))
    frozen(at + timedelta(hours=47))
    assert write(client, cast, bearer(cast.ali)).get_data() == first.get_data()
