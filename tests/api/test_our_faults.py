"""When something is wrong on our side: short words with a number, no details; and what the operator sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import peewee
import pytest

from services.bookkeeping import hours
from services.errors import RefusalCode
from services.operation.log_lines import Lines
from tests.support.world import World
from wording import say

Bearer = Callable[[Any], dict[str, str]]


def _raise(problem: Exception) -> Callable[..., Any]:
    def act(**_facts: Any) -> Any:
        raise problem

    return act


def test_fault_of_ours_is_told_with_a_number_and_no_details(
    app: Any, cast: World, bearer: Bearer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hours, "summary", _raise(RuntimeError("secret detail")))
    app.testing = False
    answer = app.test_client().get("/api/v1/me/hours", headers=bearer(cast.xiaobo))
    number = answer.headers["X-Request-Id"]
    assert (answer.status_code, answer.json) == (
        500, {"code": "fault", "message": say("refusals.fault", number=number), "facts": {"request": number}},
    )  # fmt: skip
    assert number in caplog.text
    assert "secret detail" in caplog.text


def test_fault_on_a_page_is_a_page(app: Any, db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    app.testing = False
    app.view_functions["static"] = _raise(RuntimeError("secret detail"))
    answer = app.test_client().get("/static/pages.css")
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert answer.headers["X-Request-Id"] in answer.text
    assert "secret detail" not in answer.text


@pytest.mark.parametrize("problem", [RuntimeError("broken"), OverflowError("year 99999")])
def test_fault_behind_an_address_that_is_a_key_is_logged_without_the_key(
    app: Any, db: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, problem: Exception
) -> None:
    app.testing = False
    monkeypatch.setattr("handlers.console.login.known_form", lambda _: _raise(problem)())
    app.test_client().get("/console/once/q7Zk_SECRETLINK")
    said = "".join(Lines("json").format(each) for each in caplog.records)
    assert "at /console/once/..." in said
    assert "SECRETLINK" not in said


@pytest.mark.parametrize("problem", [peewee.OperationalError("locked"), peewee.InterfaceError("gone")])
def test_database_that_does_not_answer_means_later(
    client: Any, cast: World, bearer: Bearer, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    headers = bearer(cast.xiaobo)
    monkeypatch.setattr(hours, "summary", _raise(problem))
    answer = client.get("/api/v1/me/hours", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (503, RefusalCode.BUSY.value)
    assert answer.headers["Retry-After"] == "1"
    assert str(problem) not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/api/v1/nowhere", 404, "not_found"), ("PATCH", "/api/v1/me", 405, "method_not_allowed")],
)
def test_call_that_does_not_exist_is_refused_in_our_shape(
    client: Any, db: Any, method: str, path: str, status: int, code: str
) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.json["code"], set(answer.json)) == (
        status, code, {"code", "message", "facts"},
    )  # fmt: skip


def test_metrics_tell_the_queue_and_the_refused_callbacks(client: Any, cast: World) -> None:
    answer = client.get("/metrics")
    names = {line.split("{")[0].split(" ")[0] for line in answer.text.splitlines() if line[:1] != "#"}
    assert answer.status_code == 200
    assert names >= {"hongyao_outbox_due", "hongyao_outbox_oldest_due_seconds"}
    assert "# TYPE hongyao_callback_refused_total counter" in answer.text


def test_process_that_answers_is_alive(client: Any, db: Any) -> None:
    answer = client.get("/livez")
    assert (answer.status_code, answer.json) == (200, {"ok": True})


def test_house_without_a_worker_is_not_well(client: Any, cast: World) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["ok"]) == (503, False)
    assert "worker" in [check["name"] for check in answer.json["checks"] if not check["ok"]]
