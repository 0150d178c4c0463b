"""My number in the national system over the API, and hours from before apart from the others."""

from __future__ import annotations

from typing import Any


def test_a_person_tells_his_number_once_and_sees_its_state(client: Any, cast: Any, bearer: Any) -> None:
    headers = bearer(cast.xiaobo)
    assert client.get("/api/v1/me/national", headers=headers).json == {"number": "", "state": "none"}
    told = client.put(
        "/api/v1/me/national",
        json={"number": "340000000001"},
        headers=headers | {"Idempotency-Key": "k" * 16},
    )
    assert (told.status_code, told.json) == (200, {"number": "340000000001", "state": "reported"})
    wrong = client.put(
        "/api/v1/me/national", json={"number": "一"}, headers=headers | {"Idempotency-Key": "w" * 16}
    )
    assert (wrong.status_code, wrong.json["code"]) == (400, "national_no_invalid")


def test_hours_from_before_stand_apart(client: Any, cast: Any, bearer: Any) -> None:
    assert client.get("/api/v1/me/hours", headers=bearer(cast.xiaobo)).json["transferred"] == 0
