"""补录 at the desk: the list, one request, a paper list from the form to the decision above."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask

from models import Makeup, MakeupBatch, MinuteEntry, Shift, store
from services.review import makeups
from storage.disk import Disk
from tests.console.conftest import Desk
from tests.services.lives.test_files import picture
from tests.support import world
from tests.support.world import World

Desks = Callable[..., Desk]


@pytest.fixture(autouse=True)
def own_folder(app: APIFlask, tmp_path: Path) -> None:
    app.extensions["parts"] = replace(app.extensions["parts"], storage=Disk(tmp_path / "files"))


@pytest.fixture
def over(cast: World, at: datetime) -> Shift:
    """An activity of yesterday, to which two people came and nobody scanned."""

    def act() -> Shift:
        _, shift = world.make_activity(at, cast.team, starts_in=timedelta(hours=-24), title="大堤巡护")
        for person in (cast.xiaobo, cast.chali):
            world.sign_up(at, shift, person)
        return shift

    return store.write(act)


def asked(app: APIFlask, cast: World, over: Shift, at: datetime) -> str:
    return makeups.ask(
        parts=app.extensions["parts"], actor=cast.actor(cast.xiaobo), shift_code=over.code, from_at=over.starts_at,
        to_at=over.ends_at, reason="手机没电了", photo=picture(), at=at,
    )  # fmt: skip


def test_leader_answers_a_request(app: APIFlask, cast: World, desk: Desks, over: Shift, at: datetime) -> None:
    code = asked(app, cast, over, at)
    leader = desk(cast.ali)
    assert "份补录等核对" in leader.get("/console").text
    assert f"/console/makeups/{code}" in leader.get("/console/makeups?state=requested").text
    page = leader.get(f"/console/makeups/{code}").text
    assert ("手机没电了" in page, "属实，补上" in page) == (True, True)
    shown = leader.get(f"/console/makeups/{code}/photo")
    assert (shown.content_type, shown.data[:2]) == ("image/jpeg", b"\xff\xd8")
    answer = leader.post(f"/console/makeups/{code}", {"refuse": "1", "reason": ""})
    assert (answer.status_code, 'id="wrong-reason"' in answer.text) == (400, True)
    done = leader.post(f"/console/makeups/{code}", {"approve": "1"})
    assert (done.status_code, done.location) == (303, f"/console/makeups/{code}?done=approved")
    assert [entry.amount for entry in MinuteEntry.select()] == [120]
    told = leader.get(f"/console/makeups/{code}").text
    assert ("申请补录" in told, "补上" in told) == (True, True)


def test_yes_that_comes_too_late_is_not_said_beside_the_reason(
    app: APIFlask, cast: World, desk: Desks, over: Shift, at: datetime
) -> None:
    code = asked(app, cast, over, at)
    makeups.withdraw(actor=cast.actor(cast.xiaobo), code=code, at=at)
    answer = desk(cast.ali).post(f"/console/makeups/{code}", {"approve": "1"})
    assert (answer.status_code, 'id="wrong-reason"' in answer.text, "已经办过了" in answer.text) == (409, False, True)


def test_paper_list_goes_up_and_comes_back(cast: World, desk: Desks, over: Shift) -> None:
    leader, code = desk(cast.ali), over.activity.code
    assert f"/console/activities/{code}/paper-list" in leader.get(f"/console/activities/{code}").text
    path = f"/console/activities/{code}/paper-list"
    form = leader.get(path).text
    assert ("王小博" in form, "赵查理" in form) == (True, True)
    sent = {
        "who": [f"{over.code}.{each.public_no}" for each in (cast.xiaobo, cast.chali)], "begins": "09:00",
        "ends": "11:00", "reason": "大堤上没有信号",
    }  # fmt: skip
    missing = leader.post(path, sent)
    assert (missing.status_code, 'id="wrong-photo"' in missing.text) == (400, True)
    assert f'value="{over.code}.{cast.xiaobo.public_no}" checked' in missing.text
    done = leader.post(path, sent | {"photo": (io.BytesIO(picture()), "名单.jpg")})
    listed = f"/console/makeups/lists/{MakeupBatch.get().code}"
    assert (done.status_code, done.location) == (303, f"{listed}?done=submitted")
    assert "等上一级服务中心来批" in leader.get(listed).text

    above, off = desk(cast.officer), Makeup.get(Makeup.volunteer == cast.chali).code
    keep = Makeup.get(Makeup.volunteer == cast.xiaobo).code
    assert "勾选的都补上" in above.get(listed).text
    assert above.get(f"/console/makeups/{MakeupBatch.get().code}/photo").data[:2] == b"\xff\xd8"
    again = above.post(listed, {"approve": "1", "keep": [keep]})
    assert (again.status_code, 'id="wrong-reason"' in again.text) == (400, True)
    end = above.post(listed, {"approve": "1", "keep": [keep], "reason": "照片上没有他"})
    assert (end.status_code, end.location) == (303, f"{listed}?done=approved")
    story = above.get(listed).text
    assert ("交来名单" in story, "批准" in story, "照片上没有他" in story) == (True, True, True)
    assert (Makeup.get(Makeup.code == off).state, Makeup.get(Makeup.code == keep).state) == (
        "refused",
        "approved",
    )


def test_request_of_another_team_is_not_there(
    app: APIFlask, cast: World, desk: Desks, over: Shift, at: Any
) -> None:
    code = asked(app, cast, over, at)
    store.write(lambda: world.grant(at, cast.chali, "team_leader", team=cast.other_team))
    stranger = desk(cast.chali)
    assert stranger.get(f"/console/makeups/{code}").status_code == 404
    assert stranger.get(f"/console/makeups/{code}/photo").status_code == 404


def test_leader_asks_for_one_person_without_a_photo(cast: World, desk: Desks, over: Shift) -> None:
    leader, path = desk(cast.ali), f"/console/activities/{over.activity.code}/makeup-for"
    sent = {"one": f"{over.code}.{cast.xiaobo.public_no}", "begins": "09:00", "ends": "10:00", "reason": "我看见他在"}
    assert leader.post(path, sent | {"begins": "x"}).status_code == 400
    done = leader.post(path, sent)
    made = Makeup.get()
    assert done.location == f"/console/makeups/{made.code}?done=submitted"
    assert (made.volunteer_id, made.asked_by_id, made.minutes) == (cast.xiaobo.id, cast.ali.id, 60)
    assert "申请人和本人不能批" in leader.get(f"/console/makeups/{made.code}").text
