"""A need at the station's desk and at the leader's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from models import Activity, Evaluation, Need, store
from services.evaluation import links
from services.planning import needs_due
from tests.console.conftest import Desk, read_qr
from tests.support.world import VILLAGE, World, make_activity

FORM = {
    "region": VILLAGE, "kind": "veteran", "title": "上门理发", "domain": "D3.care", "content": "腿脚不便",
    "private_home": "1", "contact": "张大爷 13856400000",
}  # fmt: skip


def test_need_from_the_desk_to_an_activity(cast: World, desk: Callable[..., Desk]) -> None:
    officer, leader = desk(cast.officer), desk(cast.ali)
    assert "登记一份需求" in officer.get("/console/needs/new").text
    path = officer.post("/console/needs/new", FORM).location.partition("?")[0]
    assert "上门理发" in officer.get("/console/needs").text
    officer.post(path + "/accept", {"answer": "好"})
    page = leader.get(path).text
    assert ("接单" in page, "13856400000" in page) == (True, False)
    leader.post(path + "/claim", {"team": cast.team.code})
    assert "照这份需求发起活动" in leader.get(path).text
    need = Need.get()
    form = leader.get(f"/console/activities/new?need={need.code}").text
    assert ('value="上门理发"' in form, f'value="{need.code}" selected' in form) == (True, True)
    shown = leader.post(path + "/contact", {"reason": "约时间"}).text
    assert "13856400000" in shown
    leader.post(path + "/served")
    officer.post(path + "/close", {"answer": "满意"})
    assert Need.get().state == "closed"


def test_activity_made_from_a_need_carries_it(cast: World, desk: Callable[..., Desk]) -> None:
    officer, leader = desk(cast.officer), desk(cast.ali)
    path = officer.post("/console/needs/new", FORM).location.partition("?")[0]
    officer.post(path + "/offer", {"team": cast.team.code})
    leader.post(path + "/claim", {"team": cast.team.code})
    made = {
        "team": cast.team.code, "title": "理发", "kind": "D3.care", "content": "理发", "day": "2026-06-13",
        "start": "08:00", "end": "10:00", "place": "张大爷家", "risk_notice": "有狗", "conditions": "会理发",
        "safeguards": "两人同行", "openness": "everyone", "closes": "0", "code_life": "60", "p0_name": "理发员",
        "p0_quota": "2", "need": Need.get().code, "private_home": "1", "publish": "1",
    }  # fmt: skip
    leader.post("/console/activities/new", made)
    one = Activity.select().order_by(Activity.id.desc()).first()
    assert (one.need_id, one.state, one.openness, one.private_home) == (Need.get().id, "published", "team", True)
    assert "理发" in leader.get(path).text


def test_wrong_field_is_named_and_nothing_typed_is_lost(cast: World, desk: Callable[..., Desk]) -> None:
    answer = desk(cast.officer).post("/console/needs/new", FORM | {"title": ""})
    assert (answer.status_code, "腿脚不便" in answer.text, 'aria-describedby="wrong-title"' in answer.text) == (
        400, True, True,
    )  # fmt: skip


def test_whoever_was_served_judges_the_need_and_everybody_concerned_sees_it(
    cast: World, desk: Callable[..., Desk], at: datetime
) -> None:
    officer, leader, own = desk(cast.officer), desk(cast.ali), desk()
    own.log_in(cast.xiaobo, at, kind="h5")
    own.post("/m/needs", {**FORM, "title": "想剪头发"})
    need = Need.get()
    path = f"/console/needs/{need.code}"
    officer.post(path + "/offer", {"team": cast.team.code})
    leader.post(path + "/claim", {"team": cast.team.code})
    assert "出评价码" not in leader.get(path).text
    store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(hours=-3), title="理发", need_id=need.id))
    needs_due.follow(at=at)
    assert ("还没有评" in leader.get(path).text, "请您评一评" in own.get("/m/needs").text) == (True, True)

    form = re.search(r'action="(/console/activities/\w+/evaluation-link)"', leader.get(path).text)
    assert form is not None
    shown = leader.post(form[1], {"uses": "1"}).text
    link = read_qr(re.search(r'<img class="qr" src="([^"]+)"', shown)[1])  # type: ignore[index]
    assert "谢谢" in desk().post(link[link.index("/e/") :], {"score": "4", "words": "剪得好"}).text

    for page in (leader.get(path).text, officer.get(path).text):
        assert ("已评单" in page, "4.0 星（1 人）" in page, "还没有评" in page) == (True, True, False)
    assert "已评单：<strong>4.0</strong> 星" in own.get("/m/needs").text
    assert "4.0 星（1 人）" in officer.get("/console/needs").text


def test_vote_from_the_leaders_own_phone_does_not_judge_the_need(
    cast: World, desk: Callable[..., Desk], at: datetime
) -> None:
    officer, leader = desk(cast.officer), desk(cast.ali)
    path = officer.post("/console/needs/new", FORM).location.partition("?")[0]
    officer.post(path + "/offer", {"team": cast.team.code})
    leader.post(path + "/claim", {"team": cast.team.code})
    activity, _ = store.write(lambda: make_activity(at, cast.team, need_id=Need.get().id))
    token = links.make(actor=cast.actor(cast.ali), activity_code=activity.code, at=at)
    leader.post(f"/e/{token}", {"score": "5"})
    assert (Evaluation.get().verified, "已评单" in officer.get(path).text) == (False, False)


def test_station_hangs_up_its_code_and_words_what_came_in_anew(cast: World, desk: Callable[..., Desk]) -> None:
    officer, stranger = desk(cast.officer), desk()
    page = officer.get(f"/console/needs/door?region={VILLAGE}").text
    picture = re.search(r'src="(data:image/svg[^"]+)"', page).group(1)
    assert read_qr(picture).endswith(f"/n/{VILLAGE}")
    sheet = officer.get(f"/console/needs/door/{VILLAGE}.pdf")
    assert (sheet.mimetype, sheet.data[:5]) == ("application/pdf", b"%PDF-")
    assert officer.get("/console/needs/door?region=340102").status_code == 403
    assert desk(cast.ali).get("/console/needs/door").status_code == 403

    sent = {"title": "东湖路 5 号张家", "content": "漏水", "person": "张大爷", "phone": "13856400000", "agreed": "1"}
    assert stranger.post(f"/n/{VILLAGE}", sent).status_code == 200
    assert "扫码来的" in officer.get("/console/needs?source=door").text
    path = f"/console/needs/{Need.get().code}"
    assert "打过去问清楚" in officer.get(path).text
    assert "东湖路 5 号张家" in officer.get(path + "/edit").text
    assert officer.post(path + "/edit", FORM | {"title": ""}).status_code == 400
    officer.post(path + "/edit", FORM | {"title": "修屋顶"})
    assert (Need.get().title, "张大爷" in officer.post(path + "/contact", {"reason": "核实"}).text) == ("修屋顶", True)
