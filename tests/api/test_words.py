"""待审核, 候补, 请确认名额, 已录用: each state in the word that is its own at every door (U2)."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from handlers.bot import callback
from models import Shift, WechatIdentity, store
from services.accounts import sessions
from settings import Secret
from tests.bot.chat import AES_KEY, TOKEN, WeChat
from tests.support.world import World, sign_up
from wording import entry

STATES = {"pending": "待审核", "waitlisted": "候补第 1 位", "offered": "请确认名额", "confirmed": "已录用"}
#: The leader reads that somebody else is to confirm.
LED = STATES | {"offered": "等本人确认名额"}
#: In the lists of open activities nobody's place in the queue is counted.
LISTED = STATES | {"waitlisted": "候补中"}


def stand(cast: World, at: datetime, state: str) -> None:
    """小博 stands so for the only shift."""
    more: dict[str, Any] = {"queued_at": at} if state == "waitlisted" else {}
    if state == "offered":
        more = {"offered_at": at, "offer_until": at + timedelta(hours=2)}

    def make() -> None:
        sign_up(at, cast.shift, cast.xiaobo, state=state, **more)
        Shift.update(quota=1, taken=1).where(Shift.id == cast.shift.id).execute()

    store.write(make)


def session(client: Any, person: Any, kind: str, at: datetime) -> Any:
    """The browser, logged in as this person."""
    own = WechatIdentity.get(WechatIdentity.volunteer == person, WechatIdentity.kind == "oa")
    client.set_cookie(kind, sessions.open_session(kind=kind, identity_id=own.id, at=at).token)
    return client


def file(body: bytes) -> str:
    rows = load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)
    return " ".join(str(cell) for row in rows for cell in row)


Doors = tuple[dict[str, Callable[[], str]], dict[str, Callable[[], str]]]


@pytest.fixture
def doors(cast: World, app: Any, bearer: Any, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Doors:
    """What each door shows of one sign-up, and of the list of open activities."""
    told = {"wechat_token": Secret(TOKEN), "wechat_aes_key": Secret(AES_KEY)}
    settings = replace(app.extensions["settings"], **told)
    monkeypatch.setitem(app.extensions, "callback_doors", callback.doors(settings))
    own = WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "oa")
    phone = WeChat(app.test_client(), at).phone(own.openid)
    page = session(app.test_client(), cast.xiaobo, "h5", at)
    desk = session(app.test_client(), cast.ali, "console", at)
    agent = {"User-Agent": "MicroMessenger"}
    code = cast.activity.code

    def api(path: str) -> str:
        return str(app.test_client().get(f"/api/v1{path}", headers=bearer(cast.xiaobo)).get_json())

    one: dict[str, Callable[[], str]] = {
        "api mine": lambda: api("/me/signups"), "api activity": lambda: api(f"/activities/{code}"),
        "chat": lambda: str(phone.says("我的活动")),
        "page": lambda: page.get(f"/m/activities/{code}", headers=agent).text,
        "home": lambda: page.get("/m", headers=agent).text,
        "console": lambda: desk.get(f"/console/activities/{code}/places").text.partition("请队员参加")[0],
        "excel": lambda: file(desk.get(f"/console/activities/{code}/places.xlsx").data),
    }  # fmt: skip
    lists: dict[str, Callable[[], str]] = {
        "api": lambda: api("/activities"), "chat": lambda: str(phone.says("活动")),
        "page": lambda: page.get("/m/activities", headers=agent).text,
    }  # fmt: skip
    return one, lists


def words_in(text: str, states: dict[str, str]) -> list[str]:
    return sorted(state for state, word in states.items() if word in text)


@pytest.mark.parametrize("state", sorted(STATES))
def test_every_door_says_the_word_of_the_state_and_no_other(
    cast: World, at: datetime, state: str, doors: Doors
) -> None:
    stand(cast, at, state)
    one, lists = doors
    told = {name: words_in(door(), LED if name in ("console", "excel") else STATES) for name, door in one.items()}
    assert told == {name: [state] for name in one}
    assert {name: words_in(door(), LISTED) for name, door in lists.items()} == {name: [state] for name in lists}


def test_no_two_states_share_a_word() -> None:
    words = [str(word) for word in (*entry("signup.states").values(), entry("signup.waits"))]
    assert len(set(words)) == len(words)
    assert [(a, b) for a in words for b in words if a != b and a in b] == []
