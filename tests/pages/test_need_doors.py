"""The form that a code on the wall opens, in any browser, without an account."""

from __future__ import annotations

import re
from typing import Any

from models import Evaluation, Need, store
from tests.support.world import COUNTY, VILLAGE

FORM = {
    "title": "修屋顶", "content": "漏水", "wish": "D3.care", "person": "张大爷", "phone": "13856400000", "agreed": "1",
}  # fmt: skip


def test_need_is_sent_without_an_account_and_followed_by_its_code(cast: Any, phone: Any) -> None:
    browser = phone(wechat=False)
    assert "不用登记" in browser.get(f"/n/{VILLAGE}").text
    page = browser.post(f"/n/{VILLAGE}", FORM | {"veteran": "1"}).text
    need = Need.get()
    assert (need.title, need.kind, need.sub_domain, need.state) == ("修屋顶", "veteran", "care", "received")
    path = re.search(r'href="(/n/of/\w+)"', page).group(1)
    assert ("等服务站答复" in browser.get(path).text, "13856400000" in browser.get(path).text) == (True, False)
    assert browser.post(path, {"withdraw": "1"}).location == f"{path}?done=withdrawn"
    assert "已撤回" in browser.get(path).text


def test_what_is_missing_is_said_and_what_was_typed_stays(cast: Any, phone: Any) -> None:
    browser = phone(wechat=False)
    for missing, word in (({"agreed": ""}, "勾选同意"), ({"phone": "没有"}, 'class="error"')):
        form = {name: text for name, text in (FORM | missing).items() if text}
        answer = browser.post(f"/n/{VILLAGE}", form)
        assert (answer.status_code, word in answer.text, "漏水" in answer.text) == (400, True, True)
    assert Need.select().count() == 0


def test_door_of_a_place_that_is_none_is_not_found(cast: Any, phone: Any) -> None:
    assert [phone(wechat=False).get(f"/n/{code}").status_code for code in ("99", "abc", COUNTY)] == [404, 404, 200]
    assert phone(wechat=False).get("/n/of/aaaaaaaaaaaaaa").status_code == 404


def test_stars_are_given_where_it_was_followed(cast: Any, phone: Any) -> None:
    browser = phone(wechat=False)
    path = re.search(r'href="(/n/of/\w+)"', browser.post(f"/n/{VILLAGE}", FORM).text).group(1)
    store.write(lambda: Need.update(state="served", team=cast.team).execute())
    assert browser.post(path, {"words": "好"}).status_code == 400
    assert browser.post(path, {"score": "5", "words": "很快"}).location == f"{path}?done=judged"
    assert (Evaluation.get().score, "改评价" in browser.get(path).text) == (5, True)


def test_own_need_is_judged_on_its_page(cast: Any, phone: Any) -> None:
    browser = phone(cast.xiaobo)
    browser.post("/m/needs", {"title": "理发", "domain": "D3.care", "content": "腿脚不便"})
    need = Need.get()
    path = f"/m/needs/{need.code}/judge"
    assert browser.post(path, {"score": "5"}).status_code == 409
    store.write(lambda: Need.update(state="served", team=cast.team).execute())
    assert browser.post(path, {}).status_code == 400
    assert browser.post(path, {"score": "4"}).location == "/m/needs?done=judged"
    assert "改我的评价（4 星）" in browser.get("/m/needs").text
    assert phone(cast.chali).post(path, {"score": "1"}).status_code == 404
