"""补录 on the phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from models import Makeup, Shift, store
from services.review import makeups
from tests.pages.conftest import Phone
from tests.support import world
from tests.support.world import World

Phones = Callable[..., Phone]


@pytest.fixture
def over(cast: World, at: datetime) -> Shift:
    def act() -> Shift:
        _, shift = world.make_activity(at, cast.team, starts_in=timedelta(hours=-24), title="大堤巡护")
        world.sign_up(at, shift, cast.xiaobo)
        return shift

    return store.write(act)


def test_missed_activity_is_offered_asked_for_and_taken_back(cast: World, phone: Phones, over: Shift) -> None:
    mine = phone(cast.xiaobo)
    assert "/m/makeups" in mine.get("/m/hours").text
    assert f"/m/makeups/new?shift={over.code}" in mine.get("/m/makeups").text
    assert f"/m/makeups/new?shift={over.code}" in mine.get(f"/m/activities/{over.activity.code}").text
    assert 'value="09:00"' in mine.get(f"/m/makeups/new?shift={over.code}").text
    sent = {"shift": over.code, "begins": "08:00", "ends": "11:00", "reason": "手机没电"}
    wrong = mine.post("/m/makeups/new", sent)
    assert (wrong.status_code, "补录的时间不对" in wrong.text, "手机没电" in wrong.text) == (400, True, True)
    done = mine.post("/m/makeups/new", sent | {"begins": "09:30"})
    assert (done.status_code, done.location) == (303, "/m/makeups?done=applied")
    assert Makeup.get().minutes == 90
    shown = mine.get("/m/makeups").text
    assert ("等核对" in shown, "1 小时 30 分钟" in shown) == (True, True)
    assert mine.post(f"/m/makeups/{Makeup.get().code}/withdraw").location == "/m/makeups?done=withdrawn"


def test_answer_is_read_on_the_phone(
    app: object, cast: World, phone: Phones, over: Shift, at: datetime
) -> None:
    mine = phone(cast.xiaobo)
    mine.post(
        "/m/makeups/new", {"shift": over.code, "begins": "09:00", "ends": "11:00", "reason": "手机没电"}
    )
    makeups.refuse(actor=cast.actor(cast.ali), code=Makeup.get().code, reason="那天没有见到您", at=at)
    assert "那天没有见到您" in mine.get("/m/makeups").text
