"""My honours and my year through the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Centre, Honour, HonourKind, Nomination, PeriodMinutes, store
from tests.support.world import COUNTY, World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def test_own_honours_and_year(client: Any, bearer: Any, cast: World, at: datetime) -> None:
    def act() -> None:
        for number, revoked in ((1, None), (2, at)):
            Honour.create(
                volunteer=cast.xiaobo, kind="nomination", name=f"好人{number}", year="2026", region_code=COUNTY,
                source=f"nomination:{number}", awarded_by="县中心", awarded_on="2026-06-01", at=at, revoked_at=revoked,
            )  # fmt: skip
        PeriodMinutes.create(volunteer=cast.xiaobo, period="2026", region_code=COUNTY, minutes=60, records=1)

    store.write(act)
    mine = bearer(cast.xiaobo)
    found = client.get("/api/v1/me/honours", headers=mine).get_json()
    assert ([each["name"] for each in found["held"]], found["on_wall"]) == (["好人1"], False)
    year = client.get("/api/v1/me/years/2026", headers=mine).get_json()
    assert (year["minutes"], year["honours"], year["empty"]) == (60, ["好人1"], False)
    picture = client.get("/api/v1/me/years/2026/card.png", headers=mine)
    assert (picture.mimetype, len(picture.data) < 300_000) == ("image/png", True)
    assert client.get("/api/v1/me/years/1999", headers=mine).status_code == 404
    assert client.get("/api/v1/me/years/2026", headers=bearer(cast.chali)).get_json()["empty"]
    store.write(lambda: Honour.update(revoked_why="材料不实").where(Honour.revoked_at.is_null(False)).execute())
    assert client.get("/api/v1/me/honours", headers=mine).get_json()["gone"] == [{"name": "好人2", "why": "材料不实"}]


def test_person_proposes_himself_and_may_decline(client: Any, bearer: Any, cast: World, at: datetime) -> None:
    def act() -> None:
        Centre.update(region_code=COUNTY).where(Centre.id == cast.centre.id).execute()
        HonourKind.create(
            code="kind0003", region_code=COUNTY, name="自荐之星", for_whom="person", level=3, self_proposed=True,
            created_at=at,
        )  # fmt: skip

    store.write(act)
    mine, path = bearer(cast.xiaobo), "/api/v1/me/honours"
    offered = client.get(path, headers=mine).get_json()
    assert ({"code": "kind0003", "name": "自荐之星"} in offered["own_kinds"], offered["leads"]) == (True, [])
    code = client.post(path, json={"kind": "kind0003", "merits": "守堤"}, headers=mine).get_json()["code"]
    assert client.delete(f"{path}/{code}", headers=bearer(cast.ali)).status_code == 404
    assert [each["code"] for each in client.get(path, headers=mine).get_json()["ways"]] == [code]
    assert client.delete(f"{path}/{code}", headers=mine).status_code == 204
    assert client.get(path, headers=mine).get_json()["ways"] == []


def test_leader_proposes_whom_he_leads(client: Any, bearer: Any, cast: World, at: datetime) -> None:
    def act() -> None:
        Centre.update(region_code=COUNTY).where(Centre.id == cast.centre.id).execute()
        for code, whom in (("kind0001", "person"), ("kind0002", "team")):
            HonourKind.create(code=code, region_code=COUNTY, name=code, for_whom=whom, level=3, created_at=at)

    store.write(act)
    leader, other = bearer(cast.ali), bearer(cast.xiaobo)
    path = f"/api/v1/teams/{cast.team.code}/nominees"
    found = client.get(path, headers=leader).get_json()
    assert [each["name"] for each in found["people"]] == [cast.xiaobo.name]
    assert ("kind0001" in str(found["person_kinds"]), "kind0001" in str(found["team_kinds"])) == (True, False)
    assert client.get(path, headers=other).status_code in (403, 404)
    body = {"team": cast.team.code, "person": cast.xiaobo.public_no, "kind": "kind0001", "merits": "守堤"}
    path = "/api/v1/me/nominations"
    assert client.post(path, json=body, headers=other).status_code in (403, 404)
    assert client.post(path, json=body | {"kind": "kind0002"}, headers=leader).get_json()["code"] == "honour_kind"
    keyed = leader | {"Idempotency-Key": "nominate-1"}
    code = client.post(path, json=body, headers=keyed).get_json()["code"]
    assert client.post(path, json=body, headers=keyed).get_json()["code"] == code  # sent twice, proposed once
    assert (Nomination.select().count(), Nomination.get().volunteer_id) == (1, cast.xiaobo.id)
    told = client.get(path, headers=leader).get_json()["nominations"]
    assert [(each["whom"], each["state"]) for each in told] == [(cast.xiaobo.name, "review")]
