"""The mini-program's doors to what a person puts right about himself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.services.accounts.test_documents import with_check
from tests.services.privacy.people import NUMBER, full
from tests.support.world import World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
RIGHT = with_check("34152219600511003")


@pytest.fixture
def send(cast: World, app: Any, client: Any, bearer: Any, at: datetime) -> Any:
    me, keys = bearer(full(cast, app.extensions["parts"], at)), iter(range(20))

    def sent(method: str, path: str, **body: Any) -> Any:
        headers = {**me, "Idempotency-Key": f"key-{next(keys):08d}"}
        return client.open(f"/api/v1/me{path}", method=method, json=body or None, headers=headers)

    return sent


def test_phone_by_wechats_code_or_typed(gateway: Any, send: Any) -> None:
    gateway.phones["code-1"] = "13900005678"
    assert send("PUT", "/phone", phone_code="code-1").json == {"phone": "139****5678", "phone_proof": "wechat"}
    assert send("PUT", "/phone", phone="13900009999").json == {"phone": "139****9999", "phone_proof": "none"}
    used = send("PUT", "/phone", phone_code="code-1")
    assert (used.status_code, used.json["code"]) == (400, "phone_invalid")


def test_request_and_its_taking_back(send: Any) -> None:
    nothing = send("POST", "/corrections", document=NUMBER)
    assert (nothing.status_code, nothing.json["code"]) == (400, "correction_nothing")
    asked = send("POST", "/corrections", name="王晓博", document=RIGHT)
    assert (asked.status_code, asked.json["what"], asked.json["state"]) == (201, ["name", "document"], "asked")
    assert RIGHT not in asked.get_data(as_text=True)
    assert send("POST", "/corrections", name="王小波").json["code"] == "correction_open"
    assert send("DELETE", "/corrections").status_code == 204
    assert send("DELETE", "/corrections").status_code == 404
    assert [each["state"] for each in send("GET", "/corrections").json["corrections"]] == ["withdrawn"]
