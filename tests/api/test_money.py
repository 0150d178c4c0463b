"""Money of a leader's projects over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models import MoneyGrant, MoneyLine
from services.planning import projects
from services.planning.projects import ProjectDraft
from tests.support.world import World

Bearer = Callable[[Any], dict[str, str]]
SUPPORT = {"amount": "1000", "source": "foundation", "purpose": "买夹子"}
LINE = {"direction": "out", "amount": "88.80", "day": "2026-06-01", "source": "donation", "purpose": "materials"}


def test_leader_applies_once_writes_a_line_and_takes_the_application_back(
    client: Any, cast: World, bearer: Bearer, at: Any
) -> None:
    draft = ProjectDraft("护河", "D3", "ecology", "2026-01-01", "2026-12-31")
    code = projects.create(actor=cast.actor(cast.ali), team_code=cast.team.code, draft=draft, at=at)
    mine, stranger = bearer(cast.ali), bearer(cast.chali)
    paths = f"/api/v1/projects/{code}/grants", f"/api/v1/projects/{code}/money"
    key = mine | {"Idempotency-Key": "m-1"}
    first, again = (client.post(paths[0], json=SUPPORT, headers=key) for _ in range(2))
    assert (first.status_code, again.json, MoneyGrant.select().count()) == (201, first.json, 1)
    assert client.post(paths[1], json=LINE, headers=mine).status_code == 201
    for wrong in ("-5", "1e12", ""):
        assert client.post(paths[1], json=LINE | {"amount": wrong}, headers=mine).status_code == 400
    assert [client.post(each, json=LINE, headers=stranger).status_code for each in paths[1:]] == [404]
    found = client.get("/api/v1/projects", headers=mine).json
    assert [(each["code"], each["income"], each["spending"]) for each in found["projects"]] == [(code, 0, 8880)]
    assert (found["sources"]["foundation"], MoneyLine.select().count()) == ("基金会", 1)
    (grant,) = client.get(paths[1], headers=mine).json["grants"]
    path = f"/api/v1/grants/{grant['code']}"
    assert client.get(path, headers=mine).json["may_withdraw"] is True
    assert client.get(path, headers=stranger).status_code == 404
    assert client.post(f"{path}/close", json={"report": "办成了"}, headers=mine).status_code == 409
    assert client.post(f"{path}/withdraw", headers=mine).status_code == 204
    assert MoneyGrant.get().state == "withdrawn"
