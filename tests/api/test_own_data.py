"""The mini-program's doors to a person's own data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from services.privacy import closing, own_copy
from tests.services.privacy.people import NUMBER, full
from tests.support.world import World


@pytest.fixture
def send(cast: World, app: Any, client: Any, bearer: Any, at: datetime) -> Any:
    me, keys = bearer(full(cast, app.extensions["parts"], at)), iter(range(20))

    def sent(method: str, path: str, **body: Any) -> Any:
        headers = {**me, "Idempotency-Key": f"key-{next(keys):08d}"}
        return client.open(f"/api/v1/me{path}", method=method, json=body or None, headers=headers)

    return sent


def test_copy_from_the_mini_program(app: Any, client: Any, send: Any, at: datetime) -> None:
    assert send("GET", "/data").json == {"copies": []}
    assert send("POST", "/data", document="x").json["code"] == "own_number_wrong"
    asked = send("POST", "/data", document=NUMBER)
    assert (asked.status_code, asked.json["state"], asked.json["pdf"]) == (201, "asked", "")
    parts = app.extensions["parts"]
    own_copy.make_due(parts=parts, at=at)
    [copy] = send("GET", "/data").json["copies"]
    assert (copy["state"], copy["whole"]) == ("ready", True)
    assert client.get(copy["pdf"].removeprefix(parts.public_url)).mimetype == "application/pdf"
    assert client.get(copy["json_file"].removeprefix(parts.public_url)).json["identity"]["document"] == NUMBER


def test_account_is_closed_from_the_mini_program_and_kept(app: Any, send: Any, at: datetime) -> None:
    before = send("GET", "/closing").json
    assert (before["due_at"], before["minutes"], before["points"], before["held"]) == (None, 125, 2, "")
    assert send("DELETE", "/closing").status_code == 404
    asked = send("POST", "/closing")
    assert (asked.status_code, asked.json["due_at"]) == (201, (at + closing.DAYS).isoformat().replace("+00:00", "Z"))
    assert send("DELETE", "/closing").status_code == 204
    assert send("GET", "/closing").json["due_at"] is None
    send("POST", "/closing")
    closing.work(parts=app.extensions["parts"], at=at + closing.DAYS)
    assert send("GET", "/closing").status_code == 401
