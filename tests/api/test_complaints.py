"""投诉建议 over the API, with and without an account. On both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models import Complaint
from services.evaluation import complaints
from tests.support.world import World

Bearer = Callable[[Any], dict[str, str]]


def test_a_stranger_complains_follows_it_and_goes_further(client: Any, cast: World, at: Any) -> None:
    kinds = [each["code"] for each in client.get("/api/v1/complaints/kinds").json["kinds"]]
    assert ("fee" in kinds, "advice" in kinds, "star" in kinds) == (True, True, False)
    body = {"kind": "fee", "text": "收了钱", "team_code": cast.team.code}
    filed = client.post("/api/v1/complaints", json=body)
    assert (filed.status_code, Complaint.get().volunteer_id) == (201, None)
    path = f"/api/v1/complaints/{filed.json['token']}"
    assert client.post(f"{path}/add", json={"text": "是昨天"}).json["text"].endswith("【补充】是昨天")
    assert client.post(f"{path}/content").json["code"] == "complaint_state"
    officer = cast.actor(cast.officer)
    complaints.answer(actor=officer, code=filed.json["code"], finding="upheld", text="退了", at=at)
    assert client.get(path).json["answer"] == "退了"
    assert client.post(f"{path}/further", json={"text": "没有退"}).json["state"] == "received"
    assert client.get("/api/v1/complaints/nosuchtoken").status_code == 404


def test_who_is_logged_in_is_told_of_the_answer(client: Any, cast: World, bearer: Bearer) -> None:
    body = {"kind": "advice", "text": "早点通知", "team_code": cast.team.code}
    filed = client.post("/api/v1/complaints", json=body, headers=bearer(cast.xiaobo))
    assert (filed.status_code, Complaint.get().volunteer_id) == (201, cast.xiaobo.id)
