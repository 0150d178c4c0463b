"""The mini-program's doors to trainings: find, order, take, hold, say results, see one's own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models import TrainingProvider, store
from services.bookkeeping import records
from services.participation import attendance
from tests.services.training.world import make_course
from tests.support.world import COUNTY, World


def test_training_from_order_to_my_record(
    cast: World, client: Any, bearer: Any, frozen: Any, at: datetime
) -> None:
    def act() -> None:
        make_course(at, tested=True, certificate=True, valid_months=12)
        TrainingProvider.create(
            code="prov0001", region_code=COUNTY, kind="league", name="团校", person=cast.chali, from_on="2026-01-01",
            created_at=at,
        )  # fmt: skip

    store.write(act)
    ali, chali, xiaobo = bearer(cast.ali), bearer(cast.chali), bearer(cast.xiaobo)
    keys = iter(f"key-{number}" for number in range(20))

    def post(who: dict[str, str], path: str, **body: Any) -> Any:
        return client.post(f"/api/v1/{path}", json=body, headers={**who, "Idempotency-Key": next(keys)})

    wrong = {"team_code": cast.team.code, "people": 20, "wanted_from": "2026-06-01", "wanted_until": "2026-06-30"}
    answer = post(ali, "trainings/orders", **wrong, course="course1")
    assert (answer.status_code, answer.json["facts"]["field"]) == (400, "wanted_from")
    code = post(ali, "trainings/orders", **{**wrong, "wanted_from": "2026-06-15"}, course="course1").json["code"]
    assert [each["code"] for each in client.get("/api/v1/trainings/orders", headers=chali).json["orders"]] == [code]
    assert client.get(f"/api/v1/trainings/orders/{code}", headers=xiaobo).status_code == 404
    offers = client.get("/api/v1/trainings/orders", headers=ali).json["offers"]
    assert [(each["courses"][0]["code"], each["providers"][0]["code"]) for each in offers] == [("course1", "prov0001")]
    page = client.get(f"/api/v1/trainings/orders/{code}", headers=chali).json
    assert ([each["code"] for each in page["takes"]], page["courses"]) == (["prov0001"], [])
    assert post(chali, f"trainings/orders/{code}/take", provider="prov0001").status_code == 204
    page = client.get(f"/api/v1/trainings/orders/{code}", headers=chali).json
    assert ([each["code"] for each in page["courses"]], page["may_schedule"]) == (["course1"], True)
    starts = at + timedelta(days=5)
    held = post(
        chali, f"trainings/orders/{code}/session", course="course1", starts_at=starts.isoformat(),
        ends_at=(starts + timedelta(hours=2)).isoformat(), people=20, place="社区会议室",
    )  # fmt: skip
    session = held.json["code"]
    shown = client.get("/api/v1/trainings", headers=xiaobo).json["sessions"]
    assert [(each["code"], each["told"], each["places_left"]) for each in shown] == [(session, "2 学时（90 分钟）", 20)]
    shift = client.get(f"/api/v1/activities/{session}", headers=xiaobo).json["shifts"][0]["code"]
    assert post(xiaobo, "signups", shift_code=shift, risk_accepted=True).status_code == 201

    late = starts + timedelta(hours=2, minutes=10)
    for direction, when in (("in", starts), ("out", starts + timedelta(hours=2))):
        attendance.tick(
            actor=cast.actor(cast.ali), shift_code=shift, public_no=cast.xiaobo.public_no, direction=direction,
            at=late, when=when,
        )  # fmt: skip
    records.confirm(actor=cast.actor(cast.ali), activity_code=session, at=late)
    frozen(late)
    ali, chali, xiaobo = (bearer(each) for each in (cast.ali, cast.chali, cast.xiaobo))
    missing = post(chali, f"trainings/{session}/finish")
    assert (missing.status_code, missing.json["facts"]) == (409, {"count": 1})
    assert post(chali, f"trainings/{session}/results", results={cast.xiaobo.public_no: "passed"}).status_code == 204
    sheet = client.get(f"/api/v1/trainings/{session}/results", headers=chali).json
    assert [sheet[name] for name in ("over", "tested", "certificate", "finished")] == [True, True, True, False]
    assert [(each["result"], each["me"], each["may_correct"]) for each in sheet["lines"]] == [("passed", False, False)]
    assert client.get(f"/api/v1/activities/{session}/day", headers=ali).json["is_class"] is True
    assert post(xiaobo, f"trainings/{session}/finish").status_code == 403
    assert post(chali, f"trainings/{session}/finish").json == {"people": 1, "certificates": 1}
    mine = client.get("/api/v1/me/trainings", headers=xiaobo).json
    assert (mine["year"], mine["results"][0]["result"], mine["certificates"][0]["state"]) == ("2.6", "passed", "valid")
    assert (mine["certificates"][0]["name"], mine["proof_url"][-3:]) == (cast.xiaobo.name, "/t/")
    fixed = {"results": {cast.xiaobo.public_no: "failed"}, "reason": "名字看错了"}
    assert post(xiaobo, f"trainings/{session}/results", **fixed).status_code == 403
    assert post(chali, f"trainings/{session}/results", **fixed).status_code == 204
    mine = client.get("/api/v1/me/trainings", headers=xiaobo).json
    assert (mine["results"][0]["result"], mine["certificates"][0]["state"]) == ("failed", "revoked")
