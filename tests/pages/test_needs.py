"""点单 on the phone."""

from __future__ import annotations

from typing import Any

from models import Need

FORM = {"title": "理发", "domain": "D3.care", "content": "腿脚不便", "kind": "veteran", "contact": "13856400000"}


def test_need_is_sent_and_taken_back(cast: Any, phone: Any) -> None:
    browser = phone(cast.xiaobo)
    assert browser.post("/m/needs", FORM).location == "/m/needs?done=applied"
    need = Need.get()
    assert (need.volunteer_id, need.kind, need.state) == (cast.xiaobo.id, "veteran", "received")
    assert "等服务站答复" in browser.get("/m/needs").text
    browser.post(f"/m/needs/{need.code}/withdraw")
    assert Need.get().state == "withdrawn"
    assert browser.post(f"/m/needs/{need.code}/withdraw").status_code == 409


def test_wrong_field_is_said_beside_it(cast: Any, phone: Any) -> None:
    answer = phone(cast.xiaobo).post("/m/needs", FORM | {"title": ""})
    assert (answer.status_code, "腿脚不便" in answer.text, 'class="error"' in answer.text) == (400, True, True)
