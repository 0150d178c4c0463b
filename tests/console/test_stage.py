"""The big screen: what a scanner reads from it is the code of this moment; the poster; who may open them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from clock import EPOCH
from models import Activity, Position, Shift, store
from services import codes
from services.errors import Refusal
from services.participation import attendance
from tests.console.conftest import Desk, read_qr
from tests.support import pictures
from tests.support.fakes import FakeGateway
from tests.support.world import World, sign_up
from wechat.gateway import WechatFailure


@pytest.fixture
def start(cast: World, frozen: Any) -> datetime:
    """The start of the activity, at the beginning of a step; the clock stands there."""
    seconds = (cast.shift.starts_at - EPOCH).total_seconds() // 15 * 15
    moment = EPOCH + timedelta(seconds=seconds)
    frozen(moment)
    return moment


@pytest.fixture
def screen(cast: World, desk: Callable[..., Desk], start: datetime) -> Desk:
    browser = desk()
    browser.log_in(cast.ali, start)
    return browser


def now(browser: Desk, world: World, direction: str = "in", have: object = "") -> dict[str, Any]:
    answer = browser.get(f"/console/stage/{world.shift.code}/{direction}/now?have={have}")
    assert answer.json is not None
    return dict(answer.json)


@pytest.mark.parametrize("direction", ["in", "out"])
def test_picture_holds_the_code_of_this_moment(
    cast: World, screen: Desk, start: datetime, direction: str
) -> None:
    page = screen.get(f"/console/stage/{cast.shift.code}/{direction}").text
    picture = re.search(r'id="stage-qr" src="(data:[^"]+)"', page)
    code = codes.venue_code(
        shift_code=cast.shift.code, shift_key=cast.shift.code_key, direction=direction, at=start
    )
    assert picture
    assert read_qr(picture.group(1)) == f"http://localhost:8000/q/{code}"


def test_check_in_and_check_out_differ_in_words(cast: World, screen: Desk) -> None:
    into = screen.get(f"/console/stage/{cast.shift.code}/in").text
    out = screen.get(f"/console/stage/{cast.shift.code}/out").text
    word = '<span class="stage-word">{}</span>'
    assert (word.format("签到") in into, word.format("签退") in out) == (True, True)
    assert ("stage-in" in into, "stage-out" in out) == (True, True)


def test_code_changes_with_the_step_and_only_then(
    cast: World, screen: Desk, start: datetime, frozen: Any
) -> None:
    first = now(screen, cast)
    frozen(start + timedelta(seconds=14))
    same = now(screen, cast)
    frozen(start + timedelta(seconds=15))
    following = now(screen, cast)
    assert (same["step"], same["picture"]) == (first["step"], first["picture"])
    assert following["step"] == first["step"] + 1
    assert read_qr(following["picture"]) != read_qr(first["picture"])


def test_screen_that_has_the_picture_is_not_sent_it_again(cast: World, screen: Desk) -> None:
    first = now(screen, cast)
    assert "picture" not in now(screen, cast, have=first["step"])
    assert "picture" in now(screen, cast, have=first["step"] - 1)


def test_picture_is_built_once_a_step_for_everybody_who_looks(
    cast: World, screen: Desk, start: datetime, frozen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = pictures.built(monkeypatch)
    for _ in range(20):
        screen.get(f"/console/stage/{cast.shift.code}/in")
        now(screen, cast)
    assert len(texts) == 1
    frozen(start + timedelta(seconds=15))
    for _ in range(20):
        now(screen, cast)
    assert len(texts) == 2


def test_nothing_is_built_for_a_screen_that_has_the_picture(
    cast: World, screen: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = pictures.built(monkeypatch)
    step = now(screen, cast)["step"]
    pictures.forget()
    now(screen, cast, have=step)
    assert len(texts) == 1


def test_screen_is_told_when_the_next_code_is_due_and_how_long_this_one_works(
    cast: World, screen: Desk, start: datetime, frozen: Any
) -> None:
    frozen(start + timedelta(seconds=5))
    facts = now(screen, cast)
    assert (facts["next_ms"], facts["good_ms"]) == (10_000, 25_000)


def test_picture_works_as_long_as_the_screen_believes(
    cast: World, screen: Desk, start: datetime, frozen: Any
) -> None:
    facts = now(screen, cast)
    text = read_qr(facts["picture"])
    last = start + timedelta(milliseconds=facts["good_ms"])
    frozen(last + timedelta(seconds=1))
    with pytest.raises(Refusal):
        attendance.scan(actor=cast.actor(cast.xiaobo), code=text, at=last + timedelta(seconds=1))
    assert attendance.scan(actor=cast.actor(cast.xiaobo), code=text, at=last).outcome == "accepted"


def test_numbers_follow_a_scan_from_the_screen(
    cast: World, screen: Desk, start: datetime, at: datetime
) -> None:
    sign_up(at, cast.shift, cast.xiaobo)
    before = now(screen, cast)
    attendance.scan(actor=cast.actor(cast.xiaobo), code=read_qr(before["picture"]), at=start)
    after = now(screen, cast)
    attendance.scan(
        actor=cast.actor(cast.xiaobo), code=read_qr(now(screen, cast, "out")["picture"]), at=start
    )
    gone = now(screen, cast)
    numbers = ("expected", "came", "inside", "left")
    assert [tuple(facts[name] for name in numbers) for facts in (before, after, gone)] == [
        (1, 0, 0, 0), (0, 1, 1, 0), (0, 1, 0, 1),
    ]  # fmt: skip


def test_poster_holds_two_lasting_codes(cast: World, screen: Desk) -> None:
    page = screen.get(f"/console/poster/{cast.shift.code}").text
    texts = [read_qr(picture) for picture in re.findall(r'src="(data:[^"]+)"', page)]
    wanted = [
        codes.poster_code(shift_code=cast.shift.code, shift_key=cast.shift.code_key, direction=direction)
        for direction in ("in", "out")
    ]
    assert texts == [f"http://localhost:8000/q/{code}" for code in wanted]


def test_poster_for_the_chat_holds_the_accounts_own_codes(
    cast: World, screen: Desk, gateway: FakeGateway, start: datetime
) -> None:
    page = screen.get(f"/console/poster/{cast.shift.code}/chat").text
    texts = [read_qr(picture) for picture in re.findall(r'src="(data:[^"]+)"', page)]
    seconds = int((cast.shift.ends_at - start).total_seconds()) + 86400
    assert [text.startswith("http://weixin.qq.com/q/") for text in texts] == [True, True]
    assert gateway.named("create_qr") == [
        {"scene": f"i.{cast.shift.code}", "seconds": seconds},
        {"scene": f"o.{cast.shift.code}", "seconds": seconds},
    ]


def test_poster_for_the_chat_says_when_wechat_is_away(
    cast: World, screen: Desk, gateway: FakeGateway
) -> None:
    gateway.fail("create_qr", WechatFailure("/cgi-bin/qrcode/create", -1, "system error"))
    assert screen.get(f"/console/poster/{cast.shift.code}/chat").status_code == 503


@pytest.mark.parametrize("way", ["", "/chat"])
def test_poster_of_a_home_visit_is_refused_with_what_to_do_instead(cast: World, screen: Desk, way: str) -> None:
    activity = f"/console/activities/{cast.activity.code}"
    assert "打印海报码" in screen.get(activity).text
    store.write(lambda: Activity.update(private_home=True).execute())
    answer = screen.get(f"/console/poster/{cast.shift.code}{way}")
    assert (answer.status_code, "不印海报码" in answer.text, "data:image" in answer.text) == (403, True, False)
    assert "打印海报码" not in screen.get(activity).text


def test_unknown_direction_is_not_found(cast: World, screen: Desk) -> None:
    assert screen.get(f"/console/stage/{cast.shift.code}/sideways").status_code == 404


def test_session_that_is_over_sends_the_screen_to_the_door(cast: World, desk: Callable[..., Desk]) -> None:
    answer = desk().get(f"/console/stage/{cast.shift.code}/in/now")
    assert (answer.status_code, answer.location.startswith("/console/login")) == (302, True)


def test_screen_counts_who_is_due_now_by_position_and_nobody_of_another_time(
    cast: World, screen: Desk, start: datetime, at: datetime
) -> None:
    def add(name: str, later: timedelta) -> Shift:
        fields = {"activity": cast.activity, "quota": 5}
        times = {
            "starts_at": cast.shift.starts_at + later,
            "ends_at": cast.shift.ends_at + later,
            "planned_ends_at": cast.shift.ends_at + later,
        }
        position = Position.create(name=name, **fields)
        return Shift.create(
            code=f"x{position.id}", position=position, code_key=codes.new_shift_key(), **fields, **times
        )

    together, evening = add("运送员", timedelta(0)), add("晚班", timedelta(hours=6))
    sign_up(at, cast.shift, cast.ali)
    sign_up(at, together, cast.xiaobo)
    sign_up(at, evening, cast.chali)
    before = now(screen, cast)
    attendance.scan(actor=cast.actor(cast.xiaobo), code=read_qr(before["picture"]), at=start)
    after = now(screen, cast)
    numbers = [(each["expected"], each["came"], each["lines"]) for each in (before, after)]
    assert numbers == [(2, 0, [[0, 1], [0, 1]]), (1, 1, [[0, 1], [1, 0]])]
    page = screen.get(f"/console/stage/{cast.shift.code}/in").text
    assert ("运送员" in page, "晚班" in page) == (True, False)
    assert "晚班" not in screen.get(f"/console/stage/{evening.code}/in").text  # alone at its time: no list
