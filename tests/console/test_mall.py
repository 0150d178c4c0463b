"""The mall's office: rewards, the desk, somebody without a phone; a rule looked at before it counts."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from models import Redemption, Reward, RuleSet
from services.mall import catalogue
from storage.disk import Disk
from tests.services.lives.test_files import SVG, picture
from tests.services.mall.world import give, offer, open_mall, sums
from tests.support.world import COUNTY, World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
FORM = {
    "title": "大米 5 公斤", "price": "60", "stock": "10", "place_region": COUNTY, "place": "县中心一楼",
    "from_on": "2026-06-01", "to_on": "", "per_person": "1", "stars": "0", "honour": "", "partner": "", "about": "",
}  # fmt: skip


def test_reward_is_put_in_changed_and_closed(cast: World, desk: Callable[..., Any], at: datetime) -> None:
    office = desk(cast.officer)
    assert office.get("/console/mall").status_code == 404
    open_mall(at)
    assert "还没有礼品" in office.get("/console/mall").text
    pay = office.post(f"/console/mall/new?region={COUNTY}", FORM | {"title": "超市购物卡"})
    assert (pay.status_code, Reward.select().count()) == (400, 0)
    assert "不能有“购物卡”" in pay.text
    assert office.post(f"/console/mall/new?region={COUNTY}", FORM).status_code == 303
    reward = Reward.get()
    path = f"/console/mall/{reward.code}"
    assert "大米 5 公斤" in office.get(path).text
    few = office.post(path, FORM | {"more": "-11"})
    assert few.status_code == 409
    assert office.post(path, FORM | {"more": "5", "price": "70"}).status_code == 303
    now = Reward.get()
    assert (now.stock, now.supply, now.price) == (15, 15, 70)
    assert office.post(f"{path}/state", {"state": "closed"}).status_code == 303
    assert Reward.get().state == "closed"
    assert office.get("/console/mall?format=xlsx").mimetype.endswith("sheet")
    assert desk(cast.ali).get("/console/mall").status_code in (403, 404)


def test_desk_finds_hands_over_and_takes_back(cast: World, desk: Callable[..., Any], at: datetime) -> None:
    open_mall(at)
    give(cast.chali, 200, at)
    reward, office = offer(cast, at, per_person=5), desk(cast.officer)
    page = office.get(f"/console/people/{cast.chali.public_no}/mall").text
    key = re.findall(r'name="key" value="([^"]+)"', page)[0]
    sent = {"reward": reward.code, "price": "60", "key": key}
    for _ in range(2):
        went = office.post(f"/console/people/{cast.chali.public_no}/mall", sent)
    got = Redemption.get()
    path = f"/console/mall/redemptions/{got.code}"
    assert (went.location, sums(cast.chali), got.paper) == (f"{path}?done=noted", (140, 140), True)
    assert office.get(f"{path}/slip").data.startswith(b"%PDF")
    assert "没有这个领取码" in office.post("/console/mall/desk", {"code": "12"}).text
    assert office.post("/console/mall/desk", {"code": got.digits}).location == path
    assert "还有等领取的" not in office.get(path).text
    more = office.post(f"/console/people/{cast.chali.public_no}/mall", {**sent, "key": "another"}).location
    assert more.split("?")[0] in office.get(path).text  # both are handed over at one time
    office.post(more.split("?")[0], {"act": "back", "reason": "只要一件"})
    assert "交给他" in office.get(path).text
    assert office.post(path, {"act": "hand"}).status_code == 303
    assert office.post(path, {"act": "hand"}).status_code == 409
    assert office.post(path, {"act": "back", "reason": ""}).status_code == 400
    assert office.post(path, {"act": "back", "reason": "米袋破了", "restock": "1"}).status_code == 303
    assert (sums(cast.chali), Reward.get().stock) == ((200, 200), 10)
    listed = office.get("/console/mall/redemptions").text
    assert "已退货" in listed
    assert cast.officer.name in listed  # who did it for him
    assert office.get("/console/points/debts").status_code == 200


def test_rule_is_looked_at_before_it_counts(cast: World, desk: Callable[..., Any], at: datetime) -> None:
    office, path = desk(cast.officer), "/console/policy/points/domains"
    shown = office.post(f"{path}/preview?region={COUNTY}", {"percentD3": "150", "reason": ""})
    assert shown.status_code == 200
    assert "生态环保" in shown.text or "150%" in shown.text
    assert RuleSet.select().where(RuleSet.region_code == COUNTY).count() == 0
    assert office.post(f"{path}/preview?region={COUNTY}", {"percentD3": "9999"}).status_code == 400
    assert office.post(f"{path}?region={COUNTY}", {"percentD3": "150", "reason": "县里定"}).status_code == 303
    assert "150%" in office.get(f"/console/policy?region={COUNTY}").text
    assert "150" in office.get(f"{path}?region={COUNTY}").text


def test_photo_of_a_reward_is_drawn_anew_and_seen_by_who_may_redeem(
    cast: World, desk: Callable[..., Any], at: datetime, app: Any, tmp_path: Path
) -> None:
    app.extensions["parts"] = replace(app.extensions["parts"], storage=Disk(tmp_path / "files"))
    open_mall(at)
    give(cast.chali, 200, at)
    reward, office = offer(cast, at), desk(cast.officer)
    path = f"/console/mall/{reward.code}/photo"

    def sent(body: bytes) -> Any:
        return office.post(path, data={"photo": (io.BytesIO(body), "reward.jpg")})

    assert sent(SVG).status_code == 400
    assert sent(picture()).status_code == 303
    for shown in (office.get(f"/console/mall/{reward.code}").text, office.get(path).text):
        assert "data:image/jpeg;base64,/9j/" in shown
    seen = catalogue.photo(
        parts=app.extensions["parts"], volunteer_id=cast.chali.id, code=reward.code, at=at
    )
    assert seen.startswith(b"\xff\xd8")
    next((tmp_path / "files").rglob("*.sealed")).unlink()
    assert "换一张照片" in office.get(f"/console/mall/{reward.code}").text  # a lost file closes no page
