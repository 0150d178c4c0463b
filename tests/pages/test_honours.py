"""Honours on the phone: mine, proposed by oneself where one may, declined; my year; the ranking where it is on."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from PIL import Image

from models import Centre, Honour, HonourKind, Nomination, PeriodMinutes, store
from services.actors import OPERATOR
from services.policy import numbers
from tests.support.world import COUNTY, World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def test_my_honours_my_year_and_what_i_do_not_want(phone: Any, cast: World, at: datetime) -> None:
    def act() -> None:
        Centre.update(region_code=COUNTY).where(Centre.id == cast.centre.id).execute()
        HonourKind.create(
            code="kind0001", region_code=COUNTY, name="自荐奖", for_whom="person", level=3, self_proposed=True,
            created_at=at,
        )  # fmt: skip
        Honour.create(
            volunteer=cast.xiaobo, kind="nomination", name="霍邱好人", year="2026", region_code=COUNTY,
            source="nomination:0", awarded_by="县中心", awarded_on="2026-06-01", at=at,
        )  # fmt: skip
        PeriodMinutes.create(volunteer=cast.xiaobo, period="2026", region_code=COUNTY, minutes=3661, records=2)

    store.write(act)
    mine = phone(cast.xiaobo)
    page = mine.get("/m/honours").text
    assert "霍邱好人" in page
    assert "荣誉墙上只写您的姓" in page
    assert mine.get("/m/honours/new").status_code == 200
    assert mine.post("/m/honours/new", {"kind": "kind0001", "merits": ""}).status_code == 400
    assert mine.post("/m/honours/new", {"kind": "kind0001", "merits": "守堤"}).status_code == 303
    assert mine.post("/m/honours/new", {"kind": "kind0001", "merits": "守堤"}).status_code == 409
    code = Nomination.get().code
    assert phone(cast.chali).post(f"/m/honours/{code}/decline").status_code == 404
    assert mine.post(f"/m/honours/{code}/decline").status_code == 303
    assert Nomination.get().state == "withdrawn"
    assert "61 小时 1 分钟" in mine.get("/m/year/2026").text
    picture = mine.get("/m/year/2026.png")
    assert (picture.mimetype, Image.open(io.BytesIO(picture.data)).size) == ("image/png", (1080, 1440))
    assert "做不成图" in mine.get("/m/year/2025").text
    assert [mine.get(path).status_code for path in ("/m/year/2025.png", "/m/year/2027", "/m/year/x")] == [404] * 3
    assert [phone().get(path).status_code for path in ("/ranking", f"/ranking?region={COUNTY}")] == [404, 404]
    numbers.set_number(
        actor=OPERATOR, region_code=COUNTY, kind="modules", name="ranking", value=True, lock=False, reason="开通", at=at
    )
    ranked = phone().get(f"/ranking?region={COUNTY}").text
    assert "王**" in ranked
    assert "今年的时长排行" in phone().get(f"/honours?region={COUNTY}").text


def test_leader_proposes_a_member_and_his_team_from_his_phone(phone: Any, cast: World, at: datetime) -> None:
    def act() -> None:
        Centre.update(region_code=COUNTY).where(Centre.id == cast.centre.id).execute()
        HonourKind.create(
            code="kind0001", region_code=COUNTY, name="霍邱好人", for_whom="both", level=0, created_at=at
        )

    store.write(act)
    leader, team = phone(cast.ali), cast.team.code
    assert "/m/honours/led" in leader.get("/m/honours").text
    page = leader.get("/m/honours/led").text
    assert (cast.xiaobo.public_no in page, cast.ali.public_no in page) == (True, False)
    path, member = "/m/honours/led/new", {"team": team, "person": cast.xiaobo.public_no}
    form = leader.get(f"{path}?team={team}&person={cast.xiaobo.public_no}").text
    assert ("霍邱好人" in form, "推荐王小博" in form) == (True, True)
    assert leader.post(path, member | {"merits": "守堤"}).status_code == 400  # which honour?
    assert leader.post(path, member | {"kind": "kind0001", "merits": ""}).status_code == 400
    assert leader.post(path, member | {"kind": "kind0001", "merits": "守堤"}).location.endswith("&done=applied")
    assert leader.post(path, {"team": team, "kind": "kind0001", "merits": "守堤"}).status_code == 303
    made = list(Nomination.select().order_by(Nomination.id))
    assert [(row.volunteer_id, row.award_region) for row in made] == [(cast.xiaobo.id, COUNTY), (None, COUNTY)]
    assert "等审核" in leader.get("/m/honours/led").text
    assert "/m/honours/led" not in phone(cast.xiaobo).get("/m/honours").text
    assert phone(cast.xiaobo).get("/m/honours/led").status_code == 403
    assert phone(cast.xiaobo).post(path, member | {"kind": "kind0001", "merits": "x"}).status_code in (403, 404)
