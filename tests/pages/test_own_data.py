"""我的数据 on the phone: a copy asked for, made by the worker, fetched; by nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.privacy import closing, own_copy
from tests.services.certificates.world import PARTS
from tests.services.privacy.people import NUMBER, full
from tests.support.world import World


@pytest.fixture
def mine(cast: World, phone: Any, at: datetime) -> Any:
    return phone(full(cast, PARTS, at))


def test_copy_is_asked_for_and_fetched_on_the_phone(cast: World, mine: Any, phone: Any, at: datetime, frozen: Any) -> None:
    assert "下载、注销" in mine.get("/m/me").text
    assert mine.post("/m/me/data", {"document": NUMBER}).headers["Location"] == "/m/me/data"
    assert "正在准备" in mine.get("/m/me/data").text
    own_copy.make_due(parts=PARTS, at=at)
    page = mine.get("/m/me/data").text
    assert ("号码是全的" in page, "正在准备" in page) == (True, False)
    links = [each.split('"')[0] for each in page.split('href="')[1:] if each.startswith("/d/")]
    pdf, json = (phone(wechat=False).get(link) for link in links)
    assert (pdf.mimetype, json.mimetype, json.json["identity"]["document"]) == ("application/pdf", "application/json", NUMBER)
    assert (json.headers["Cache-Control"], json.headers["Content-Disposition"][:10]) == ("private, no-store", "attachment")
    code = own_copy.mine(volunteer_id=cast.xiaobo.id, at=at)[0].code
    assert mine.get(f"/m/me/data/{code}.json").json == json.json
    assert phone(cast.chali).get(f"/m/me/data/{code}.json").status_code == 404
    assert mine.get(f"/m/me/data/{code}.exe").status_code == 404
    frozen(at + timedelta(hours=24))
    assert mine.get(f"/m/me/data/{code}.json").status_code == 404


def test_wrong_number_is_said_beside_the_field(mine: Any) -> None:
    answer = mine.post("/m/me/data", {"document": "110105194912310021"})
    assert (answer.status_code, "和登记的不一样" in answer.text) == (400, True)
    assert NUMBER not in mine.get("/m/me/data").text


def test_account_is_closed_and_kept_on_the_phone(cast: World, mine: Any, at: datetime, frozen: Any) -> None:
    page = mine.get("/m/me/closing").text
    assert [word in page for word in ("2 小时 5 分钟", "积分 2 分", "申请注销，14 天后抹去", "撤回")] == [True, True, True, False]
    assert mine.post("/m/me/closing").headers["Location"] == "/m/me/closing"
    page = mine.get("/m/me/closing").text
    assert ("6月24日（周三）注销" in page, "不注销了，撤回" in page, "申请注销，14" in page) == (True, True, False)
    assert "您申请了注销" in mine.get("/m/me/data").text
    assert mine.post("/m/me/closing/undo").headers["Location"] == "/m/me/closing?done=undone"
    assert "已经撤回，账号照常使用" in mine.get("/m/me/closing?done=undone").text
    mine.post("/m/me/closing")
    closing.work(parts=PARTS, at=at + closing.DAYS)
    assert mine.get("/m/me").status_code in (302, 303)


def test_leader_reads_what_comes_first_and_cannot_press(cast: World, phone: Any) -> None:
    page = phone(cast.ali).get("/m/me/closing").text
    assert ("您还担任东湖服务队队长" in page, "申请注销，14" in page) == (True, False)
