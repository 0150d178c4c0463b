"""Stars and benefits by their doors: phone, public notice, console, a provider's browser."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Balance, Benefit, BenefitUse, Complaint, StarAward, Volunteer, store
from services.benefits import cards
from services.stars import awarding, proposing
from tests.support import world
from tests.support.fakes import make_parts
from tests.support.world import CITY, COUNTY, World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def mine(cast: World, desk: Any, at: datetime) -> Any:
    """小博's phone; his book stands at 300 hours."""
    store.write(lambda: Balance.update(minutes=300 * 60).where(Balance.volunteer == cast.xiaobo).execute())
    own = desk()
    own.log_in(cast.xiaobo, at, "h5")
    return own


def test_star_is_asked_for_agreed_to_objected_to_and_stopped(
    cast: World, desk: Any, mine: Any, at: datetime
) -> None:
    assert "申请二星" in mine.get("/m/stars").text
    assert mine.post("/m/stars", {"merits": ""}).location == "/m/stars?done=applied"
    again = mine.post("/m/stars", {"merits": ""})
    assert (again.status_code, "已经在办" in again.text) == (409, True)
    assert "等霍邱县退役军人服务中心审核" in again.text
    officer, anybody = desk(cast.officer), desk()
    code = StarAward.get().code
    page = officer.get("/console/stars").text
    assert ("1 颗星等您审核" in page, "等您审核</" in page, f"/console/stars/{code}" in page) == (True, True, True)
    assert anybody.get(f"/stars/{code}").status_code == 404  # not shown yet
    assert officer.post("/console/stars/agree").location == "/console/stars?state=announced&agreed=1"
    shown = anybody.get(f"/stars?region={COUNTY}").text
    assert ("王*博" in shown, cast.xiaobo.name in shown, f"/stars/{code}" in shown) == (True, False, True)
    bad = anybody.post(f"/stars/{code}", {"text": " "}, csrf=False)
    assert (bad.status_code, 'class="error"' in bad.text) == (400, True)
    assert "查询码" in anybody.post(f"/stars/{code}", {"text": "没见过他"}, csrf=False).text
    assert "有异议" in officer.get("/console/stars").text
    answer = officer.post(f"/console/stars/{code}/refuse", {"text": ""})
    assert (answer.status_code, "原因" in answer.text or "理由" in answer.text) == (400, True)
    assert awarding.award_due(at=at + timedelta(days=8)) == 0  # the objection is open
    complaint = f"/console/complaints/{Complaint.get().code}"
    assert "查下来是不是这样" not in officer.get(complaint).text  # he agreed to the star: somebody above answers

    def director() -> Volunteer:
        person = world.make_volunteer(at, "钱局长", region_code=CITY)
        world.grant(at, person, "director", region=CITY)
        world.make_identity(at, person)
        return person

    city = desk(store.write(director))
    assert f"/console/stars/{code}" in city.get(complaint).text
    assert city.post(complaint, {"text": "查无此事"}).status_code == 400  # neither right nor wrong
    assert city.post(complaint, {"text": "查无此事", "finding": "upheld"}).status_code == 303
    assert "没有通过：查无此事" in mine.get("/m/stars").text


def test_benefit_is_shown_and_counted_in_a_browser_without_an_account(
    cast: World, desk: Any, mine: Any, at: datetime
) -> None:
    officer, provider = desk(cast.officer), desk()
    form = {
        "region": COUNTY, "kind": "bus", "name": "免费坐公交", "provider": "霍邱公交", "min_star": "1", "uses": "1",
        "per": "day", "min_years": "0", "min_age": "0", "max_age": "0", "member": "no",
    }  # fmt: skip
    wrong = officer.post("/console/benefits/new", form | {"name": "", "provider": "霍邱公交"})
    assert (wrong.status_code, "霍邱公交" in wrong.text) == (400, True)
    path = officer.post("/console/benefits/new", form).location.partition("?")[0]
    code = path.rsplit("/", 1)[-1]
    assert "还要：一星以上" in mine.get("/m/benefits").text
    assert mine.get(f"/m/benefits/{code}/card").status_code == 409
    proposing.work(at=at)
    store.write(lambda: StarAward.update(state="awarded", awarded_on="2026-06-01").execute())
    assert "可以用" in mine.get("/m/benefits").text
    seconds = re.search(r'http-equiv="refresh" content="(\d+)"', mine.get(f"/m/benefits/{code}/card").text)
    assert seconds is not None
    assert seconds[1] == "280"
    card = cards.show(parts=make_parts(), volunteer_id=cast.xiaobo.id, code=code, at=at)
    token = card.url.rsplit("/", 1)[-1]
    seen = provider.get(f"/b/{token}")
    assert ("有效" in seen.text, "王*博" in seen.text, cast.xiaobo.name in seen.text) == (True, True, False)
    assert (seen.headers["Cache-Control"], BenefitUse.select().count()) == ("no-store", 0)  # looking counts nothing
    assert "有效，已记一次" in provider.post(f"/b/{token}", csrf=False).text
    uses = officer.get(f"{path}/uses").text
    (back,) = re.findall(rf'href="({path}/uses/\d+)"', uses)
    assert "撤回 王小博" in officer.get(back).text
    assert [officer.post(back, {"text": text}).status_code for text in ("", "点错了", "点错了")] == [400, 303, 404]
    assert "有效，已记一次" in provider.post(f"/b/{token}", csrf=False).text  # within the card's five minutes
    assert provider.get("/b/b1.made.up.0.code").text.count("不是我们的码") == 1
    listed = officer.get(f"{path}/people")
    assert ("王小博" in listed.text, officer.get(f"{path}/people.xlsx").mimetype.endswith("sheet")) == (True, True)
    assert officer.post(f"{path}/given", {"until": ""}).location == f"{path}?given=1"
    assert "今天记的 1 人，撤销" in officer.get(path).text
    assert officer.post(f"{path}/given", {"until": "", "back": "1"}).location == f"{path}?back=1"
    assert officer.post(f"{path}/paused", {"text": "检修"}).status_code == 303
    assert officer.post(f"{path}/edit", form | {"uses": "3"}).location == f"{path}?done=saved"
    assert (Benefit.get().uses, Benefit.get().used) == (3, 1)
